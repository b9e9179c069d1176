"""The person and the insurance covers out of a FHIR R4 bundle (Patient, Coverage, Organization). Pure.

The bundle may be anything: whatever is not of the expected type is as good as missing.
"""

import re
from dataclasses import dataclass
from datetime import date

from kiosk.identity.documents import Coverage, Personal

_MOST_COVERAGES = 10
_LONGEST_TEXT = 200
_CLASSES = {"group": "group", "plan": "plan", "rxbin": "rx_bin", "rxpcn": "rx_pcn", "rxgroup": "rx_group"}
_NAME_USES = ("official", "usual")
_NOT_WRITTEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Controls, direction overrides and halves of characters: nothing that a name is written with."""


@dataclass(frozen=True, slots=True, repr=False)
class Person(Personal):
    """Who the card is about; blank if the bundle has nobody, or several and does not say which."""

    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Resource(Personal):
    """A resource and how others refer to it."""

    names: tuple[str, ...]
    content: dict[str, object]


def person_of(bundle: object) -> Person:
    """The one Patient, or among several the beneficiary of the first Coverage."""
    patients = _resources(bundle, "Patient")
    covers = _resources(bundle, "Coverage")
    beneficiary = _text(covers[0].content, "beneficiary", "reference") if covers else ""
    only = patients[0].content if len(patients) == 1 else {}
    patient = _referred(patients, beneficiary) or only
    names = [name for name in _list(patient, "name") if isinstance(name, dict)]
    named = next((name for use in _NAME_USES for name in names if name.get("use") == use), None)
    name = named or next(iter(names), {})
    given = " ".join(part for part in _list(name, "given") if isinstance(part, str))
    return Person(_text(name, "family"), _bounded(given), _date(_text(patient, "birthDate")))


def coverages_of(bundle: object) -> tuple[Coverage, ...]:
    """Each Coverage, ended ones too: they may be presented, staff decides."""
    organizations = _resources(bundle, "Organization")
    covers = _resources(bundle, "Coverage")[:_MOST_COVERAGES]
    return tuple(_coverage(cover.content, organizations) for cover in covers)


def _coverage(cover: dict[str, object], organizations: list[_Resource]) -> Coverage:
    payor = next(iter(_list(cover, "payor")), {})
    reference = _text(payor, "reference")
    organization = _referred(_contained(cover), reference) or _referred(organizations, reference)
    classes = _classes(cover)
    return Coverage(
        member_id=_member_number(cover),
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
    """The number of the person covered; the subscriber's may be another one, and so may the policy's."""
    identifiers = _list(cover, "identifier")
    members = (_text(found, "value") for found in identifiers if _code(found, "type") == "MB")
    others = (_text(cover, "subscriberId"), *(_text(found, "value") for found in identifiers))
    return next(filter(None, (*members, *others)), "")


def _classes(cover: dict[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _list(cover, "class"):
        field = _CLASSES.get(_code(entry, "type"))
        if field:
            found.setdefault(field, _text(entry, "value") or _text(entry, "name"))
    return found


def _resources(bundle: object, kind: str) -> list[_Resource]:
    """The resources of one type; others refer to them by `fullUrl` or `Type/id`."""
    found = []
    for entry in _list(bundle, "entry"):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == kind:
            names = _text(entry, "fullUrl"), f"{kind}/{_text(resource, 'id')}"
            found.append(_Resource(names, resource))
    return found


def _contained(holder: dict[str, object]) -> list[_Resource]:
    """The resources inside another; it refers to them by `#id`."""
    inside = [one for one in _list(holder, "contained") if isinstance(one, dict)]
    return [_Resource((f"#{_text(one, 'id')}",), one) for one in inside]


def _referred(resources: list[_Resource], reference: str) -> dict[str, object]:
    """The one that `reference` means, or nothing."""
    return next((one.content for one in resources if reference and reference in one.names), {})


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
    return " ".join(_NOT_WRITTEN.sub(" ", text).split()) if len(text) <= _LONGEST_TEXT else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
