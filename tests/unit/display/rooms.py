"""Waiting rooms with somebody in them, for the tests of what is shown."""

from datetime import datetime

from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import State, Ticket
from tests.cast import NINE, minutes

DESK_NAMES = {"room-1": "Room 1", "room-2": "Room 2", "room-3": "Room 3"}


def ticket(
    number: int,
    state: State = State.WAITING,
    *,
    service: str = "laboratory",
    desk: str | None = None,
    after: float = 0,
    calls: int = 1,
    language: str = "en",
) -> Ticket:
    """The ticket B00<number>, at `desk` since `after` minutes past nine."""
    called_at: datetime | None = NINE + minutes(after) if desk else None
    return Ticket(
        id=f"ticket-{number}",
        visit=f"visit-{number}",
        code=f"B{number:03d}",
        serial=number,
        service=service,
        state=state,
        arrived=NINE,
        since=NINE,
        due=NINE + minutes(number),
        language=language,
        desk=desk,
        calls=calls if desk else 0,
        called_at=called_at,
    )


def snapshot(*tickets: Ticket, open_desks: tuple[str, ...] = ("room-1", "room-2", "room-3")) -> Snapshot:
    """A room with these tickets."""
    return Snapshot(7, len(tickets), {t.id: t for t in tickets}, frozenset(open_desks), {})
