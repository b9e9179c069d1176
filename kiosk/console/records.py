"""What only the console reads: what a command answered, who was faster, what can be taken back."""

import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.database import Reading, events
from kiosk.database.schema import command, event, staff, visit
from kiosk.queueing.snapshot import PastEvent
from kiosk.queueing.tickets import TRANSITION_EVENTS

LOOKED_BACK = 500
"""How many events back one's own last step is looked for."""

DAYS_OF_EVENTS = 10_000
"""So many events back is looked for who opened or closed a desk: years of them lie behind."""

OWN_STEP = timedelta(minutes=5)
"""So long one's own last step is offered for undoing; later, select the ticket first."""

TOGETHER = timedelta(minutes=2)
"""So long after it, taking back a call also brings back whom the call had finished."""


def station_of(reading: Reading, visit_id: str) -> str | None:
    """Return the kiosk where this visit began; None at the desk."""
    query = sa.select(visit.c.station).where(visit.c.site == reading.site, visit.c.id == visit_id)
    return reading.connection.execute(query).scalar()


def staff_names(reading: Reading) -> dict[str, str]:
    """Return what each of the staff is called, by user name."""
    query = sa.select(staff.c.username, staff.c.name).where(staff.c.site == reading.site)
    return {row.username: row.name for row in reading.connection.execute(query)}


def said(reading: Reading, command_id: str) -> tuple[dict[str, Any], datetime] | None:
    """Return what a command answered, and when."""
    query = sa.select(command.c.result, command.c.at)
    row = reading.connection.execute(
        query.where(command.c.site == reading.site, command.c.id == command_id)
    ).first()
    return (json.loads(row.result), row.at) if row else None


def last_step(reading: Reading, ticket: str) -> Row[Any] | None:
    """Return who moved this ticket last: the colleague who was faster."""
    query = sa.select(event).where(
        event.c.site == reading.site,
        event.c.ticket == ticket,
        event.c.kind.in_((*TRANSITION_EVENTS, "issued", "undone")),
    )
    return reading.connection.execute(query.order_by(event.c.seq.desc()).limit(1)).first()


def own_last_step(reading: Reading, by: str, *, at: datetime) -> Row[Any] | None:
    """Return the last thing this person did to a ticket, if it can still be taken back."""
    recent = reading.snapshot.version - LOOKED_BACK
    undone = sa.select(event.c.undoes).where(
        event.c.site == reading.site, event.c.seq > recent, event.c.undoes.is_not(None)
    )
    row = reading.connection.execute(
        sa.select(event)
        .where(
            event.c.site == reading.site,
            event.c.seq > recent,
            event.c.at > at - OWN_STEP,
            event.c.by == by,
            event.c.kind.in_(TRANSITION_EVENTS),
            event.c.seq.not_in(undone),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    ).first()
    if row is None or row.ticket not in reading.snapshot.tickets:
        return None
    standing = events.latest_standing(reading.connection, reading.site, row.ticket)
    return row if standing is not None and standing.seq == row.seq else None


def finished_by_call(reading: Reading, call: PastEvent, *, at: datetime) -> str | None:
    """Return the ticket that this call finished in passing, if nothing happened to it since."""
    if call.kind != "called":
        return None
    query = sa.select(event).where(event.c.site == reading.site, event.c.seq.in_((call.seq - 1, call.seq)))
    rows = reading.connection.execute(query.order_by(event.c.seq)).all()
    if len(rows) < 2:
        return None
    before, called = rows
    together = (before.at, before.by, before.desk) == (called.at, called.by, called.desk)
    if before.kind != "finished" or not together or at - called.at > TOGETHER:
        return None
    standing = events.latest_standing(reading.connection, reading.site, before.ticket)
    return before.ticket if standing is not None and standing.seq == before.seq else None


def service_in(row: Row[Any]) -> str | None:
    """Return the service that the event led to, if it changed."""
    service: str | None = json.loads(row.after).get("service")
    return service


def last_of_desk(reading: Reading, desk: str, kind: str) -> Row[Any] | None:
    """Return who opened or closed this desk last, unless that is days ago."""
    query = sa.select(event).where(
        event.c.site == reading.site,
        event.c.seq > reading.snapshot.version - DAYS_OF_EVENTS,
        event.c.kind == kind,
        event.c.desk == desk,
    )
    return reading.connection.execute(query.order_by(event.c.seq.desc()).limit(1)).first()
