"""From lines to a card's elements: one a line, and a second look where a separator went missing. Pure."""

from itertools import pairwise

from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.elements import ANY_ID, AT_START, ELEMENTS, NOT_IN_NAMES, native
from kiosk.identity.aamva.header import Header
from kiosk.identity.aamva.segments import read as read_run_together
from kiosk.identity.documents import Reason

_FLAGS = {"DDE": "DCS", "DDF": "DAC", "DDG": "DAD"}
_NAMES = {"DCS", "DAC", "DAD", "DCT", "DAA", "DAB"}
_IDENTITY = {*_NAMES, "DBB"}
_ADDRESS = {"DAG", "DAH", "DAI", "DAL", "DAM", "DAN"}
_KEPT = {*_IDENTITY, *_ADDRESS, "DAQ", "DBA", "DCU", "DAE", "DAJ", "DAK", "DAO", "DAP"}
_MANDATORY = ({"DAQ"}, {"DBA"}, {"DAG", "DAL"}, {"DAI", "DAN"}, {"DAJ", "DAO"}, {"DAK", "DAP"})
_ON_EVERY_CARD = {"DAG", "DAI", "DAJ", "DAK", "DAQ", "DBA", "DBB", "DBC", "DBD", "DCS", "DCF", "DCG"}
# The edition since which every card has a middle name, if only an empty one.
_WITH_DAD = 4
# An element id and the longest values in use.
_RUN_TOGETHER = 60
_INSTEAD = {"DAG": "DAL", "DAI": "DAN", "DAJ": "DAO", "DAK": "DAP"}
_BEFORE = {"DAD": {"DAC"}, "DCA": {"DAC", "DAD", "DCT"}}


def elements_of(lines: list[str], header: Header, is_ended: bool) -> dict[str, str] | Reason:
    """The elements of these lines by id, or why they cannot be told. What is in doubt is left out.

    `is_ended`: a line end or another subfile came behind, so the text was not cut in the last element.
    """
    if _names_go_on(lines):
        return Reason.UNREADABLE
    known = _each_once([line for line in lines if AT_START.match(line)])
    if known is None:
        return Reason.CONTRADICTORY
    elements = _without_doubt(known, header.version)
    if isinstance(elements, Reason) or is_ended or not _ends_early(lines, elements, header):
        return elements
    last = next(reversed(elements))
    if last in _IDENTITY or header.jurisdictions or _lacks_what_every_card_has(lines):
        return Reason.INCOMPLETE
    is_whole = last not in _KEPT or date_of(elements[last]) is not None
    return elements if is_whole else {key: value for key, value in elements.items() if key != last}


def _names_go_on(lines: list[str]) -> bool:
    """Whether a name is followed by a line that is no element: a line end came into it, and it may go on."""
    return any(line[:3] in _IDENTITY and not ANY_ID.match(after) for line, after in pairwise(lines))


def _each_once(lines: list[str]) -> list[str] | None:
    """Drop repeated elements. None: a repeated element says that this is two people."""
    seen: dict[str, str] = {}
    for line in lines:
        key, value = line[:3], line[3:].strip()
        before = seen.get(key, "")
        if before and value and before != value and key in _IDENTITY:
            return None
        seen[key] = before or value
    return [key + value for key, value in seen.items()]


def _without_doubt(lines: list[str], version: int | None) -> dict[str, str] | Reason:
    plain = {line[:3]: line[3:] for line in lines}
    whole, doubtful = _is_whole(plain), _doubtful(plain, version)
    if whole and not doubtful:
        return plain
    allowed = native(version)
    reading = read_run_together([line for line in lines if line[:3] in allowed], version)
    if reading is not None:
        return reading
    if not whole and all(len(line) < _RUN_TOGETHER for line in lines):
        return Reason.INCOMPLETE
    if not whole or doubtful & _IDENTITY:
        return Reason.SEPARATORS_LOST
    return {key: value for key, value in plain.items() if key not in doubtful}


def _is_whole(elements: dict[str, str]) -> bool:
    """Whether it names a person and has a date of birth: every edition demands them."""
    return (
        "DBB" in elements
        and not elements.keys().isdisjoint({"DCS", "DAB", "DAA"})
        and not elements.keys().isdisjoint({"DAC", "DCT", "DAA"})
    )


def _doubtful(elements: dict[str, str], version: int | None) -> set[str]:
    """The elements whose value still contains another that the card lacks: a separator was lost."""
    missing = {key for key in native(version) if elements.keys().isdisjoint({key, _INSTEAD.get(key, key)})}
    found = {
        owner
        for owner, value in elements.items()
        for key in missing & {value[place : place + 3] for place in range(len(value) - 2)}
        if _hides(owner, value, key)
    }
    flagged = {
        name
        for flag, name in _FLAGS.items()
        if flag not in elements and elements.get(name, "")[-4:-1] == flag and elements[name][-1] in "TNU"
    }
    if (version or 0) >= _WITH_DAD and "DAD" not in elements and elements.get("DAC", "").endswith("DAD"):
        found.add("DAC")  # SOLEDAD, or SOLE and an empty middle name
    # MADDEN ends like a flag by chance; on a card that has other flags, or twice, it is none.
    return found | flagged if len(flagged) > 1 or _FLAGS.keys() & elements.keys() else found


def _hides(owner: str, value: str, key: str) -> bool:
    """Whether the letters of an element's id that stand in this value are that element."""
    if (owner, key) == ("DAL", "DAN"):
        return True
    start = value.index(key) + len(key)
    if owner in _NAMES or owner in _ADDRESS:
        if key in {"DAD", "DCA"}:
            return owner in _BEFORE[key] and start < len(value) and _can_be(key, value, start)
        if key in _ON_EVERY_CARD or key in NOT_IN_NAMES or _is_surely(key, value, start):
            return True
    elif owner == "DAQ":
        return _can_be(key, value, start)
    return not ELEMENTS[owner].value.fullmatch(value) and _can_be(key, value, start)


def _is_surely(key: str, value: str, start: int) -> bool:
    """Whether what follows is a value that no name goes on with: a date, a colour, a suffix, a measure."""
    rest = value[start:]
    return ELEMENTS[key].strict and len(rest) > 1 and _can_be(key, value, start)


def _can_be(key: str, value: str, start: int) -> bool:
    ends = [*(found.start() for found in ANY_ID.finditer(value, start)), len(value)]
    return any(ELEMENTS[key].value.fullmatch(value, start, end) for end in ends)


def _ends_early(lines: list[str], elements: dict[str, str], header: Header) -> bool:
    """Whether the text may break off: it is shorter than the header says.

    Lengths are wrong on many cards, so this only casts doubt: on the last element, on a card without an
    element that every card has, and on one without the jurisdiction's subfile that the header declares.
    """
    length = len("DL") + sum(map(len, lines)) + max(len(lines), len(elements))
    return header.length is not None and length < header.length


def _lacks_what_every_card_has(lines: list[str]) -> bool:
    text = "\n".join(lines)
    return any(all(key not in text for key in keys) for keys in _MANDATORY)
