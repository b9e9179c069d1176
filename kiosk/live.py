"""Socket.IO: who is put into which room, nudges after each commit, heartbeats. Nothing is promised here.

A nudge is `{"version": int | null, "html": str | null}`: a page that shows an older version looks again.
Boards get their new picture inside the nudge, rendered once per version. A screen that missed one repairs
itself by the heartbeat (5 s), which carries the version too, or by polling while the socket is down.
"""

import threading
from collections.abc import Callable

import structlog
from flask import request
from flask_socketio import SocketIO, disconnect, join_room

from kiosk.access import Principal, Role, allowed

HEARTBEAT_S = 5
MAX_MESSAGE_BYTES = 16_384

log = structlog.get_logger()


class Live:
    """The publisher: commits wake it, one thread renders and emits, several commits become one nudge."""

    def __init__(self, socketio: SocketIO) -> None:
        self.socketio = socketio
        self.version = 0
        self.boards: Callable[[], dict[str, tuple[int, str]]] = dict
        """Renders every board: board id → (version, html). Set by `kiosk.app`."""
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
        """Disconnect every socket of a revoked device."""
        self.socketio.close_room(device_room(device))
        self.socketio.emit("revoked", to=device_room(device))

    def start(self) -> None:
        """Publish until `stop`."""
        threading.Thread(target=self._publish, name="live", daemon=True).start()

    def stop(self) -> None:
        """End the publishing thread."""
        self._stopped = True
        self._wake.set()

    def _publish(self) -> None:
        told = -1
        while not self._stopped:
            woken = self._wake.wait(HEARTBEAT_S)
            self._wake.clear()
            with self._lock:
                version, topics, self._topics = self.version, self._topics, set()
            try:
                for topic in topics:
                    self.nudge(topic)
                if version != told:
                    told = version
                    self._publish_version(version)
                if not woken:
                    self.socketio.emit("heartbeat", {"version": version})
            except Exception:
                log.exception("live.failed")

    def _publish_version(self, version: int) -> None:
        for board, (shown, html) in self.boards().items():
            self.nudge(f"board:{board}", shown, html)
        self.nudge("site", version)


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
            return ["site"]


def register(socketio: SocketIO, identify: Callable[[], Principal]) -> None:
    """Accept sockets: identified like any request, put into their rooms, refused when not declared."""

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect() -> bool | None:
        who = identify()
        if not allowed("connect", who.role):
            return False
        for room in rooms_of(who):
            join_room(room)
        return None

    @socketio.on_error_default  # type: ignore[untyped-decorator]
    def failed(error: Exception) -> None:
        log.error("live.event_failed", event=getattr(request, "event", {}).get("message"), error=repr(error))
        disconnect()
