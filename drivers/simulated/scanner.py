"""A virtual scanner: a pty whose far end a real serial driver opens. `plug`, `unplug`, and `write` what it
scans.
"""

import threading
from pathlib import Path

from drivers.simulated.lines import PtyLine


class VirtualScanner:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = PtyLine(path)
        self._lock = threading.Lock()

    def plug(self) -> "VirtualScanner":
        with self._lock:
            self._line.plug()
        return self

    def unplug(self) -> None:
        with self._lock:
            self._line.unplug()

    def write(self, payload: bytes) -> None:
        """As the scanner sends it: suffix, AIM prefix and all."""
        with self._lock:
            while payload:
                self._line.send(payload[:1024])
                payload = payload[1024:]
