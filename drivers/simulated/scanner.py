"""A virtual scanner: a pty whose far end a real serial driver opens. `plug`, `unplug`, and `write` what it
scans.
"""

from pathlib import Path

from drivers.simulated.lines import PtyLine


class VirtualScanner:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = PtyLine(path)

    def plug(self) -> "VirtualScanner":
        self._line.plug()
        return self

    def unplug(self) -> None:
        self._line.unplug()

    def write(self, payload: bytes) -> None:
        """As the scanner sends it: suffix, AIM prefix and all."""
        while payload:
            self._line.send(payload[:1024])
            payload = payload[1024:]
