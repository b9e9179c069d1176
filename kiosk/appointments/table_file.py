"""A CSV file of appointments, as offices export them: read whole, or refused with every mistake. Pure.

Columns are known by their header, in any order; the words that are understood are in `COLUMNS`. The encoding,
the separator and the order of day and month are found out from the whole file, never guessed from one cell.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kiosk.appointments.local_time import order_of
from kiosk.appointments.rules import Entry, Import, Problem, Refused, Terms, entry_of

MOST_BYTES = 3 * 1024 * 1024
MOST_ROWS = 10_000

COLUMNS: Mapping[str, frozenset[str]] = {
    "id": frozenset({"id", "appointment id", "appointment", "appointment number", "booking id", "visit id"}),
    "date": frozenset({"date", "appointment date", "day", "visit date"}),
    "time": frozenset({"time", "appointment time", "start time", "slot"}),
    "start": frozenset({"start", "date time", "datetime", "appointment start", "starts at"}),
    "services": frozenset({"services", "service", "department", "clinic", "visit type", "appointment type"}),
    "family name": frozenset({"family name", "last name", "lastname", "surname", "patient last name"}),
    "given name": frozenset({"given name", "first name", "firstname", "forename", "patient first name"}),
    "middle name": frozenset({"middle name", "middle names", "middlename", "middle initial"}),
    "name": frozenset({"name", "patient", "patient name", "full name"}),
    "suffix": frozenset({"suffix", "name suffix"}),
    "birth date": frozenset({"birth date", "birthdate", "date of birth", "dob", "born", "patient dob"}),
    "status": frozenset({"status", "state", "appointment status"}),
    "insurer": frozenset({"insurer", "insurance", "insurance company", "payer", "health plan"}),
    "member number": frozenset(
        {"member number", "member id", "insurance number", "policy number", "subscriber id"}
    ),
    "group": frozenset({"group", "group number", "insurance group"}),
    "insurance until": frozenset(
        {"insurance until", "insurance end", "coverage end", "insurance valid until"}
    ),
}
"""Our columns and the headers that mean them: case, underscores and hyphens do not matter."""

DATES = frozenset({"date", "start", "birth date", "insurance until"})
"""The columns that tell the order of day and month."""

_WORDS = {word: column for column, words in COLUMNS.items() for word in words}
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[str, ...]
    unused: tuple[str, ...]


def read_table(data: bytes, terms: Terms) -> Import:
    """Return what the file says. Raises Refused with every problem in it."""
    text, read_as = _decode(data)
    rows = _rows(text)
    number, first = rows[0] if rows else (0, [])
    header = _header(number, first)
    body = rows[1:]
    if not body:
        raise _refused(number, "", "There are no appointments in this file.", "Choose another file.")
    if len(body) > MOST_ROWS:
        raise _refused(0, "", f"There are more than {MOST_ROWS} rows.", "Export fewer days at a time.")
    terms = replace(terms, order=order_of(_dates(header, body)))
    entries, problems = _entries(header, body, terms)
    if problems:
        raise Refused(problems)
    coming = tuple(entry for entry in entries if entry.slot.astimezone(terms.zone).date() >= terms.today)
    return Import(coming, len(entries) - len(coming), read_as, header.unused)


def _entries(
    header: _Header, body: Sequence[tuple[int, list[str]]], terms: Terms
) -> tuple[list[Entry], list[Problem]]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in body:
        if any(cell.strip() for cell in cells[len(header.columns) :]):
            what = f"The row has {len(cells)} cells, the header {len(header.columns)}."
            problems.append(Problem(number, "", what, "Put a cell that contains the separator into quotes."))
            continue
        values = dict(zip(header.columns, cells, strict=False))
        source = values["id"].strip()
        if not source:
            problems.append(Problem(number, "id", "The id is missing.", "Fill it in: it tells rows apart."))
        elif source in seen:
            what = f"This id is also in row {seen[source]}."
            problems.append(Problem(number, "id", what, "Keep one of them, or correct the id."))
        seen.setdefault(source, number)
        result = entry_of(number, values, terms)
        if isinstance(result, Entry):
            entries.append(result)
        else:
            problems += result
    return entries, problems


def _decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding when it is not UTF-8 and so worth a look."""
    if len(data) > MOST_BYTES:
        raise _refused(
            0, "", f"The file has more than {MOST_BYTES >> 20} MB.", "Export fewer days at a time."
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16"), ""
    if data.startswith(b"PK"):
        raise _refused(0, "", "This is a spreadsheet or zip file.", "Save it as CSV (UTF-8).")
    if b"\0" in data:
        raise _refused(0, "", "This is not a text file.", "Save it as CSV (UTF-8) and choose that file.")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return _decoded(data, "cp1252"), "Windows-1252 (Latin-1)"


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _refused(0, "", "The letters of this file cannot be told.", "Save it as CSV (UTF-8).") from None


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, numbered as a spreadsheet shows them."""
    lines = text.splitlines(keepends=True)
    separator = _separator(lines)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    rows: list[tuple[int, list[str]]] = []
    numbers = enumerate(reader, 1)
    while True:
        try:
            number, cells = next(numbers)
        except StopIteration:
            return rows
        except csv.Error:
            what = "The quotes in this row do not match."
            raise _refused(
                len(rows) + 1, "", what, 'Close every quote; write a quote in a cell as "".'
            ) from None
        hint = number == 1 and len(cells) <= 2 and cells[:1] and cells[0].casefold().startswith("sep=")
        if any(cell.strip() for cell in cells) and not hint:
            rows.append((number, cells))


def _separator(lines: Sequence[str]) -> str:
    """The separator under which the first lines hold the most columns that we know."""

    def known(separator: str) -> int:
        return max((sum(_word(c) in _WORDS for c in line.split(separator)) for line in lines[:5]), default=0)

    return max(_SEPARATORS, key=known)


def _header(number: int, cells: Sequence[str]) -> _Header:
    columns = tuple(_WORDS.get(_word(cell), "") for cell in cells)
    unused = tuple(
        cell.strip() for cell, column in zip(cells, columns, strict=True) if not column and cell.strip()
    )
    problems = [
        Problem(number, column, "This column is there twice.", "Remove or rename one of them.")
        for column in COLUMNS
        if columns.count(column) > 1
    ]
    problems += [
        Problem(number, column, "There is no such column.", f"Add it: its first row says {column!r}.")
        for column in _missing(columns)
    ]
    if problems:
        raise Refused(problems)
    return _Header(columns, unused)


def _missing(columns: Sequence[str]) -> Iterator[str]:
    yield from (column for column in ("id", "services", "birth date") if column not in columns)
    if "start" not in columns:
        yield from (column for column in ("date", "time") if column not in columns)
    if "name" not in columns:
        yield from (column for column in ("family name", "given name") if column not in columns)


def _dates(header: _Header, body: Sequence[tuple[int, list[str]]]) -> Iterator[str]:
    places = [i for i, column in enumerate(header.columns) if column in DATES]
    for _, cells in body:
        yield from (
            cells[place].split()[0] for place in places if place < len(cells) and cells[place].strip()
        )


def _word(cell: str) -> str:
    return " ".join(cell.strip().strip('"').replace("_", " ").replace("-", " ").casefold().split())


def _refused(row: int, column: str, what: str, mend: str) -> Refused:
    return Refused([Problem(row, column, what, mend)])
