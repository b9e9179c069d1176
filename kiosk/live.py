"""The publisher: nudges after each commit, heartbeats, cutting off who is revoked. Nothing is promised here.

A nudge is `{"version": int | null, "html": str | null}`: a page that shows an older version looks again.
Boards get their new picture (their `#live` element) inside the nudge, rendered once per version. Who
missed one repairs itself by the heartbeat, which carries the version too, or by polling while it is cut off.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog
from flask_socketio import SocketIO

from kiosk.access import SCREENS, Principal
from kiosk.logs import described
from kiosk.sockets import Socket, device_room

HEARTBEAT_S = 4.5
"""Less than the five seconds in which a revoked screen must be dark, everywhere."""
AFTER_ERROR_S = 0.5
ROUNDS_BEATS = 2
"""Every so many heartbeats somebody looks who fell silent and which jobs ran out."""

log = structlog.get_logger()


class Beside(Protocol):
    """A thread of this process."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Live:
    """Commits wake it, one thread renders and emits, several commits become one nudge."""

    def __init__(self, socketio: SocketIO) -> None:
        self.socketio = socketio
        self.version = 0
        self.boards: Callable[[], dict[str, tuple[int, str]]] = dict
        """Renders every board: board id → (version, html). Set by `kiosk.app`."""
        self.look: Callable[[], int] = lambda: self.version
        """Reads the site's version, which another process may have raised. Set by `kiosk.app`."""
        self.standing: Callable[[set[Principal]], set[Principal]] = lambda asked: asked
        """Tells whose credentials still hold. Set by `kiosk.app`."""
        self.rounds: Callable[[set[str]], None] = lambda connected: None
        """Looks after devices and jobs; knows which devices are connected. Set by `kiosk.app`."""
        self.beats = 0
        self.turned_at = time.monotonic()
        """When the publisher last went round, whatever came of it: a hang shows here, an error does not."""
        self.listeners: list[Callable[[set[str]], None]] = []
        """Hear the touched topics at once, in the thread that committed."""
        self.beside: list[Beside] = []
        """Works as long as screens are told. Set by `kiosk.app`."""
        self.stopped = threading.Event()
        self._sockets: dict[str, Socket] = {}
        self._topics: set[str] = set()
        self._painted: set[str] = set()
        self._wake = threading.Event()
        self._lock = threading.Lock()

    def committed(self, version: int, topics: set[str]) -> None:
        """Remember that there is something to tell; returns at once."""
        with self._lock:
            self.version = max(self.version, version)
            self._topics |= topics
        for listener in self.listeners:
            listener(topics)
        self._wake.set()

    def nudge(self, room: str, version: int | None = None, html: str | None = None) -> None:
        """Say "look again" to one room."""
        self.socketio.emit("nudge", {"version": version, "html": html}, to=room)

    def cut(self, device: str) -> None:
        """Disconnect every socket of a revoked device: here now, in other processes within a heartbeat."""
        self.socketio.emit("revoked", to=device_room(device))
        self._disconnect(s for s in self.sockets() if any(who.id == device for who in s.principals))

    def painted(self, device: str) -> None:
        """Remember that a screen drew a frame."""
        with self._lock:
            self._painted.add(device)

    def take_painted(self) -> set[str]:
        """Return which screens drew a frame since this was asked last."""
        with self._lock:
            painted, self._painted = self._painted, set()
        return painted

    def opened(self, socket: Socket) -> None:
        """Remember a socket."""
        with self._lock:
            self._sockets[socket.sid] = socket

    def closed(self, sid: str) -> None:
        """Forget a socket."""
        with self._lock:
            self._sockets.pop(sid, None)

    def socket(self, sid: str) -> Socket | None:
        """Return the open socket of that id."""
        return self._sockets.get(sid)

    def sockets(self) -> list[Socket]:
        """Return the sockets that are open in this process."""
        with self._lock:
            return list(self._sockets.values())

    def start(self) -> None:
        """Publish until `stop`."""
        for other in self.beside:
            other.start()
        threading.Thread(target=self._publish, name="live", daemon=True).start()

    def stop(self) -> None:
        """End the publishing thread, and let go of every socket."""
        self.stopped.set()
        for other in self.beside:
            other.stop()
        self._wake.set()
        for socket in self.sockets():
            self.socketio.server.disconnect(socket.sid)

    def _publish(self) -> None:
        told, beat_at = -1, 0.0
        while not self.stopped.is_set():
            self._wake.wait(max(0.0, beat_at - time.monotonic()))
            self._wake.clear()
            self.turned_at = time.monotonic()
            beat = time.monotonic() >= beat_at
            if beat:
                beat_at = time.monotonic() + HEARTBEAT_S
            try:
                told = self._publish_once(told, beat=beat)
            except Exception as error:  # noqa: BLE001  the publisher outlives every error
                log.error("live.failed", **described(error))
                self.stopped.wait(AFTER_ERROR_S)

    def _publish_once(self, told: int, *, beat: bool) -> int:
        """Tell what is new since version `told`; return the version that was told."""
        seen = self.look() if beat else 0
        with self._lock:
            version = self.version = max(self.version, seen)
            topics, self._topics = self._topics, set()
        try:
            self._tell(topics, version if version != told else None)
        finally:
            if beat:
                self._beat(version)
        return version

    def _tell(self, topics: set[str], version: int | None) -> None:
        """Nudge who was touched and, on a new version, everybody: a broken board stops nobody else."""
        for topic in topics:
            self.nudge(topic)
        if version is None:
            return
        try:
            for board, (shown, html) in self.boards().items():
                self.nudge(f"board:{board}", shown, html)
        finally:
            self.nudge("site", version)

    def _beat(self, version: int) -> None:
        """Each process beats for its own sockets, and drops those whose credentials have ended."""
        self.socketio.emit("heartbeat", {"version": version}, ignore_queue=True)
        self.beats += 1
        sockets = self.sockets()
        known = {who for socket in sockets for who in socket.principals}
        ended = known - self.standing(known) if known else set()
        self._disconnect(socket for socket in sockets if ended & set(socket.principals))
        if self.beats % ROUNDS_BEATS == 0:
            self.rounds({who.id for who in known - ended if who.role in SCREENS})

    def _disconnect(self, sockets: Iterable[Socket]) -> None:
        for socket in sockets:
            self.socketio.emit("revoked", to=socket.sid)
            self.socketio.server.disconnect(socket.sid)
