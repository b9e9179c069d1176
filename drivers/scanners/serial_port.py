"""A scanner on a serial line, or a USB scanner set to serial (CDC) mode: the mode that keeps control
characters.
"""

import contextlib
import os
import termios
import time

import serial

from drivers.base import Cause, DeviceError, Scan, Unplugged, not_opened
from drivers.framing import Framer, Profile

LINE_ERRORS = (OSError, termios.error)


class SerialScanner:
    """Raw and exclusive. Point `port` at `/dev/serial/by-id/...` or a `UsbPort`: the number in
    `/dev/ttyACM0` changes on replugging.
    """

    def __init__(
        self, name: str, port: str | os.PathLike[str], baud: int = 9600, profile: Profile | None = None
    ) -> None:
        self.name = name
        self._port, self._baud = port, baud
        self._framer = Framer(profile)
        # A part of the gap: silence is seen soon after it is long enough, and the patient waits for it.
        self._wait_s = self._framer.profile.idle_s / 6
        self._line: serial.Serial | None = None

    def open(self) -> None:
        self._framer = Framer(self._framer.profile)
        try:
            self._line = serial.Serial(
                os.fspath(self._port), self._baud, timeout=self._wait_s, exclusive=True
            )
        except ValueError as problem:
            raise DeviceError(f"{self._port}: {problem}", cause=Cause.SETUP, permanent=True) from problem
        except LINE_ERRORS as problem:
            raise not_opened(self._port, problem) from problem

    def read(self) -> list[Scan]:
        if self._line is None:
            raise Unplugged
        began = time.monotonic()
        try:
            data = self._line.read(self._line.in_waiting or 1)
            if data:
                data += self._line.read(self._line.in_waiting)
        except LINE_ERRORS as problem:
            raise Unplugged(f"{self._port}: {problem}") from problem
        if data:
            frames = self._framer.feed(data, time.monotonic())
        else:
            frames = self._framer.idle(began + self._wait_s)
        return [Scan(frame.data, frame.symbology, self.name) for frame in frames]

    def close(self) -> None:
        if self._line is not None:
            with contextlib.suppress(*LINE_ERRORS):
                self._line.close()
        self._line = None
