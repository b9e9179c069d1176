"""A virtual ESC/POS printer on TCP and on a pty at the same time.

It keeps the rules that real ones keep: real-time questions are answered when they arrive, in pictures too;
everything else waits its turn in a small buffer; without paper it stops between two bytes, goes offline,
keeps what it has and goes on when paper is loaded; when its buffer is full it takes nothing more.
"""

import contextlib
import os
import select
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.simulated import faults as states
from drivers.simulated.escpos import Interpreter, Output
from drivers.simulated.faults import Faults
from drivers.simulated.lines import Connection, Line, PtyLine
from drivers.simulated.paper import Paper

BUFFER_BYTES = 4096
KEPT_SHEETS = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    id: int
    at: datetime
    png: bytes


class VirtualPrinter:
    """`start()` it, point a driver at `port` or `path`, and look at `sheets`."""

    def __init__(
        self, path: Path | None = None, *, dots: int = 512, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.faults = Faults()
        self.sheets: deque[Sheet] = deque(maxlen=KEPT_SHEETS)
        self.received = bytearray()
        self._cuts = 0
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self._address = (host, self.port)
        self.pty = PtyLine(path) if path else None
        self._connections: list[Connection] = []
        self._buffer: deque[tuple[Line, int]] = deque()
        self._recent: dict[Line, bytes] = {}
        self._talking_to: Line | None = None
        self._reports = self._jammed = self._stopping = False
        self._taken_since_fault = 0
        self._last_report = b""
        self._credit_from = time.monotonic()
        self._changed = threading.Condition()
        self._wake_read, self._wake_write = os.pipe()
        self._interpreter = Interpreter(
            Paper(dots), Output(self._reply, self._paper_byte, self._report_changes, self._cut, self._moved)
        )
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)

    @property
    def errors(self) -> list[str]:
        return self._interpreter.errors

    def start(self) -> "VirtualPrinter":
        if self.pty:
            self.pty.plug()
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        self._thread.join()
        for connection in self._connections:
            connection.close()
        if self.pty:
            self.pty.unplug()
        self._listener.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def fault(self, **changes: Any) -> None:
        """Break or mend it; raises BadFault for what it does not have."""
        with self._changed:
            self.faults = self.faults.changed(changes)
            if "die_after" in changes:
                self._taken_since_fault = 0
            if self.faults.cutter_ok and self._jammed:
                self._jammed = False
                self._finish_sheet()
        self._wake()

    def wait_for_sheets(self, count: int, within_s: float = 5.0) -> list[Sheet]:
        """All sheets, once `count` were cut since the start; TimeoutError when that does not happen."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._cuts >= count, within_s):
                raise TimeoutError(f"{self._cuts} sheets, not {count}; errors: {self.errors}")
            return list(self.sheets)

    def _run(self) -> None:
        while not self._stopping:
            for ready in self._select():
                self._attend(ready)
            with self._changed:
                self._live_or_die()
                self._report()
                self._print()
                self._report()

    def _select(self) -> list[Any]:
        lines: list[Any] = [self._wake_read]
        if not self._is_dead():
            lines.append(self._listener)
            if len(self._buffer) < BUFFER_BYTES:
                lines += self._connections
                lines += [self.pty] if self.pty and self.pty.fd >= 0 else []
        busy = bool(self._buffer) and not self._is_dead() and not self._stops()
        timeout = (0.005 if self.faults.slow_bps else 0.0) if busy else None
        return select.select(lines, [], [], timeout)[0]

    def _attend(self, ready: Any) -> None:
        if ready == self._wake_read:
            os.read(self._wake_read, 1024)
        elif ready is self._listener:
            with contextlib.suppress(OSError):
                self._connections.append(Connection(self._listener.accept()[0]))
        else:
            self._receive(ready)

    def _receive(self, line: Line) -> None:
        room = min(1024, BUFFER_BYTES - len(self._buffer))
        if self.faults.die_after is not None:
            room = min(room, self.faults.die_after - self._taken_since_fault)
        if room <= 0:
            return
        try:
            data = line.recv(room)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data and isinstance(line, Connection):
            line.close()
            self._connections.remove(line)
            self._recent.pop(line, None)
            return
        self._taken_since_fault += len(data)
        self.received += data
        self._buffer.extend((line, byte) for byte in data)
        self._answer_real_time(line, data)

    def _answer_real_time(self, line: Line, data: bytes) -> None:
        stream = self._recent.get(line, b"") + data
        for at in range(len(stream) - 2):
            if stream[at : at + 2] == b"\x10\x04" and stream[at + 2] in (1, 2, 3, 4):
                line.send(states.real_time(stream[at + 2], self.faults, jammed=self._jammed))
        self._recent[line] = stream[-2:]

    def _print(self) -> None:
        allowance = 512
        if self.faults.slow_bps:
            now = time.monotonic()
            allowance = int((now - self._credit_from) * self.faults.slow_bps)
            if allowance:
                self._credit_from = max(now - 0.05, self._credit_from + allowance / self.faults.slow_bps)
            allowance = min(allowance, max(1, self.faults.slow_bps // 20))
        while allowance > 0 and self._buffer and not self._stops() and not self._is_dead():
            self._talking_to, byte = self._buffer.popleft()
            self._interpreter.step(byte)
            allowance -= 1

    def _stops(self) -> bool:
        return self.faults.stops(jammed=self._jammed)

    def _is_dead(self) -> bool:
        limit = self.faults.die_after
        return limit is not None and self._taken_since_fault >= limit

    def _live_or_die(self) -> None:
        if self._is_dead() and self.faults.die_how == "disconnect":
            self._listener.close()
            for connection in self._connections:
                connection.reset()
            self._connections.clear()
            self._recent.clear()
            if self.pty:
                self.pty.unplug()
        elif not self._is_dead() and not self._stopping:
            if self._listener.fileno() < 0:
                self._listener = socket.create_server(self._address)
            if self.pty:
                self.pty.plug()

    def _reply(self, data: bytes) -> None:
        if self._talking_to is not None:
            self._talking_to.send(data)

    def _paper_byte(self) -> int:
        return states.paper(self.faults)

    def _report_changes(self, on: bool) -> None:
        self._reports, self._last_report = on, b""

    def _report(self) -> None:
        report = states.automatic(self.faults, jammed=self._jammed)
        if self._reports and report != self._last_report and not self._is_dead():
            self._last_report = report
            lines: list[Line] = [*self._connections, *([self.pty] if self.pty else [])]
            for line in lines:
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
        self._cuts += 1
        self.sheets.append(Sheet(self._cuts, datetime.now(UTC), self._interpreter.paper.cut()))
        self._changed.notify_all()

    def _wake(self) -> None:
        os.write(self._wake_write, b"!")
