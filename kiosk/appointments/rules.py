"""What makes a row of an import, or of the form, an expected patient. Pure.

A row is a mapping from our column names to text. It is right as a whole or it is a list of problems, each
with what to do about it. No value of a row is put into a message: reports are shown, kept and sent on.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from kiosk.appointments.local_time import Order, Unclear, instant, read_date, read_time
from kiosk.coverage.rules import Card, Source, tidy_member_number
from kiosk.identity.documents import Personal

LONGEST_NAME = 80
LONGEST_ID = 120
FORMULA = ("=", "+", "-", "@")
"""The ids go out again, in the table of a day's codes, and people open that."""
MOST_SERVICES = 5
FURTHEST_AHEAD = timedelta(days=2 * 366)
OLDEST = timedelta(days=125 * 366)

BOOKED = frozenset({"", "booked", "confirmed", "scheduled", "planned", "active", "tentative"})
CANCELLED = frozenset({"cancelled", "canceled", "deleted", "declined"})

_Read = TypeVar("_Read")
_START = re.compile(r"(?P<day>\S+?)(?:T|\s+)(?P<clock>\d{1,2}:\d{2}.*)", re.IGNORECASE)
_PARTS = re.compile(r"\s*[;|,+]\s*")


@dataclass(frozen=True, slots=True, repr=False)
class Person(Personal):
    """Whom we expect."""

    family_name: str
    given_name: str
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry(Personal):
    """One appointment of an import. `source` is the other system's id for it: by this it is known again."""

    source: str | None
    slot: datetime
    services: tuple[str, ...]
    person: Person
    cancelled: bool = False
    coverage: Card | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in `column` of `row` (0: the file as a whole), and how to mend it."""

    row: int
    column: str
    what: str
    mend: str


class Refused(Exception):
    """The import has mistakes: nothing of it was taken over."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(self.__doc__)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a row is held against: the clock, the services by folded id and name, and the present day."""

    zone: ZoneInfo
    services: Mapping[str, str]
    today: date
    order: Order = Order.UNTOLD
    birth_date_needed: bool = True


@dataclass(frozen=True, slots=True)
class Import:
    """A file that is right in every row. `past` counts entries before today: they are left out."""

    entries: tuple[Entry, ...]
    past: int = 0
    read_as: str = ""
    unused: tuple[str, ...] = ()


def entry_of(number: int, cells: Mapping[str, str], terms: Terms) -> Entry | tuple[Problem, ...]:
    """Read one row. Either it is right, or every mistake in it is returned."""
    row = _Row(number, {column: _plain(text) for column, text in cells.items()})
    source = row.read("id", _id)
    slot = _slot(row, terms)
    services = row.read("services", lambda text: _services(text, terms))
    family, given, middle = _names(row)
    suffix = row.read("suffix", _name)
    birth_date = row.read("birth date", lambda text: _birth_date(text, terms))
    cancelled = row.read("status", _is_cancelled)
    coverage = _coverage(row, terms)
    if row.problems or slot is None or services is None:
        return tuple(row.problems)
    return Entry(
        source=source or None,
        slot=slot,
        services=services,
        person=Person(family, given, middle, suffix or "", birth_date),
        cancelled=bool(cancelled),
        coverage=coverage,
    )


def services_by_name(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Every id and name of the services, folded, to the id."""
    return {_fold(name): service for service, all_names in names.items() for name in (service, *all_names)}


@dataclass(slots=True)
class _Row:
    """Reads the cells of one row and collects what is wrong with them."""

    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str], _Read]) -> _Read | None:
        try:
            return reader(self.cell(column))
        except Unclear as problem:
            self.problems.append(Problem(self.number, column, problem.what, problem.mend))
            return None


def _slot(row: _Row, terms: Terms) -> datetime | None:
    if row.cell("start"):
        return row.read("start", lambda text: _start(text, terms))
    day = row.read("date", lambda text: _day(text, terms))
    clock = row.read("time", lambda text: read_time(_needed(text, "The time is missing.")))
    if day is None or clock is None:
        return None
    return row.read("time", lambda _: instant(day, clock[0], terms.zone, clock[1]))


def _start(text: str, terms: Terms) -> datetime:
    found = _START.fullmatch(text)
    if found is None:
        raise Unclear("This is not a date and a time.", "Write both, like 2026-11-23 09:05.")
    clock, offset = read_time(found["clock"])
    return instant(_day(found["day"], terms), clock, terms.zone, offset)


def _day(text: str, terms: Terms) -> date:
    day = read_date(_needed(text, "The date is missing."), terms.order)
    if day > terms.today + FURTHEST_AHEAD:
        raise Unclear("The date is more than two years ahead.", "Look it up and correct it.")
    return day


def _services(text: str, terms: Terms) -> tuple[str, ...]:
    if whole := terms.services.get(_fold(text)):
        return (whole,)
    parts = [part for part in _PARTS.split(text) if part]
    found = [terms.services.get(_fold(part), "") for part in parts]
    if not parts or "" in found:
        known = ", ".join(sorted(set(terms.services.values())))
        raise Unclear(
            "There is no such service here." if parts else "The service is missing.", f"Use: {known}."
        )
    if len(set(found)) < len(found):
        raise Unclear("A service is named twice.", "Name each once, in the order of the visit.")
    if len(found) > MOST_SERVICES:
        raise Unclear(f"More than {MOST_SERVICES} services.", "Make two appointments of it.")
    return tuple(found)


def _names(row: _Row) -> tuple[str, str, str]:
    """Family, given and middle name: of their own columns, or of one as `Family, Given Middle`."""
    if row.cell("name") and not row.cell("family name"):
        return row.read("name", _whole_name) or ("", "", "")
    family = row.read("family name", lambda text: _name(_needed(text, "The family name is missing.")))
    given = row.read("given name", lambda text: _name(_needed(text, "The given name is missing.")))
    return family or "", given or "", row.read("middle name", _name) or ""


def _whole_name(text: str) -> tuple[str, str, str]:
    family, comma, others = text.partition(",")
    given, _, middle = others.strip().partition(" ")
    if not (comma and family.strip() and given):
        raise Unclear("It is not clear which is the family name.", "Write it as Family, Given.")
    return _name(family.strip()), _name(given), _name(middle)


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise Unclear(
            f"The name has more than {LONGEST_NAME} letters.", "Look whether two cells ran together."
        )
    if text and not any(letter.isalpha() for letter in text):
        raise Unclear("There is no letter in this name.", "Look whether the columns are in order.")
    if "\ufffd" in text or any(unicodedata.category(letter) == "Cc" for letter in text):
        raise Unclear(
            "A letter of this name was lost on the way.", "Save the file as UTF-8, and correct the name."
        )
    return text


def _birth_date(text: str, terms: Terms) -> date | None:
    if not text and not terms.birth_date_needed:
        return None
    born = read_date(_needed(text, "The birth date is missing."), terms.order)
    if born > terms.today:
        raise Unclear("The birth date is in the future.", "Look it up and correct it.")
    if born < terms.today - OLDEST:
        raise Unclear("The birth date is more than 125 years ago.", "Look it up and correct it.")
    return born


def _coverage(row: _Row, terms: Terms) -> Card | None:
    """The insurance on file; None when the row names none."""
    payer = row.read("insurer", _name) or ""
    member_id = row.read("member number", _member_number) or ""
    group = row.read("group", _name) or ""
    until = row.read("insurance until", lambda text: read_date(text, terms.order) if text else None)
    if not payer and not member_id:
        return None
    return Card(payer=payer, member_id=member_id, group=group, valid_until=until, source=Source.IMPORTED)


def _member_number(text: str) -> str:
    number = tidy_member_number(text)
    if text and not number:
        raise Unclear("This is not a member number.", "Write 4 to 30 letters and digits, or leave it empty.")
    return number


def _is_cancelled(text: str) -> bool:
    word = _fold(text)
    if word not in BOOKED | CANCELLED:
        raise Unclear("This status is not known.", "Write booked or cancelled.")
    return word in CANCELLED


def _id(text: str) -> str:
    if len(text) > LONGEST_ID:
        raise Unclear(
            f"The id has more than {LONGEST_ID} characters.", "Look whether two cells ran together."
        )
    if text.startswith(FORMULA):
        raise Unclear("A spreadsheet takes this id for a formula.", "Begin it with a letter or a digit.")
    return text


def _needed(text: str, what: str) -> str:
    if not text:
        raise Unclear(what, "Fill it in.")
    return text


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _fold(text: str) -> str:
    return _plain(text).casefold()
