"""Which values may hold another element, because the separator between the two was lost. Pure.

Names and streets contain the letters of element ids (ADAM, JUDAH ST), so an id in a value says something only
if the card lacks that element, and if what follows could be its value.
"""

from kiosk.identity.aamva.elements import ADDRESS, ANY_ID, ELEMENTS, FLAGS, NAMES, NOT_IN_NAMES, native

_ON_EVERY_CARD = {"DAG", "DAI", "DAJ", "DAK", "DAQ", "DBA", "DBB", "DBC", "DBD", "DCS", "DCF", "DCG"}
_INSTEAD = {"DAG": "DAL", "DAI": "DAN", "DAJ": "DAO", "DAK": "DAP"}
_BEHIND = {"DAD": {"DAC"}, "DCA": {"DAC", "DAD", "DCT"}}
_SUFFIXES = {"DCU", "DAE"}
_SURELY = {("DAL", "DAN"), ("DAB", "DAC"), ("DAG", "DAH"), ("DAL", "DAM")}


def doubtful(elements: dict[str, str], version: int | None) -> set[str]:
    """The ids of the elements whose value still contains another that the card lacks."""
    missing = {key for key in native(version) if elements.keys().isdisjoint({key, _INSTEAD.get(key, key)})}
    found = {
        owner
        for owner, value in elements.items()
        for key in missing & {value[place : place + 3] for place in range(len(value) - 2)}
        if _hides(owner, value, key)
    }
    if "DAD" not in elements and elements.get("DAC", "").endswith("DAD"):
        found.add("DAC")  # SOLEDAD, or SOLE and an empty middle name
    if "DAG" not in elements:
        found |= {name for name in NAMES & elements.keys() if elements[name].endswith("DAG")}
    return found | _with_a_flag(elements)


def _with_a_flag(elements: dict[str, str]) -> set[str]:
    """MADDEN ends like a flag by chance; on a card that has other flags, or twice, it is none."""
    ends = {name: elements[name][-4:] for name in (NAMES | ADDRESS) & elements.keys()}
    lost = FLAGS.keys() - elements.keys()
    found = {name for name, end in ends.items() if end[:3] in lost and end[3:] in {"T", "N", "U"}}
    return found if len(found) > 1 or FLAGS.keys() & elements.keys() else set()


def _hides(owner: str, value: str, key: str) -> bool:
    """Whether the letters of an element's id that stand in this value are that element."""
    place = value.index(key)
    start = place + len(key)
    if (owner, key) in _SURELY:
        return place > 0
    if owner in NAMES or owner in ADDRESS:
        if key in _BEHIND:
            return owner in _BEHIND[key] and start < len(value) and _can_be(key, value, start)
        if key in _SUFFIXES:
            return value != key and _can_be(key, value, start)  # Dae is a given name
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
