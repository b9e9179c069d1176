"""The ends of the lines that virtual devices hold: a TCP listener and a pty with a stable name."""

import contextlib
import os
import socket
import struct
import tty
from pathlib import Path


class PtyLine:
    """A pty in raw mode; the far end is at `path`. Unplugging closes it, as pulling a USB plug does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = -1
        self._far = -1

    def plug(self) -> None:
        if self.fd >= 0:
            return
        self.fd, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self.fd, False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        link = self.path.with_name(self.path.name + ".new")
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._far))
        link.replace(self.path)

    def unplug(self) -> None:
        if self.fd < 0:
            return
        self.path.unlink(missing_ok=True)
        os.close(self._far)
        os.close(self.fd)
        self.fd = self._far = -1

    def fileno(self) -> int:
        return self.fd

    def recv(self, count: int) -> bytes:
        return os.read(self.fd, count)

    def send(self, data: bytes) -> None:
        # Nobody may be listening at the far end; then the bytes are lost, as on a wire.
        with contextlib.suppress(OSError):
            os.write(self.fd, data)


class Connection:
    """One accepted TCP connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        return self._socket.fileno()

    def recv(self, count: int) -> bytes:
        return self._socket.recv(count)

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(data)

    def close(self) -> None:
        self._socket.close()

    def reset(self) -> None:
        """Gone without a goodbye."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


Line = PtyLine | Connection
