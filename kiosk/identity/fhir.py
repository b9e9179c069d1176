"""The person and the insurance covers out of a FHIR R4 bundle (Patient, Coverage, Organization). Pure.

The bundle may be anything: whatever is not of the expected type is as good as missing.
"""

from dataclasses import dataclass
from datetime import date

from kiosk.identity.documents import Coverage, Personal

_MOST_COVERAGES = 10
_LONGEST_TEXT = 200
_CLASSES = {"group": "group", "plan": "plan", "rxbin": "rx_bin", "rxpcn": "rx_pcn", "rxgroup": "rx_group"}
_NAME_USES = ("official", "usual")


@dataclass(frozen=True, slots=True, repr=False)
class Person(Personal):
    """Who the card is about; blank if the bundle has nobody, or several and does not say which."""

    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None


def person_of(bundle: object) -> Person:
    """The one Patient, or among several the beneficiary of the first Coverage."""
    patients = _resources(bundle, "Patient")
    beneficiary = next(
        (_text(cover, "beneficiary", "reference") for cover in _resources(bundle, "Coverage").values()), ""
    )
    patient = patients.get(beneficiary) or (next(iter(patients.values())) if len(patients) == 1 else None)
    if patient is None:
        return Person()
    names = [name for name in _list(patient, "name") if isinstance(name, dict)]
    named = next((name for use in _NAME_USES for name in names if name.get("use") == use), None)
    name = named or next(iter(names), {})
    given = " ".join(part for part in _list(name, "given") if isinstance(part, str))
    return Person(_text(name, "family"), _bounded(given), _date(_text(patient, "birthDate")))


def coverages_of(bundle: object) -> tuple[Coverage, ...]:
    """Each Coverage, ended ones too: they may be presented, staff decides."""
    organizations = _resources(bundle, "Organization")
    covers = list(_resources(bundle, "Coverage").values())[:_MOST_COVERAGES]
    return tuple(_coverage(cover, organizations) for cover in covers)


def _coverage(cover: dict[str, object], organizations: dict[str, dict[str, object]]) -> Coverage:
    payor = next(iter(_list(cover, "payor")), {})
    organization = organizations.get(_text(payor, "reference"), {})
    classes = _classes(cover)
    return Coverage(
        member_id=_text(cover, "subscriberId") or _member_number(cover),
        payer=_text(payor, "display") or _text(organization, "name"),
        plan=classes.get("plan", ""),
        group=classes.get("group", ""),
        rx_bin=classes.get("rx_bin", ""),
        rx_pcn=classes.get("rx_pcn", ""),
        rx_group=classes.get("rx_group", ""),
        relationship=_code(cover, "relationship"),
        status=_text(cover, "status"),
        start=_date(_text(cover, "period", "start")[:10]),
        end=_date(_text(cover, "period", "end")[:10]),
    )


def _member_number(cover: dict[str, object]) -> str:
    identifiers = _list(cover, "identifier")
    members = [found for found in identifiers if _code(found, "type") == "MB"] or identifiers[:1]
    return _text(members[0], "value") if members else ""


def _classes(cover: dict[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _list(cover, "class"):
        field = _CLASSES.get(_code(entry, "type"))
        if field:
            found.setdefault(field, _text(entry, "value"))
    return found


def _resources(bundle: object, kind: str) -> dict[str, dict[str, object]]:
    """Resources of one type by the reference that others use: `fullUrl`, else `Type/id`."""
    found: dict[str, dict[str, object]] = {}
    for number, entry in enumerate(_list(bundle, "entry")):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == kind:
            reference = _text(entry, "fullUrl") or f"{kind}/{_text(resource, 'id') or f'#{number}'}"
            found.setdefault(reference, resource)
    return found


def _code(node: object, field: str) -> str:
    concept = node.get(field) if isinstance(node, dict) else None
    codings = _list(concept, "coding")
    return next(filter(None, (_text(coding, "code") for coding in codings)), "")


def _list(node: object, field: str) -> list[object]:
    value = node.get(field) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []


def _text(node: object, *path: str) -> str:
    for field in path:
        node = node.get(field) if isinstance(node, dict) else None
    return _bounded(node) if isinstance(node, str) else ""


def _bounded(text: str) -> str:
    return text.strip() if len(text) <= _LONGEST_TEXT else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
