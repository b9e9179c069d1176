"""Numbers that systems give to patients: the site's own patterns, GS1 GSRN wristbands, NHS numbers. Pure."""

import re

from kiosk.identity.documents import PatientNumber, Reason, Unknown
from kiosk.identity.rules import Pattern, Rules
from kiosk.identity.transport import Scan

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
GSRN = "https://id.gs1.org/8018"

_LONGEST = 128
_GS1_SYMBOLOGIES = {"d2", "C1", "Q3", "J1", "e0"}
_GSRN = re.compile(r"(?:\(8018\)|8018)(?P<gsrn>[0-9]{18})(?:[\x1d(].*)?", re.DOTALL)
_NHS = re.compile(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}")


def site_number(text: str, rules: Rules) -> PatientNumber | None:
    """A number by the first of the site's patterns that the whole text matches."""
    if len(text) > _LONGEST:
        return None
    return next((found for pattern in rules.patterns if (found := _by(pattern, text))), None)


def _by(pattern: Pattern, text: str) -> PatientNumber | None:
    found = pattern.regex.fullmatch(text)
    if found is None:
        return None
    value = found["value"] if "value" in found.re.groupindex else found[1 if found.re.groups else 0]
    return PatientNumber(system=pattern.system, value=value) if value else None


def gsrn(scan: Scan) -> PatientNumber | Unknown | None:
    """A GS1 service relation number: application identifier 8018, 18 digits, the last one mod 10."""
    found = next(filter(None, map(_GSRN.fullmatch, _gs1_elements(scan))), None)
    if found is None:
        return None
    if not _is_mod_10(found["gsrn"]):
        return Unknown(reason=Reason.BAD_CHECK_DIGIT)
    return PatientNumber(system=GSRN, value=found["gsrn"])


def _gs1_elements(scan: Scan) -> list[str]:
    """A GS1 symbol may hold other elements first; FNC1 ends those of variable length."""
    if scan.symbology in _GS1_SYMBOLOGIES:
        return scan.text.lstrip("\x1d").split("\x1d")
    return [scan.text]


def _is_mod_10(digits: str) -> bool:
    """The GS1 check digit: weights 3 and 1 from the right."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0


def nhs_number(text: str) -> PatientNumber | Unknown | None:
    """An NHS number: ten digits, the last one is mod 11. The same digit ten times is nobody's."""
    if not _NHS.fullmatch(text):
        return None
    digits = re.sub(r"[ -]", "", text)
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    if weighted % 11 or len(set(digits)) == 1:
        return Unknown(reason=Reason.BAD_CHECK_DIGIT)
    return PatientNumber(system=NHS_NUMBER, value=digits)
