"""From lines to a card's elements: one a line, and a second look where a separator went missing. Pure."""

from itertools import pairwise

from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.doubt import doubtful
from kiosk.identity.aamva.elements import ADDRESS, ANY_ID, AT_START, NAMES, native
from kiosk.identity.aamva.header import Header
from kiosk.identity.aamva.segments import read as read_run_together
from kiosk.identity.aamva.subfile import Ending
from kiosk.identity.documents import Reason

_IDENTITY = {*NAMES, "DAE", "DCU", "DBB"}
_KEPT = {*_IDENTITY, *ADDRESS, "DAQ", "DBA", "DAJ", "DAK", "DAO", "DAP"}
_MANDATORY = (
    {"DAQ"},
    {"DBA"},
    {"DAG", "DAL"},
    {"DAI", "DAN"},
    {"DAJ", "DAO"},
    {"DAK", "DAP"},
    {"DAD", "DCT", "DAA"},
)
# An element id and the longest values in use.
_RUN_TOGETHER = 60


def elements_of(lines: list[str], header: Header, ending: Ending) -> dict[str, str] | Reason:
    """The elements of these lines by id, or why they cannot be told. What is in doubt is left out."""
    if _names_go_on(lines):
        return Reason.UNREADABLE
    known = _each_once([line for line in lines if AT_START.match(line)])
    if known is None:
        return Reason.CONTRADICTORY
    elements = _without_doubt(known, header.version, nothing_lost=_shortage(lines, len(lines), header) == 0)
    if isinstance(elements, Reason):
        return elements
    return _if_whole(elements, lines, header, ending)


def _names_go_on(lines: list[str]) -> bool:
    """Whether a name is followed by a line that is no element: a line end came into it, and it may go on."""
    return any(line[:3] in _IDENTITY and not ANY_ID.match(after) for line, after in pairwise(lines))


def _each_once(lines: list[str]) -> list[str] | None:
    """Drop repeated elements, and what they say if it differs. None: it says that these are two people."""
    seen: dict[str, str] = {}
    for line in lines:
        key, value = line[:3], line[3:].strip()
        before = seen.setdefault(key, value)
        if before and value and before != value and key in _KEPT:
            if key in _IDENTITY:
                return None
            seen[key] = ""
        elif not before:
            seen[key] = value
    return [key + value for key, value in seen.items()]


def _without_doubt(lines: list[str], version: int | None, nothing_lost: bool) -> dict[str, str] | Reason:
    plain = {line[:3]: line[3:] for line in lines}
    whole = _is_whole(plain)
    doubts = set() if nothing_lost else doubtful(plain, version)
    if whole and not doubts:
        return plain
    allowed = native(version)
    reading = read_run_together([line for line in lines if line[:3] in allowed], version)
    if reading is not None:
        return reading
    if not whole and all(len(line) < _RUN_TOGETHER for line in lines):
        return Reason.INCOMPLETE
    if not whole or doubts & _IDENTITY:
        return Reason.SEPARATORS_LOST
    return {key: value for key, value in plain.items() if key not in doubts}


def _is_whole(elements: dict[str, str]) -> bool:
    """Whether it names a person and has a date of birth: every edition demands them."""
    return (
        "DBB" in elements
        and not elements.keys().isdisjoint({"DCS", "DAB", "DAA"})
        and not elements.keys().isdisjoint({"DAC", "DCT", "DAA"})
    )


def _shortage(lines: list[str], separators: int, header: Header) -> int | None:
    """How many characters the header says that are not there; None where it cannot be believed."""
    return header.length and header.length - len("DL") - sum(map(len, lines)) - separators


def _if_whole(
    elements: dict[str, str], lines: list[str], header: Header, ending: Ending
) -> dict[str, str] | Reason:
    """Whether the text breaks off: it is shorter than its header says, and lacks what every card has.

    Lengths are wrong on many cards, so one that is too short only casts doubt, first on the last element.
    """
    shortage = _shortage(lines, max(len(lines), len(elements)), header)
    is_unfinished = header.jurisdictions != "" if shortage is None else shortage > 0
    if ending is Ending.SUBFILE or not is_unfinished:
        return elements
    last = next(reversed(elements))
    lacks = shortage is not None and _lacks_what_every_card_has(lines)
    if ending is Ending.LINE:  # it may be the Enter that a reader adds
        return Reason.INCOMPLETE if lacks and last in NAMES else elements
    is_done = last not in _KEPT or date_of(elements[last]) is not None
    if lacks or (last in _IDENTITY and not is_done):
        return Reason.INCOMPLETE
    return elements if is_done else {key: value for key, value in elements.items() if key != last}


def _lacks_what_every_card_has(lines: list[str]) -> bool:
    text = "\n".join(lines)
    return any(all(key not in text for key in keys) for keys in _MANDATORY)
