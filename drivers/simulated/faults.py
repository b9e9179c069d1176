"""What can be wrong with the virtual printer, and how it says so. Pure: standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal


class BadFault(ValueError):
    """There is no such fault, or not with this value."""


@dataclass(frozen=True, slots=True)
class Faults:
    """`die_after` counts bytes from when it is set; `paper_left` counts dots (8 to the millimetre).

    `heat` passes when the head has cooled, `broken` does not. `answers`: clones may know the real-time
    questions only, or none, or answer `GS r` out of turn (`hasty`). A printer that dies of `power` forgets
    what it had not printed.
    """

    paper: Literal["ok", "low", "out"] = "ok"
    paper_left: int | None = None
    cover: Literal["closed", "open"] = "closed"
    online: bool = True
    cutter_ok: bool = True
    error: Literal["none", "heat", "broken"] = "none"
    answers: Literal["all", "hasty", "status", "nothing"] = "all"
    slow_bps: int | None = None
    die_after: int | None = None
    die_how: Literal["disconnect", "silent", "power"] = "disconnect"

    def changed(self, changes: Mapping[str, Any]) -> "Faults":
        for name, value in changes.items():
            if name not in _ALLOWED or not _ALLOWED[name](value):
                raise BadFault(f"{name} = {value!r}: no such fault")
        return replace(self, **changes)

    def stops(self, *, jammed: bool) -> bool:
        wrong = self.paper == "out" or self.cover == "open" or self.error != "none"
        return wrong or jammed or not self.online


def _one_of(*words: str) -> Any:
    return lambda value: value in words


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _count_or_none(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


_ALLOWED: dict[str, Any] = {
    "paper": _one_of("ok", "low", "out"),
    "paper_left": _count_or_none,
    "cover": _one_of("closed", "open"),
    "online": _flag,
    "cutter_ok": _flag,
    "error": _one_of("none", "heat", "broken"),
    "answers": _one_of("all", "hasty", "status", "nothing"),
    "slow_bps": lambda value: _count_or_none(value) and value != 0,
    "die_after": _count_or_none,
    "die_how": _one_of("disconnect", "silent", "power"),
}

QUESTIONS = (1, 2, 3, 4)
_ERROR_BITS = {"none": 0, "heat": 0x40, "broken": 0x20}


def real_time(n: int, faults: Faults, *, jammed: bool) -> bytes:
    """The answer to `DLE EOT n`."""
    out = faults.paper == "out"
    bits = {
        1: 0x08 * faults.stops(jammed=jammed),
        2: 0x04 * (faults.cover == "open") | 0x20 * out | 0x40 * (jammed or faults.error != "none"),
        3: 0x08 * jammed | _ERROR_BITS[faults.error],
        4: 0x0C * (faults.paper != "ok") | 0x60 * out,
    }
    return bytes([0x12 | bits.get(n, 0)])


def automatic(faults: Faults, *, jammed: bool) -> bytes:
    """The four bytes of Automatic Status Back."""
    first = 0x10 | 0x08 * faults.stops(jammed=jammed) | 0x20 * (faults.cover == "open")
    return bytes([first, 0x08 * jammed | _ERROR_BITS[faults.error], paper(faults), 0])


def paper(faults: Faults) -> int:
    """The answer to `GS r 1`."""
    return 0x03 * (faults.paper != "ok") | 0x0C * (faults.paper == "out")
