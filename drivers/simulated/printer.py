"""A virtual ESC/POS printer on TCP and on a pty at the same time: `mechanism.py` behind real lines."""

import contextlib
import os
import select
import socket
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from drivers.simulated.faults import Faults
from drivers.simulated.lines import Connection, Line, PtyLine
from drivers.simulated.mechanism import Mechanism
from drivers.simulated.paper import Sheet

_BYTES_A_ROUND = 512


class VirtualPrinter:
    """`start()` it, point a driver at `port` or `path`, and look at `sheets`."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        dots: int = 512,
        host: str = "127.0.0.1",
        port: int = 0,
        line: PtyLine | None = None,
    ) -> None:
        self.received = bytearray()
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self._address = (host, self.port)
        self.pty = line or (PtyLine(path) if path else None)
        self._connections: list[Connection] = []
        self._stopping = False
        self._credit_from = time.monotonic()
        self._changed = threading.Condition()
        self._wake_read, self._wake_write = os.pipe()
        self._inside = Mechanism(dots, self._changed.notify_all)
        if self.pty:
            self._inside.lines.append(self.pty)
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)

    @property
    def faults(self) -> Faults:
        return self._inside.faults

    @property
    def sheets(self) -> deque[Sheet]:
        return self._inside.sheets

    @property
    def errors(self) -> list[str]:
        return self._inside.errors

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
            self._inside.fault(changes)
        self._wake()

    def wait_for_sheets(self, count: int, within_s: float = 5.0) -> list[Sheet]:
        """All sheets, once `count` were cut since the start; TimeoutError when that does not happen."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._inside.cuts >= count, within_s):
                raise TimeoutError(f"{self._inside.cuts} sheets, not {count}; errors: {self.errors}")
            return list(self.sheets)

    def unfinished(self) -> Sheet:
        """Tear off what hangs out of the printer."""
        with self._changed:
            return self._inside.unfinished()

    def _run(self) -> None:
        while not self._stopping:
            for ready in self._select():
                self._attend(ready)
            with self._changed:
                self._live_or_die()
                self._inside.run(self._allowance())

    def _select(self) -> list[Any]:
        lines: list[Any] = [self._wake_read]
        if not self._inside.is_dead:
            # Between a revival and the next round the old listener is still closed.
            lines += [self._listener] if self._listener.fileno() >= 0 else []
            if self._inside.room:
                lines += self._connections
                lines += [self.pty] if self.pty and self.pty.fd >= 0 else []
        timeout = (0.005 if self.faults.slow_bps else 0.0) if self._inside.is_busy else None
        return select.select(lines, [], [], None if self._stopping else timeout)[0]

    def _attend(self, ready: Any) -> None:
        if ready == self._wake_read:
            os.read(self._wake_read, 1024)
        elif ready is self._listener:
            with contextlib.suppress(OSError):
                self._connections.append(connection := Connection(self._listener.accept()[0]))
                self._inside.lines.append(connection)
        else:
            self._receive(ready)

    def _receive(self, line: Line) -> None:
        room = min(1024, self._inside.room)
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
            self._inside.hang_up(line)
            return
        self.received += data
        with self._changed:
            self._inside.take(line, data)

    def _allowance(self) -> int:
        """How many bytes it prints now: a slow printer earns them by waiting."""
        speed = self.faults.slow_bps
        if not speed:
            return _BYTES_A_ROUND
        now = time.monotonic()
        earned = int((now - self._credit_from) * speed)
        if earned:
            self._credit_from = max(now - 0.05, self._credit_from + earned / speed)
        return min(earned, max(1, speed // 20), _BYTES_A_ROUND)

    def _live_or_die(self) -> None:
        dead = self._inside.is_dead
        if dead and self.faults.die_how != "silent":
            if self.faults.die_how == "power":
                self._inside.lose_power()
            self._listener.close()
            for connection in self._connections:
                connection.reset()
                self._inside.hang_up(connection)
            self._connections.clear()
            if self.pty:
                self.pty.unplug()
        elif not dead and not self._stopping:
            if self._listener.fileno() < 0:
                self._listener = socket.create_server(self._address)
            if self.pty:
                self.pty.plug()

    def _wake(self) -> None:
        os.write(self._wake_write, b"!")
