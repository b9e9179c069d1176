"""The machine-readable zone of passports and identity cards: ICAO Doc 9303, TD1, TD2, TD3 and visas. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.identity.documents import Reason, TravelDocument, Unknown
from kiosk.identity.escapes import unescaped

_ZONE = re.compile(r"[A-Z0-9<]+")
_GERMAN_KEYBOARD = re.compile(r"[ACIPV][A-Z0-9;]+")
_NAME = re.compile(r"[A-Z<]+")
_TRUNCATED = frozenset({"family_name", "given_name"})
_OLDEST_EXPIRY_AGE = 50


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand in the zone, lines joined. `composite`: the parts under the last check digit."""

    width: int
    name: slice
    number: slice
    overflow: slice
    nationality: slice
    birth: slice
    expiry: slice
    composite: tuple[slice, ...] = ()
    optional: slice | None = None


def _at(line: int, start: int, end: int, width: int) -> slice:
    return slice(line * width + start, line * width + end)


def _two_lines(width: int, composite_end: int, optional: slice | None = None) -> _Layout:
    return _Layout(
        width=width,
        name=_at(0, 5, width, width),
        number=_at(1, 0, 9, width),
        overflow=_at(1, 28, composite_end if optional is None else 28, width),
        nationality=_at(1, 10, 13, width),
        birth=_at(1, 13, 19, width),
        expiry=_at(1, 21, 27, width),
        composite=(
            _at(1, 0, 10, width),
            _at(1, 13, 20, width),
            _at(1, 21, composite_end, width),
        ),
        optional=optional,
    )


_TD1 = _Layout(
    width=30,
    name=_at(2, 0, 30, 30),
    number=_at(0, 5, 14, 30),
    overflow=_at(0, 15, 30, 30),
    nationality=_at(1, 15, 18, 30),
    birth=_at(1, 0, 6, 30),
    expiry=_at(1, 8, 14, 30),
    composite=(_at(0, 5, 30, 30), _at(1, 0, 7, 30), _at(1, 8, 15, 30), _at(1, 18, 29, 30)),
)
_LAYOUTS = {90: _TD1, 72: _two_lines(36, 35), 88: _two_lines(44, 43, _at(1, 28, 42, 44))}


def travel_document(text: str, at: datetime | None) -> TravelDocument | Unknown | None:
    """Read a zone whose lines came with any line ends, or none. None: it is no zone; a wrong digit: Unknown.

    The name has no check digit, so a keyboard layout that swaps letters is refused.
    """
    zone = "".join(unescaped(text).split()).upper()
    layout = _LAYOUTS.get(len(zone))
    if layout is None:
        return None
    if _GERMAN_KEYBOARD.fullmatch(zone) and zone.count(";") > 3:
        return Unknown(reason=Reason.KEYBOARD_LAYOUT)
    if not _ZONE.fullmatch(zone) or zone[0] not in "ACIPV" or "<<" not in zone[layout.name]:
        return None
    number = _number(zone, layout)
    if number is None or not _digits_are_right(zone, layout):
        return Unknown(reason=Reason.BAD_CHECK_DIGIT)
    return _document(zone, layout, number, at)


def _number(zone: str, layout: _Layout) -> str | None:
    """The document number. Longer ones go on in the optional data: check digit `<`, rest, digit, `<`."""
    start, check = zone[layout.number], zone[layout.number.stop]
    rest = zone[layout.overflow].partition("<")[0]
    if check == "<" and rest:
        start, check = start + rest[:-1], rest[-1]
    return start.rstrip("<") if check == _digit(start) and start.strip("<") else None


def _digits_are_right(zone: str, layout: _Layout) -> bool:
    if any(zone[part.stop] != _digit(zone[part]) for part in (layout.birth, layout.expiry)):
        return False
    if zone[0] == "V":
        return True  # a visa has no composite digit, its optional data goes on to the end (part 7)
    optional = layout.optional
    if (
        optional
        and zone[optional.stop] != _digit(zone[optional])
        and zone[optional].strip("<") + zone[optional.stop] != "<"
    ):
        return False
    last = {30: 59, 36: 71, 44: 87}[layout.width]
    return zone[last] == _digit("".join(zone[part] for part in layout.composite))


def _digit(field: str) -> str:
    """Weights 7, 3, 1; A = 10 … Z = 35; `<` = 0; mod 10 (part 3, 4.9)."""
    values = (0 if letter == "<" else int(letter, 36) for letter in field)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _document(zone: str, layout: _Layout, number: str, at: datetime | None) -> TravelDocument | Unknown:
    name = zone[layout.name]
    if not _NAME.fullmatch(name):
        return Unknown(reason=Reason.MALFORMED)
    family, _, given = name.rstrip("<").partition("<<")
    expiry = _date(zone[layout.expiry], _expiry_year(zone[layout.expiry], at))
    year = _birth_year(zone[layout.birth], expiry, at)
    return TravelDocument(
        kind=zone[:2].rstrip("<"),
        issuer=zone[2:5].rstrip("<"),
        document_number=number.replace("<", ""),
        family_name=_words(family),
        given_name=_words(given),
        nationality=zone[layout.nationality].rstrip("<"),
        birth_date=_date(zone[layout.birth], year),
        birth_year=year,
        expiry=expiry,
        truncated=frozenset() if name.endswith("<") else _TRUNCATED,
    )


def _words(part: str) -> str:
    return " ".join(part.replace("<", " ").split())


def _expiry_year(field: str, at: datetime | None) -> int | None:
    """The year next to now; without a now, no zone older than 1970 is about."""
    if not field[:2].isdigit():
        return None
    year = 2000 + int(field[:2])
    latest = at.year + _OLDEST_EXPIRY_AGE if at else 2069
    return year if year <= latest else year - 100


def _birth_year(field: str, expiry: date | None, at: datetime | None) -> int | None:
    """The latest such year that is not in the future.

    Without a now, the expiry bounds it: a document lasts ten years at most, so nobody was born after it, and
    who was born less than ten years before it may be a child or a hundred: that cannot be told.
    """
    if not field[:2].isdigit():
        return None
    year = 2000 + int(field[:2])
    if at is not None:
        born = _date(field, year)
        future = born > at.date() if born else year > at.year
        return year - 100 if future else year
    if expiry is None or expiry.year - 10 <= year <= expiry.year:
        return None
    return year - 100 if year > expiry.year else year


def _date(field: str, year: int | None) -> date | None:
    if year is None or not field[2:].isdigit():
        return None
    try:
        return date(year, int(field[2:4]), int(field[4:6]))
    except ValueError:
        return None
