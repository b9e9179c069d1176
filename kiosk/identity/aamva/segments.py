"""Read elements that ran together because separators were lost. Pure.

All readings are tried in which every value is of its element's kind and the card is one that could exist.
What all of them agree on is the answer; if they differ in who the person is, there is none.
"""

import re
from collections.abc import Iterator

from kiosk.identity.aamva.elements import ANY_ID, FLAGS, NAMES, NOT_IN_NAMES, Element, native

Reading = dict[str, str]

# An ordinary card takes some hundred tries over some fifty places.
_TRIES = 4_000
_PLACES = 150
_FEW = 3
_IDENTITY = ("DCS", "DAC", "DAD", "DCT", "DAA", "DAB", "DAE", "DCU", "DBB", "DAQ", "DBA")
_ADDRESS_FIELDS = (("DAG", "DAH", "DAL", "DAM"), ("DAI", "DAN"), ("DAJ", "DAO"), ("DAK", "DAP"))
_ADDRESS = {key for field in _ADDRESS_FIELDS for key in field}
_ONLY_AFTER = {"DAD": {"DAC", "DDF"}, "DAM": {"DAL"}}
_FLAG = re.compile(r"DD[EFG](?=[TNU])")
_TOGETHER = (set(FLAGS), {"DAL", "DAN", "DAO", "DAP"}, {"DAI", "DAJ", "DAK"})
_ALWAYS_THERE = {"DAQ", "DAG", "DAI", "DAJ", "DAK", "DBB", "DBA", "DBD", "DCU", "DAE"}
_COLOURS = {"DAY", "DAZ"}
_END_OF_A_STREET = re.compile(r"(?:\d[A-Z]?|[ .](?:ST|AVE?|BLVD|CIR|CT|DR|HWY|LN|PKWY|PL|RD|SQ|TER|WAY)\.?)$")
_GIVEN = {"DAC", "DAD", "DCT"}
_BESIDE_GIVEN = {"DAD", "DCA"}
_MAY_END_A_NAME = {"DAD", "DAE"}
# What stands behind a name in any edition or on any card seen: names contain the ids of others (LINDAHL).
_AFTER_A_NAME = (
    NAMES
    | set(FLAGS)
    | {"DAE", "DCU", "DCA", "DCB", "DBA", "DBB", "DBC", "DBD", "DAQ", "DAG", "DAL", "DBN", "DBO", "DBS"}
)


def read(lines: list[str], version: int | None) -> Reading | None:
    """The one reading of these lines, or None if there is none, or more than one person in them."""
    # Where a space took the place of each separator, only readings count that begin each element behind one.
    spaced = _readings(lines, version, " ") if len(lines) <= _FEW else []
    readings = spaced or _readings(lines, version, "")
    if not readings:
        return None
    first, *others = readings
    if any(_are_two_people(first, other) for other in others):
        return None
    agreed = dict(first)
    if ANY_ID.search(first["DAQ"]):
        del agreed["DAQ"]  # a number that contains an element's id may contain an element
    for field in _ADDRESS_FIELDS:
        if any(other.get(key) != first.get(key) for other in others for key in field):
            agreed = {key: value for key, value in agreed.items() if key not in field}
    return agreed


def _readings(lines: list[str], version: int | None, separator: str) -> list[Reading]:
    search = _Search(lines, native(version), separator)
    if search.places > _PLACES:
        return []
    found: list[Reading] = []
    for order in search.readings():
        if (reading := _card(order)) is not None:
            found.append(reading)
            if _are_two_people(found[0], reading):
                break  # nothing that follows can make it clear
    return found if search.tries_left >= 0 else []


def _are_two_people(one: Reading, other: Reading) -> bool:
    return any(one.get(key) != other.get(key) for key in _IDENTITY)


def _card(order: list[tuple[str, str]]) -> Reading | None:
    reading = {key: value.strip() for key, value in order}
    return reading if _could_exist(reading, [key for key, _ in order]) else None


def _could_exist(reading: Reading, order: list[str]) -> bool:
    for group in _TOGETHER:
        present = group & reading.keys()
        if present and present != group and not (present == {"DAL"} and reading.get("DAG") == ""):
            return False
    if not ({"DBB", "DAQ"} <= reading.keys() and reading.keys() & {"DCS", "DAA", "DAB"}):
        return False
    if not reading.keys() & {"DAC", "DCT", "DAA"}:
        return False
    return _flags_in_order(order) if "DDE" in reading else not _flags_swallowed(reading)


def _flags_in_order(order: list[str]) -> bool:
    """The truncation flags stand each behind its name, or all three in a row."""
    behind = all(order[order.index(flag) - 1] == name for flag, name in FLAGS.items())
    places = sorted(order.index(flag) for flag in FLAGS)
    return behind or places[2] - places[0] == 2


def _flags_swallowed(reading: Reading) -> bool:
    """Names contain what reads like a flag: one (MADDEN) by chance, not two."""
    names = " ".join(reading.get(name, "") for name in NAMES)
    return len(set(_FLAG.findall(names))) > 1


class _Search:
    """Depth first over the places where an element could begin, within a bound."""

    def __init__(self, lines: list[str], elements: dict[str, Element], separator: str) -> None:
        self.tries_left = _TRIES
        self._lines = lines
        self._elements = elements
        self._places = [
            [
                place
                for place in range(len(line) - 2)
                if line[place : place + 3] in elements and (place == 0 or line[:place].endswith(separator))
            ]
            for line in lines
        ]
        self.places = sum(map(len, self._places))
        self._last = {
            line[place : place + 3]: (number, place)
            for number, line in enumerate(lines)
            for place in self._places[number]
        }

    def readings(self) -> Iterator[list[tuple[str, str]]]:
        yield from self._from(0, 0, [], frozenset())

    def _from(
        self, number: int, place: int, done: list[tuple[str, str]], used: frozenset[str]
    ) -> Iterator[list[tuple[str, str]]]:
        if number == len(self._lines):
            yield list(done)
            return
        line = self._lines[number]
        key = line[place : place + 3]
        if not self._may_follow(key, done, used):
            return
        for end in [*(later for later in self._places[number] if later >= place + 3), len(line)]:
            self.tries_left -= 1
            if self.tries_left < 0 or self._swallows(key, number, place + 3, end, used | {key}):
                return
            value = line[place + 3 : end]
            if self._elements[key].value.fullmatch(value):
                done.append((key, value))
                following = (number + 1, 0) if end == len(line) else (number, end)
                yield from self._from(*following, done, used | {key})
                done.pop()

    def _may_follow(self, key: str, done: list[tuple[str, str]], used: frozenset[str]) -> bool:
        if key not in self._elements or key in used:
            return False
        before = done[-1][0] if done else ""
        if before not in _ONLY_AFTER.get(key, {before}):
            return False
        return before not in NAMES or key in _AFTER_A_NAME

    def _swallows(self, owner: str, number: int, start: int, end: int, used: frozenset[str]) -> bool:
        """Whether a value would hide an element: the last place where one can be that must be there."""
        line = self._lines[number]
        for place in self._places[number]:
            key = line[place : place + 3]
            if not start <= place < end or key in used or self._last[key] != (number, place):
                continue
            if key == "DAH" and owner == "DAG" and _END_OF_A_STREET.search(line, start, place):
                return True
            if self._must_be_there(owner, key) and self._can_be_there(number, place, key):
                return True
        return False

    def _must_be_there(self, owner: str, key: str) -> bool:
        if owner in _GIVEN and key in _BESIDE_GIVEN:
            return True
        if key in _ALWAYS_THERE or key in NOT_IN_NAMES:
            return True
        return owner not in NAMES and (owner not in _ADDRESS or key in _COLOURS)

    def _can_be_there(self, number: int, place: int, key: str) -> bool:
        line, start = self._lines[number], place + 3
        if key in _MAY_END_A_NAME and (start == len(line) or start in self._places[number]):
            return False  # SOLEDAD, or SOLE and no middle name: both readings stand
        ends = [*(later for later in self._places[number] if later >= start), len(line)]
        return any(self._elements[key].value.fullmatch(line, start, end) for end in ends)
