"""The driver of scanners on a serial line."""

import time
from pathlib import Path

from drivers.base import Scan
from drivers.framing import Profile
from drivers.scanners.serial_port import SerialScanner
from drivers.simulated.scanner import VirtualScanner


class BusyLine:
    """A serial line on a computer that does something else after each look at it that found nothing."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""
        if self._pieces and self._pieces[0]:
            return self._pieces.pop(0)
        time.sleep(0.25)
        self._pieces = self._pieces[1:]
        return b""

    @property
    def in_waiting(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is held."""


def test_a_licence_is_not_cut_in_two_by_a_computer_that_was_busy_between_its_halves(tmp_path: Path):
    virtual = VirtualScanner(tmp_path / "scanner").plug()
    scanner = SerialScanner("counter", virtual.path, profile=Profile(idle_s=0.1))
    scanner.open()
    scanner.close()
    scanner._line = BusyLine(b"@\n\x1e\rANSI ", b"", b"636014\n")  # type: ignore[assignment]
    scans: list[Scan] = []
    until = time.monotonic() + 20
    while not scans and time.monotonic() < until:
        scans += scanner.read()
    assert [scan.data for scan in scans] == [b"@\n\x1e\rANSI 636014\n"]
    virtual.unplug()
