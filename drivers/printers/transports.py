"""How bytes reach a printer and come back: TCP 9100, a serial line, the kernel's `/dev/usb/lpN`.

Each is an open file descriptor worked with `poll`, so one loop serves all three: nothing blocks longer than
asked, every byte sent is counted, and what the printer says while it is being written to is read (unread
status bytes would make the kernel reset the connection and lose the end of a ticket).
"""

import contextlib
import fcntl
import logging
import os
import select
import socket
import sys
import termios
import time
from collections.abc import Callable
from typing import Protocol

import serial

from drivers.base import Cause, DeviceError, Printed, TimedOut, Unplugged, Unreachable

log = logging.getLogger(__name__)

CHUNK = 1024
STALL_S = 1.0
INBOX_BYTES = 65_536
# With its start and its stop.
_BITS_A_BYTE = 10
_LPGETSTATUS, _PAPER_EMPTY = 0x060B, 0x20
# _IOC(_IOC_READ, 'P', 1, 1024), as the kernel's header makes it.
_LONGEST_ID = 1024
_LPIOC_GET_DEVICE_ID = 2 << 30 | _LONGEST_ID << 16 | ord("P") << 8 | 1
LINE_ERRORS = (OSError, termios.error)


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


class _Descriptor:
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


class Network(_Descriptor):
    """TCP, port 9100 unless told otherwise."""

    gone = Unreachable

    def __init__(self, host: str, port: int = 9100, *, connect_s: float = 3.0, drain_s: float = 1.0) -> None:
        super().__init__()
        self.address = (host, port)
        self.connect_s = connect_s
        self.drain_s = drain_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        try:
            self._socket = socket.create_connection(self.address, timeout=self.connect_s)
        except OSError as problem:
            raise Unreachable(
                f"Nothing answers at {self.address[0]}:{self.address[1]}: {problem}"
            ) from problem
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.setblocking(False)
        self._fd = self._socket.fileno()

    def close(self) -> None:
        """Say "no more" and read to the end: closing at once would cut off what the printer has not taken."""
        if self._socket is None:
            return
        deadline = time.monotonic() + self.drain_s
        with contextlib.suppress(OSError, DeviceError):
            self._socket.shutdown(socket.SHUT_WR)
            while True:
                self._wait(select.POLLIN, deadline)
        self._socket.close()
        self._socket, self._fd = None, -1
        self._inbox.clear()


class SerialLine(_Descriptor):
    """RS-232, or a USB printer posing as a serial port. Flow control is what the printer is set to."""

    def __init__(
        self, port: str | os.PathLike[str], baud: int = 38400, flow: str = "rtscts", *, drain_s: float = 1.0
    ) -> None:
        super().__init__()
        self.port, self.baud, self.flow, self.drain_s = port, baud, flow, drain_s
        self._line: serial.Serial | None = None

    def open(self) -> None:
        try:
            self._line = serial.Serial(
                os.fspath(self.port),
                self.baud,
                timeout=0,
                exclusive=True,
                rtscts=self.flow == "rtscts",
                xonxoff=self.flow == "xonxoff",
            )
        except ValueError as problem:
            raise DeviceError(f"{self.port}: {problem}", permanent=True) from problem
        except LINE_ERRORS as problem:
            raise Unplugged(f"{self.port}: {problem}") from problem
        self._fd = self._line.fileno()

    def under_way_s(self, size: int) -> float | None:
        return size * _BITS_A_BYTE / self.baud

    def close(self) -> None:
        """Wait a moment for the last bytes, then drop what a held-up line would keep: `close` waits for it
        else.
        """
        if self._line is None:
            return
        deadline = time.monotonic() + self.drain_s
        with contextlib.suppress(*LINE_ERRORS):
            while self._line.out_waiting and time.monotonic() < deadline:
                time.sleep(0.02)
            self._line.reset_output_buffer()
        with contextlib.suppress(*LINE_ERRORS):
            self._line.close()
        self._line, self._fd = None, -1
        self._inbox.clear()


class UsbLp(_Descriptor):
    """A USB printer through the kernel's usblp driver. It opens for one process only.

    Beside the bytes, the plug has wires of a parallel port's meaning (IEEE 1284): `cause` reads "paper empty"
    there, also while the printer is stuck, and `identity` the name that the printer gives itself. Source:
    the kernel's drivers/usb/class/usblp.c.
    """

    empty_read_is_the_end = False

    def __init__(self, port: str | os.PathLike[str]) -> None:
        super().__init__()
        self.port = port

    def open(self) -> None:
        try:
            self._fd = os.open(self.port, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as problem:
            raise Unplugged(f"{self.port}: {problem.strerror}") from problem
        log.debug("%s calls itself %s", self.port, self.identity())

    def cause(self) -> Cause | None:
        """Only paper-empty is believed: cheap printers leave the other wires as they like."""
        wires = self._ask_kernel(_LPGETSTATUS, 4)
        return Cause.PAPER_OUT if wires and int.from_bytes(wires, sys.byteorder) & _PAPER_EMPTY else None

    def identity(self) -> dict[str, str]:
        """What the printer calls itself: `MFG`, `MDL`, `SN`; empty when it does not say."""
        return ieee1284(self._ask_kernel(_LPIOC_GET_DEVICE_ID, _LONGEST_ID))

    def close(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
        self._fd = -1
        self._inbox.clear()

    def _ask_kernel(self, request: int, size: int) -> bytes:
        answer = bytearray(size)
        try:
            fcntl.ioctl(self._fd, request, answer)
        except (OSError, ValueError):
            # Closed, not usblp, or just unplugged: the next byte will tell.
            return b""
        return bytes(answer)


def ieee1284(data: bytes) -> dict[str, str]:
    """A device id: two bytes of length, then `KEY:value;` again and again."""
    length = int.from_bytes(data[:2], "big")
    text = data[2:length].decode("ascii", "replace")
    pairs = (part.partition(":") for part in text.split(";"))
    names = {"MANUFACTURER": "MFG", "MODEL": "MDL", "SERN": "SN", "SERIALNUMBER": "SN"}
    return {
        names.get(key.strip().upper(), key.strip().upper()): value.strip()
        for key, colon, value in pairs
        if colon
    }
