"""What comes in over Socket.IO: who may connect, which rooms the server puts them into, what they may say.

HTTP's guards do not reach here, so every message goes through `only_text`, and every event through `hear`:
declared in `kiosk.access`, within the socket's allowance, of the right shape. Anything else ends the
connection.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from flask import request
from flask_socketio import SocketIO, disconnect, join_room

from kiosk.access import NOBODY, Principal, Role, allowed
from kiosk.clinic import clinic
from kiosk.logs import described
from kiosk.queueing.tickets import QueueError

if TYPE_CHECKING:
    from kiosk.live import Live

MAX_MESSAGE_BYTES = 16_384
BINARY = ("5", "6")
"""Socket.IO's packets that announce attachments, which the server would keep until the last of them came."""
BURST = 20
PER_SECOND = 5
"""A socket may say so much at once, and so much in the long run. More is no screen of ours."""

log = structlog.get_logger()


class Socket:
    """One connected page: who opened it, and how much it may still say."""

    def __init__(self, sid: str, principals: tuple[Principal, ...], at: float) -> None:
        self.sid = sid
        self.principals = principals
        self._left = float(BURST)
        self._at = at

    def may_speak(self, at: float) -> bool:
        """Take one token from the socket's bucket. `at` is a monotonic clock, in seconds."""
        self._left = min(float(BURST), self._left + (at - self._at) * PER_SECOND) - 1
        self._at = at
        return self._left >= 0

    def as_whom(self, event: str) -> Principal | None:
        """Return as whom this socket may send `event`."""
        return next((who for who in (*self.principals, NOBODY) if allowed(event, who.role)), None)


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board showed and sounded the call of `called_at`."""

    ticket: str
    called_at: datetime


def announced(payload: Mapping[str, Any], who: Principal) -> None:
    """Remember that a board announced a call; that the ticket has moved on since is no error."""
    said = msgspec.convert(payload, Announced)
    if said.called_at.tzinfo is None:
        raise msgspec.ValidationError("An instant with its offset is required.")
    here = clinic()
    with here.database.begin(at=here.now()) as tx:
        tx.room.announced(said.ticket, said.called_at, at=tx.at, by=f"board:{who.name}")


def painted(payload: Mapping[str, Any], who: Principal) -> None:
    """Remember that a screen drew a frame: the browser does not only live, it shows something."""
    clinic().live.painted(who.id)


EVENTS: dict[str, Callable[[Mapping[str, Any], Principal], None]] = {
    "announced": announced,
    "painted": painted,
}
"""What a page may say, and what then happens."""


def device_room(device: str) -> str:
    """The room of one paired device's sockets."""
    return f"device:{device}"


def rooms_of(principal: Principal) -> list[str]:
    """The rooms that the server, and never the client, puts this principal's socket into.

    A patient's phone is in none: it hears the heartbeat, so that a full waiting room asks at its leisure.
    """
    match principal.role:
        case Role.KIOSK:
            return [f"station:{principal.name}", device_room(principal.id)]
        case Role.BOARD:
            return [f"board:{principal.name}", device_room(principal.id)]
        case Role.COORDINATOR | Role.SUPERVISOR:
            return ["site"]
        case _:
            return []


def register(socketio: SocketIO, live: "Live", identified: Callable[[], Iterable[Principal]]) -> None:
    """Accept sockets, which are identified like any request."""

    def connect() -> bool:
        socket = Socket(_sid(), tuple(identified()), time.monotonic())
        if socket.as_whom("connect") is None:
            return False
        live.opened(socket)
        for who in socket.principals:
            for room in rooms_of(who):
                join_room(room)
        return True

    def failed(error: Exception) -> None:
        log.error("socket.failed", **described(error))
        disconnect()

    socketio.on_event("connect", connect)
    socketio.on_event("disconnect", lambda *reason: live.closed(_sid()))
    for event in EVENTS:
        socketio.on_event(event, lambda *payload, event=event: hear(live, event, *payload))
    socketio.on_event("*", lambda event, *payload: hear(live, event, *payload))
    socketio.default_exception_handler = failed
    only_text(socketio)


def only_text(socketio: SocketIO) -> None:
    """End the connection of who sends what is no Socket.IO, or attachments: no page of ours does."""
    engine = socketio.server.eio
    understand = engine.handlers["message"]

    def message(connection: str, said: str | bytes) -> None:
        try:
            if isinstance(said, str) and not said.startswith(BINARY):
                understand(connection, said)
                return
        except (ValueError, LookupError, TypeError, RecursionError):
            pass
        log.warning("socket.malformed", said="undeclared")
        engine.disconnect(connection)

    engine.on("message", message)


def hear(live: "Live", event: str, *payload: Any) -> None:
    """Do what a page said, or end the connection."""
    socket = live.socket(_sid())
    who = socket.as_whom(event) if socket and event in EVENTS else None
    if socket is None or who is None or not socket.may_speak(time.monotonic()):
        log.warning("socket.refused", said=event if event in EVENTS else "undeclared")
        disconnect()
        return
    try:
        EVENTS[event](payload[0] if len(payload) == 1 else {}, who)
    except msgspec.ValidationError:
        log.warning("socket.malformed", said=event)
        disconnect()
    except QueueError as error:
        log.info("socket.late", said=event, error=type(error).__name__)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
