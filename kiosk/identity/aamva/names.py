"""Names on AAMVA cards: one convention for each version, several in the wild. Pure.

Sources: AAMVA D.12.5 (DCS, DAC, DAD, DCU; DCT of 2003–2005; DAA, DAB, DAE of 2000) and real cards.
"""

import re
from dataclasses import dataclass

from kiosk.identity.aamva.elements import SUFFIX
from kiosk.identity.aamva.issuers import COMMA_BETWEEN_GIVEN_NAMES, OREGON, PENNSYLVANIA, WYOMING

_NOTHING = {"", "NONE", "UNAVL", "UNAVAIL"}
_SUFFIX = re.compile(SUFFIX, re.IGNORECASE)
_PACKED_BY_WYOMING = {4, None}
_PARTS = re.compile(r"[,$@;]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the card says it, in the four parts of the standard."""

    family: str = ""
    given: str = ""
    middle: str = ""
    suffix: str = ""


def text_of(value: str | None) -> str:
    """An element's text: without padding, a trailing comma (ON) or the words for "no value"."""
    text = " ".join((value or "").split()).rstrip(", ").lstrip(", ")
    return "" if text.upper() in _NOTHING else text


def name_of(elements: dict[str, str], issuer: str, version: int | None) -> Name | None:
    """Read the name in the convention that the card's elements show. None: its order cannot be told."""
    whole = _whole(elements.get("DAA", ""), issuer)
    if whole is None:
        return None
    family = text_of(elements.get("DCS")) or text_of(elements.get("DAB"))
    suffix = text_of(elements.get("DCU")) or text_of(elements.get("DAE"))
    given, middle, trailing = _given(elements, issuer, version)
    if not (family or given):
        return Name(whole.family, whole.given, whole.middle, suffix or whole.suffix)
    if family and whole.family not in ("", family):
        return None
    if "," in family and not given:
        return _whole(family, issuer)
    family, _, after = family.partition(",")
    if after and not _SUFFIX.fullmatch(after.strip()):
        return None
    return Name(family.strip(), given, middle, suffix or trailing or after.strip())


def _given(elements: dict[str, str], issuer: str, version: int | None) -> tuple[str, str, str]:
    """First, middle, and a suffix that came with them: DAC and DAD, else DCT. Wyoming had both in DAC."""
    first, middle = text_of(elements.get("DAC")), text_of(elements.get("DAD"))
    if not first and text_of(elements.get("DCT")):
        return _together(text_of(elements["DCT"]), issuer)
    packed = not elements.get("DAD", "").strip() and "DCT" not in elements
    if first and packed and ("," in first or (issuer == WYOMING and version in _PACKED_BY_WYOMING)):
        return _together(first, issuer)
    return _spaced(first), _spaced(middle), ""


def _together(names: str, issuer: str) -> tuple[str, str, str]:
    """DCT: given names together, with a comma between (ON, VA) or a space (AB, MT, NB, NV, TX, WA)."""
    by_comma = "," in names or issuer in COMMA_BETWEEN_GIVEN_NAMES
    parts = [part.strip() for part in (names.split(",") if by_comma else names.split(None, 1))]
    suffix = parts.pop() if len(parts) > 2 and _SUFFIX.fullmatch(parts[-1]) else ""
    middle = " ".join(text_of(part) for part in parts[1:] if part)
    return parts[0], text_of(middle), suffix


def _whole(value: str, issuer: str) -> Name | None:
    """DAA: `LAST,FIRST,MIDDLE,SUFFIX`; Oregon `LAST, FIRST MIDDLE`; Pennsylvania `FIRST MIDDLE LAST`."""
    text = " ".join(value.split())
    if not text_of(text):
        return Name()
    if _PARTS.search(text):
        parts = [text_of(part) for part in _PARTS.split(text)]
        if issuer == OREGON and len(parts) == 2 and ", " in text:
            parts[1:] = parts[1].split(None, 1)
        family, given, *rest = [*parts, "", ""]
        suffix = next((part for part in rest if _SUFFIX.fullmatch(part)), "") if len(parts) > 2 else ""
        middle = " ".join(part for part in rest if part and part != suffix)
        return Name(family, given, middle, suffix)
    return _spoken_order(text.split()) if issuer == PENNSYLVANIA else None


def _spoken_order(words: list[str]) -> Name | None:
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) < 2:
        return None
    return Name(words[-1], words[0], " ".join(words[1:-1]), suffix)


def _spaced(names: str) -> str:
    """Several names in one element are joined by commas (D.12.5.1); the rest of the house uses spaces."""
    return " ".join(names.replace(",", " ").split())
