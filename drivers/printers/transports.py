"""How bytes reach a printer and come back.

Each wire (`network`, `serial_line`, `usblp`) is an open file descriptor worked with `poll`, so one loop
serves all: nothing blocks longer than asked, every byte sent is counted, and what the printer says while it
is being written to is read (unread status bytes would make the kernel reset the connection and lose the end
of a ticket).
"""

import contextlib
import os
import select
import time
from collections.abc import Callable
from typing import Protocol

from drivers.base import Cause, DeviceError, Printed, TimedOut, Unplugged

CHUNK = 1024
STALL_S = 1.0
INBOX_BYTES = 65_536

OnStall = Callable[[float], None]


class Transport(Protocol):
    def open(self) -> None: ...

    def write(self, data: bytes, within_s: float, on_stall: OnStall | None = None) -> None:
        """Hand over every byte, or raise with `printed` telling whether any byte left. `on_stall` is told
        every second for how long nothing has moved; what it raises ends the writing.
        """

    def read(self, within_s: float) -> bytes:
        """What has arrived, waiting up to `within_s` for the first byte; b"" when nothing did."""

    def cause(self) -> Cause | None:
        """What the line itself knows to be wrong with the printer, apart from what the printer says."""

    def under_way_s(self, size: int) -> float | None:
        """How long so many bytes take on a line that stays when the printer is switched off; None when the
        line breaks then.
        """

    def close(self) -> None: ...


class Descriptor:
    """A non-blocking file descriptor with deadlines and a count."""

    gone: type[DeviceError] = Unplugged
    empty_read_is_the_end = True

    def __init__(self) -> None:
        self._fd = -1
        self._inbox = bytearray()

    def write(self, data: bytes, within_s: float, on_stall: OnStall | None = None) -> None:
        sent, moved = 0, time.monotonic()
        deadline = moved + within_s
        try:
            while sent < len(data):
                if self._takes_more(min(deadline, time.monotonic() + STALL_S)):
                    with contextlib.suppress(BlockingIOError):
                        sent += os.write(self._fd, data[sent : sent + CHUNK])
                        moved = time.monotonic()
                elif time.monotonic() >= deadline:
                    raise TimedOut
                elif on_stall is not None and (idle := time.monotonic() - moved) >= STALL_S:
                    on_stall(idle)
        except (OSError, DeviceError) as problem:
            failure = problem if isinstance(problem, DeviceError) else self.gone(str(problem))
            failure.printed = Printed.MAYBE if sent else Printed.NO
            raise failure from problem

    def read(self, within_s: float) -> bytes:
        deadline = time.monotonic() + within_s
        try:
            while not self._inbox:
                self._wait(select.POLLIN, deadline)
        except TimedOut:
            return b""
        except OSError as problem:
            raise self.gone(str(problem)) from problem
        data = bytes(self._inbox)
        self._inbox.clear()
        return data

    def cause(self) -> Cause | None:
        return None

    def under_way_s(self, size: int) -> float | None:
        return None

    def _takes_more(self, until: float) -> bool:
        try:
            return bool(self._wait(select.POLLIN | select.POLLOUT, until) & select.POLLOUT)
        except TimedOut:
            return False

    def _wait(self, events: int, deadline: float) -> int:
        poll = select.poll()
        poll.register(self._fd, events)
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise TimedOut
        flags = ready[0][1]
        got = self._take() if flags & select.POLLIN else 0
        if not got and flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            raise self.gone
        if not got and not flags & select.POLLOUT and time.monotonic() >= deadline:
            raise TimedOut
        return flags

    def _take(self) -> int:
        try:
            data = os.read(self._fd, 4096)
        except BlockingIOError:
            return 0
        if not data and self.empty_read_is_the_end:
            raise self.gone
        if not data:
            # usblp may hand over an empty packet; asking again at once would be a busy loop.
            time.sleep(0.01)
        self._inbox += data
        del self._inbox[:-INBOX_BYTES]
        return len(data)
