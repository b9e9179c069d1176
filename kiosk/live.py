"""Socket.IO: who is put into which room, nudges after each commit, heartbeats. Nothing is promised here.

A nudge is `{"version": int | null, "html": str | null}`: a page that shows an older version looks again.
Boards get their new picture inside the nudge, rendered once per version. A screen that missed one repairs
itself by the heartbeat (5 s), which carries the version too, or by polling while the socket is down.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog
from flask import request
from flask_socketio import SocketIO, disconnect, join_room

from kiosk.access import NOBODY, Principal, Role, allowed
from kiosk.clinic import clinic
from kiosk.errors import described
from kiosk.home import numbers
from kiosk.queueing.tickets import QueueError

HEARTBEAT_S = 5
MAX_MESSAGE_BYTES = 16_384
BURST = 20
PER_SECOND = 5
"""A socket may say so much at once, and so much in the long run. More is no screen of ours."""

log = structlog.get_logger()


class Live:
    """The publisher: commits wake it, one thread renders and emits, several commits become one nudge."""

    def __init__(self, socketio: SocketIO) -> None:
        self.socketio = socketio
        self.version = 0
        self.boards: Callable[[], dict[str, tuple[int, str]]] = dict
        """Renders every board: board id → (version, html). Set by `kiosk.app`."""
        self.look: Callable[[], int] = lambda: self.version
        """Reads the site's version, which another process may have raised. Set by `kiosk.app`."""
        self.standing: Callable[[set[Principal]], set[Principal]] = lambda principals: principals
        """Tells whose credentials still hold. Set by `kiosk.app`."""
        self.sockets: dict[str, Socket] = {}
        self._topics: set[str] = set()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._stopped = False

    def committed(self, version: int, topics: set[str]) -> None:
        """Remember that there is something to tell; returns at once."""
        with self._lock:
            self.version = max(self.version, version)
            self._topics |= topics
        self._wake.set()

    def nudge(self, room: str, version: int | None = None, html: str | None = None) -> None:
        """Say "look again" to one room."""
        self.socketio.emit("nudge", {"version": version, "html": html}, to=room)

    def cut(self, device: str) -> None:
        """Disconnect every socket of a revoked device, here now, elsewhere within a heartbeat."""
        self.socketio.emit("revoked", to=device_room(device))
        self._disconnect(
            socket for socket in self._sockets() if device in {who.id for who in socket.principals}
        )

    def start(self) -> None:
        """Publish until `stop`."""
        threading.Thread(target=self._publish, name="live", daemon=True).start()

    def stop(self) -> None:
        """End the publishing thread."""
        self._stopped = True
        self._wake.set()

    def _publish(self) -> None:
        told, beat_at = -1, 0.0
        while not self._stopped:
            self._wake.wait(max(0.0, beat_at - time.monotonic()))
            self._wake.clear()
            try:
                beat = time.monotonic() >= beat_at
                if beat:
                    beat_at = time.monotonic() + HEARTBEAT_S
                    self.committed(self.look(), set())
                    self._wake.clear()
                with self._lock:
                    version, topics, self._topics = self.version, self._topics, set()
                for topic in topics:
                    self.nudge(topic)
                if version != told:
                    told = version
                    self._publish_version(version)
                if beat:
                    self._beat(version)
            except Exception as error:  # noqa: BLE001  the publisher outlives every error
                log.error("live.failed", **described(error))
                time.sleep(0.1)

    def _publish_version(self, version: int) -> None:
        for board, (shown, html) in self.boards().items():
            self.nudge(f"board:{board}", shown, html)
        self.nudge("site", version)

    def _beat(self, version: int) -> None:
        """Each process beats for its own sockets, and lets go of those whose credentials ended elsewhere."""
        self.socketio.emit("heartbeat", {"version": version}, ignore_queue=True)
        sockets = self._sockets()
        known = {who for socket in sockets for who in socket.principals}
        ended = known - self.standing(known) if known else set()
        self._disconnect(socket for socket in sockets if ended & set(socket.principals))
        numbers.sockets.set(len(sockets))

    def _sockets(self) -> list["Socket"]:
        with self._lock:
            return list(self.sockets.values())

    def _disconnect(self, sockets: Iterable["Socket"]) -> None:
        for socket in sockets:
            self.socketio.emit("revoked", to=socket.sid)
            self.socketio.server.disconnect(socket.sid)


class Socket:
    """One connected page: who opened it, and how much it may still say."""

    def __init__(self, sid: str, principals: tuple[Principal, ...]) -> None:
        self.sid = sid
        self.principals = principals
        self._left = float(BURST)
        self._at = time.monotonic()

    def may_speak(self) -> bool:
        """Take one token from the socket's bucket."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND) - 1
        self._at = now
        return self._left >= 0

    def as_whom(self, event: str) -> Principal | None:
        """Return as whom this socket may send `event`."""
        return next((who for who in (*self.principals, NOBODY) if allowed(event, who.role)), None)


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board showed and sounded a call."""

    ticket: str
    called_at: datetime


def announced(payload: Mapping[str, Any], who: Principal) -> None:
    """Remember that `who` announced the call; what has changed in the meantime is no error."""
    said = msgspec.convert(payload, Announced)
    if said.called_at.tzinfo is None:
        raise msgspec.ValidationError("An instant with its offset is required.")
    here = clinic()
    with here.database.begin(at=here.now()) as tx:
        tx.room.announced(said.ticket, said.called_at, at=tx.at, by=f"board:{who.name}")


EVENTS: dict[str, Callable[[Mapping[str, Any], Principal], None]] = {"announced": announced}
"""What a page may say, and what then happens. Anything else ends the connection."""


def device_room(device: str) -> str:
    """The room of one paired device's sockets."""
    return f"device:{device}"


def rooms_of(principal: Principal) -> list[str]:
    """The rooms that the server, and never the client, puts this principal's socket into."""
    match principal.role:
        case Role.KIOSK:
            return [f"station:{principal.name}", device_room(principal.id)]
        case Role.BOARD:
            return [f"board:{principal.name}", device_room(principal.id)]
        case Role.COORDINATOR | Role.SUPERVISOR:
            return ["site"]
        case _:
            return []


def register(live: Live, identified: Callable[[], Iterable[Principal]]) -> None:
    """Accept sockets: identified like any request, put into their rooms, cut when they say what is not declared."""
    socketio = live.socketio

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect() -> bool | None:
        socket = Socket(request.sid, tuple(identified()))  # type: ignore[attr-defined]
        if socket.as_whom("connect") is None:
            return False
        with live._lock:
            live.sockets[socket.sid] = socket
        for who in socket.principals:
            for room in rooms_of(who):
                join_room(room)
        return None

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]
    def disconnected(*reason: object) -> None:
        with live._lock:
            live.sockets.pop(request.sid, None)  # type: ignore[attr-defined]

    def hear(event: str, *payload: Any) -> None:
        socket = live.sockets.get(request.sid)  # type: ignore[attr-defined]
        who = socket.as_whom(event) if socket else None
        if socket is None or who is None or event not in EVENTS or not socket.may_speak():
            log.warning("live.refused", socket_event=event if event in EVENTS else "undeclared")
            disconnect()
            return
        try:
            EVENTS[event](*payload, who)
        except (msgspec.ValidationError, TypeError):
            log.warning("live.malformed", socket_event=event)
            disconnect()
        except QueueError as error:
            log.info("live.late", socket_event=event, error=type(error).__name__)

    for event in EVENTS:
        socketio.on_event(event, lambda *payload, event=event: hear(event, *payload))
    socketio.on_event("*", hear)

    @socketio.on_error_default  # type: ignore[untyped-decorator]
    def failed(error: Exception) -> None:
        log.error("live.event_failed", **described(error))
        disconnect()
