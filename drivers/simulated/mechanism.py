"""The inside of the virtual printer, without lines, threads or a clock: bytes go in, papers and answers come
out.

It keeps the rules that real ones keep: real-time questions are answered when they arrive, in pictures too;
everything else waits its turn in a small buffer; without paper it stops between two bytes, goes offline,
keeps what it has and goes on when paper is loaded; when its buffer is full it takes nothing more; without
power it forgets all that it had not printed.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from drivers.simulated import faults as states
from drivers.simulated.escpos import Interpreter, Output
from drivers.simulated.faults import Faults
from drivers.simulated.paper import Paper, Sheet

BUFFER_BYTES = 4096
KEPT_SHEETS = 60


class Line(Protocol):
    """Whoever speaks to the printer, and is answered."""

    def send(self, data: bytes) -> None: ...


class Mechanism:
    """Buffer, print head, paper, cutter and sensors. `on_sheet` runs when a paper was cut off."""

    def __init__(self, dots: int = 512, on_sheet: Callable[[], None] = lambda: None) -> None:
        self.faults = Faults()
        self.sheets: deque[Sheet] = deque(maxlen=KEPT_SHEETS)
        self.cuts = 0
        self.lines: list[Line] = []
        self._on_sheet = on_sheet
        self._buffer: deque[tuple[Line, int]] = deque()
        self._recent: dict[Line, bytes] = {}
        self._talking_to: Line | None = None
        self._reports = self._jammed = False
        self._last_report = b""
        self._taken_since_fault = 0
        self._interpreter = Interpreter(
            Paper(dots), Output(self._reply, self._paper_byte, self._report_changes, self._cut, self._moved)
        )

    @property
    def errors(self) -> list[str]:
        return self._interpreter.errors

    @property
    def room(self) -> int:
        """How many bytes it takes now."""
        room = BUFFER_BYTES - len(self._buffer)
        if self.faults.die_after is not None:
            room = min(room, self.faults.die_after - self._taken_since_fault)
        return max(0, room)

    @property
    def is_dead(self) -> bool:
        limit = self.faults.die_after
        return limit is not None and self._taken_since_fault >= limit

    @property
    def is_busy(self) -> bool:
        return bool(self._buffer) and not self.is_dead and not self._stops()

    def fault(self, changes: dict[str, Any]) -> None:
        """Break or mend it; raises BadFault for what it does not have."""
        self.faults = self.faults.changed(changes)
        if "die_after" in changes:
            self._taken_since_fault = 0
        if self.faults.cutter_ok and self._jammed:
            self._jammed = False
            self._finish_sheet()

    def take(self, line: Line, data: bytes) -> None:
        """Bytes arrive, at most `room`; real-time questions among them are answered at once."""
        self._taken_since_fault += len(data)
        self._buffer.extend((line, byte) for byte in data)
        stream = self._recent.get(line, b"") + data
        at = stream.find(b"\x10\x04")
        while 0 <= at < len(stream) - 2:
            if stream[at + 2] in states.QUESTIONS and self.faults.answers != "nothing":
                line.send(states.real_time(stream[at + 2], self.faults, jammed=self._jammed))
            at = stream.find(b"\x10\x04", at + 1)
        if self.faults.answers == "hasty" and b"\x1dr\x01" in stream:
            line.send(bytes([self._paper_byte()]))
        self._recent[line] = stream[-2:]

    def run(self, most: int = BUFFER_BYTES) -> None:
        """Print up to `most` bytes of what waits, as long as nothing stops it, and tell what changed."""
        self._report()
        while most > 0 and self.is_busy:
            faults, jammed = self.faults, self._jammed
            while most > 0 and self._buffer and self.faults is faults and self._jammed is jammed:
                self._talking_to, byte = self._buffer.popleft()
                self._interpreter.step(byte)
                most -= 1
        self._report()

    def hang_up(self, line: Line) -> None:
        """The line is gone; what came over it stays."""
        self._recent.pop(line, None)
        if line in self.lines:
            self.lines.remove(line)

    def lose_power(self) -> None:
        """Off and on: what it had not printed is gone, the paper is where it was."""
        self._buffer.clear()
        self._recent.clear()
        self._reports = False
        self._interpreter.forget()

    def unfinished(self) -> Sheet:
        """Tear off what hangs out of the printer."""
        return self._interpreter.paper.cut()

    def _stops(self) -> bool:
        return self.faults.stops(jammed=self._jammed)

    def _reply(self, data: bytes) -> None:
        if self._talking_to is not None and self.faults.answers == "all":
            self._talking_to.send(data)

    def _paper_byte(self) -> int:
        return states.paper(self.faults)

    def _report_changes(self, on: bool) -> None:
        self._reports, self._last_report = on, b""

    def _report(self) -> None:
        report = states.automatic(self.faults, jammed=self._jammed)
        unheard = self._reports and report != self._last_report and self.faults.answers == "all"
        if unheard and not self.is_dead:
            self._last_report = report
            for line in self.lines:
                line.send(report)

    def _moved(self, dots: int) -> None:
        left = self.faults.paper_left
        if left is not None:
            gone = left <= dots
            self.faults = self.faults.changed(
                {"paper_left": None if gone else left - dots} | ({"paper": "out"} if gone else {})
            )

    def _cut(self) -> None:
        if self.faults.cutter_ok:
            self._finish_sheet()
        else:
            self._jammed = True

    def _finish_sheet(self) -> None:
        self.cuts += 1
        self.sheets.append(replace(self._interpreter.paper.cut(), id=self.cuts))
        self._on_sheet()
