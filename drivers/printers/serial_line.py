"""A printer on a serial line."""

import contextlib
import os
import termios
import time

import serial

from drivers.base import Cause, DeviceError, not_opened
from drivers.printers.transports import Descriptor

LINE_ERRORS = (OSError, termios.error)
# With its start and its stop.
_BITS_A_BYTE = 10


class SerialLine(Descriptor):
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
            _hear_whole_bytes_only(self._line.fileno())
        except ValueError as problem:
            raise DeviceError(f"{self.port}: {problem}", cause=Cause.SETUP, permanent=True) from problem
        except LINE_ERRORS as problem:
            raise not_opened(self.port, problem) from problem
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


def _hear_whole_bytes_only(line: int) -> None:
    """A break, as when a printer's power comes or goes, reads as a zero byte else: what `GS r` answers when
    all is well.
    """
    settings = termios.tcgetattr(line)
    settings[0] |= termios.IGNBRK | termios.IGNPAR | termios.INPCK
    termios.tcsetattr(line, termios.TCSANOW, settings)
