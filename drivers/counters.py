"""What each printer has used since it was set up: tickets, cuts, paper. Kept beside the host's token.

Counted are tickets that the printer took whole; one that stopped midway is not. Counting is for the console
only: whatever goes wrong with it, the ticket was printed.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

_DOTS_PER_MM = 8
_TO_CUTTER_MM = 14
"""About so much is fed before a cut: the cutter sits behind the print head."""
_LINE_DOTS, _LETTER_DOTS = 30, 24
_MOST = 2**53
# How long a command is, by its first two bytes; those not named have three.
_LENGTHS = {b"\x1b@": 2, b"\x1dV": 4}


@dataclass(frozen=True, slots=True)
class Count:
    """How much was used."""

    tickets: int = 0
    cuts: int = 0
    paper_mm: int = 0

    def __add__(self, more: "Count") -> "Count":
        return Count(self.tickets + more.tickets, self.cuts + more.cuts, self.paper_mm + more.paper_mm)


class Counters:
    """All printers of one host, in one small JSON file that is replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._counts = _read(path)

    def of(self, printer: str) -> Count:
        return self._counts.get(printer, Count())

    def meter(self, printer: str) -> Callable[[bytes], None]:
        """What is told of every ticket that this printer took."""

        def delivered(ticket: bytes) -> None:
            with self._lock:
                self._counts[printer] = self.of(printer) + measured(ticket)
                self._keep()

        return delivered

    def _keep(self) -> None:
        new = self._path.with_name(self._path.name + ".new")
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            with new.open("w", encoding="utf-8") as file:
                json.dump({name: asdict(count) for name, count in self._counts.items()}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as problem:
            log.warning("The counters cannot be kept in %s: %s", self._path, problem)


def measured(ticket: bytes) -> Count:
    """Return what a ticket of our encoder uses, read from its commands."""
    dots, cuts, letters, module = 0, 0, 1, 0
    for command in _commands(ticket):
        match command[:2]:
            case b"\n":
                dots += max(_LINE_DOTS, _LETTER_DOTS * letters)
            case b"\x1bJ":
                dots += command[2]
            case b"\x1d!":
                letters = (command[2] & 7) + 1
            case b"\x1dv":
                dots += int.from_bytes(command[6:8], "little")
            case b"\x1dV":
                cuts += 1
            case b"\x1d(" if command[6:7] == b"C":
                module = command[7]
            case b"\x1d(" if command[6:7] == b"P":
                dots += module * _side(command[8:])
    return Count(1, cuts, round(dots / _DOTS_PER_MM) + cuts * _TO_CUTTER_MM)


def _commands(ticket: bytes) -> Iterator[bytes]:
    """The whole commands and line ends one by one; letters are left out."""
    place = 0
    while place < len(ticket):
        head = ticket[place : place + 2]
        if head[0] not in b"\x1b\x1d":
            length = 1
        elif head == b"\x1dv":
            width, rows = (int.from_bytes(ticket[place + at : place + at + 2], "little") for at in (4, 6))
            length = 8 + width * rows
        elif head == b"\x1d(":
            length = 5 + int.from_bytes(ticket[place + 3 : place + 5], "little")
        else:
            length = _LENGTHS.get(head, 3)
        if (length > 1 or head[:1] == b"\n") and place + length <= len(ticket):
            yield ticket[place : place + length]
        place += length


def _side(data: bytes) -> int:
    """How many modules wide the QR code is that a printer makes of this."""
    import segno

    return len(segno.make(data, error="m", micro=False, boost_error=False, mask=0).matrix)


def _read(path: Path) -> dict[str, Count]:
    """Return what was kept; nothing when there is no file, or none of ours."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): Count(**{k: _whole(v) for k, v in count.items()}) for name, count in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        log.warning("The counters in %s begin anew: %s", path, problem)
        return {}


def _whole(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(f"{value!r} is no count")
    return value
