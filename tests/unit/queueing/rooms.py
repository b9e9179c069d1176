"""Waiting rooms for the tests of the rules: a `Room` with nobody but those it is given."""

from collections.abc import Iterable
from pathlib import Path

from kiosk.queueing.room import Room
from kiosk.queueing.snapshot import Decision, PastEvent, Snapshot
from kiosk.queueing.tickets import Ticket
from tests import cast

RULES = cast.config(Path("unused")).room_rules()


def room(
    tickets: Iterable[Ticket] = (),
    open_desks: Iterable[str] = ("room-1", "room-2", "room-3"),
    version: int = 0,
) -> Room:
    """A room with these tickets and all desks open."""
    known = {t.id: t for t in tickets}
    serial = max((t.serial for t in known.values()), default=0)
    return Room(RULES, Snapshot(version, serial, known, frozenset(open_desks), {}))


def arrive(
    where: Room, name: str, service: str = "laboratory", *, after: float = 0, booked: float | None = None,
    priority: str | None = None, then: tuple[str, ...] = (),
) -> Ticket:  # fmt: skip
    """`name` takes a ticket `after` minutes past nine, with a slot `booked` minutes past nine or without."""
    return where.issue(
        ticket_id=name,
        visit=f"visit of {name}",
        services=[service, *then],
        at=cast.NINE + cast.minutes(after),
        by="kiosk",
        slot=None if booked is None else cast.NINE + cast.minutes(booked),
        priority=priority,
    )


def past(decision: Decision, seq: int = 1) -> PastEvent:
    """The decision as it is read back for an undo."""
    return PastEvent(seq, decision.kind, decision.before, decision.after)
