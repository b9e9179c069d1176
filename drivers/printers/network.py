"""A printer in the network."""

import contextlib
import select
import socket
import time

from drivers.base import DeviceError, Unreachable
from drivers.printers.transports import Descriptor


class Network(Descriptor):
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
