"""The waiting room in SQL: read as a `Snapshot`, written as the difference that a `Room` decided."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from kiosk.database.schema import counter, open_desk, site, ticket
from kiosk.queueing.room import Room
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import State, Ticket

FIELDS = tuple(field.name for field in fields(Ticket))
ENOUGH_OBSERVATIONS = 40

_update = (
    ticket.update()
    .where(ticket.c.id == sa.bindparam("ticket_id"))
    .values({name: sa.bindparam(name) for name in FIELDS if name not in ("id", "visit", "code", "serial")})
)

_raise_version = (
    site.update()
    .where(site.c.id == sa.bindparam("site_id"))
    .values(version=sa.bindparam("version"), serial=sa.bindparam("serial"))
)
_raise_number = (
    counter.update()
    .where(
        counter.c.site == sa.bindparam("site_id"),
        counter.c.day == sa.bindparam("on_day"),
        counter.c.letter == sa.bindparam("of_letter"),
    )
    .values(number=sa.bindparam("number"))
)


def read(
    connection: Connection, site_id: str, day: date, midnight: datetime, version: int, serial: int
) -> Snapshot:
    """Return the room: every ticket that is open, or was closed on this day, which began at `midnight`."""
    here = sa.select(*(ticket.c[name] for name in FIELDS)).where(ticket.c.site == site_id)
    # Two queries in one: with an "or", SQLite would read every ticket that there ever was.
    rows = connection.execute(
        here.where(ticket.c.closed_at.is_(None)).union_all(here.where(ticket.c.closed_at >= midnight))
    )
    tickets = {row.id: from_row(row) for row in rows}
    desks = connection.execute(sa.select(open_desk.c.desk).where(open_desk.c.site == site_id)).scalars()
    numbers = connection.execute(
        sa.select(counter.c.letter, counter.c.number).where(counter.c.site == site_id, counter.c.day == day)
    )
    return Snapshot(version, serial, tickets, frozenset(desks), {row.letter: row.number for row in numbers})


def write(connection: Connection, site_id: str, day: date, room: Room) -> None:
    """Write what `room` decided."""
    for changed in room.changes.values():
        row = _to_row(changed)
        if changed.id in room.snapshot.tickets:
            row["ticket_id"] = row.pop("id")
            for fixed in ("visit", "code", "serial"):
                row.pop(fixed)
            connection.execute(_update, row)
        else:
            connection.execute(ticket.insert(), {"site": site_id, "day": day, **row})
    for letter, number in room.numbers.items():
        known = room.snapshot.numbers.get(letter)
        if known is None:
            row = {"site": site_id, "day": day, "letter": letter, "number": number}
            connection.execute(counter.insert(), row)
        elif known != number:
            row = {"site_id": site_id, "on_day": day, "of_letter": letter, "number": number}
            connection.execute(_raise_number, row)
    for desk in room.open_desks - room.snapshot.open_desks:
        connection.execute(open_desk.insert().values(site=site_id, desk=desk))
    for desk in room.snapshot.open_desks - room.open_desks:
        connection.execute(open_desk.delete().where(open_desk.c.site == site_id, open_desk.c.desk == desk))


def raise_version(connection: Connection, site_id: str, version: int, serial: int) -> None:
    """Write the site's new version, the last event's seq."""
    connection.execute(_raise_version, {"site_id": site_id, "version": version, "serial": serial})


def observed(connection: Connection, site_id: str) -> Mapping[str, Sequence[timedelta]]:
    """Return how long the latest services lasted, by service: what the waiting time is estimated from."""
    started = (
        sa.select(ticket.c.service, ticket.c.started_at, ticket.c.closed_at)
        .where(
            ticket.c.site == site_id,
            ticket.c.state == State.SERVED,
            ticket.c.started_at.is_not(None),
            ticket.c.closed_at.is_not(None),
        )
        .order_by(ticket.c.closed_at.desc())
        .limit(ENOUGH_OBSERVATIONS * 5)
    )
    durations: dict[str, list[timedelta]] = {}
    for row in connection.execute(started):
        kept = durations.setdefault(row.service, [])
        if len(kept) < ENOUGH_OBSERVATIONS:
            kept.append(row.closed_at - row.started_at)
    return durations


def find(connection: Connection, site_id: str, ticket_id: str) -> Ticket | None:
    """Return the ticket, of whatever day."""
    query = sa.select(*(ticket.c[name] for name in FIELDS))
    row = connection.execute(query.where(ticket.c.site == site_id, ticket.c.id == ticket_id)).first()
    return from_row(row) if row else None


def of_visit(connection: Connection, site_id: str, visit: str) -> Ticket | None:
    """Return the visit's latest ticket."""
    query = sa.select(*(ticket.c[name] for name in FIELDS))
    row = connection.execute(
        query.where(ticket.c.site == site_id, ticket.c.visit == visit)
        .order_by(ticket.c.serial.desc())
        .limit(1)
    ).first()
    return from_row(row) if row else None


def from_row(row: Row[Any]) -> Ticket:
    """Return the ticket that the row holds."""
    values = dict(row._mapping)
    values["state"] = State(values["state"])
    values["route"] = tuple(values["route"].split())
    return Ticket(**values)


def _to_row(changed: Ticket) -> dict[str, Any]:
    row = {name: getattr(changed, name) for name in FIELDS}
    row["route"] = " ".join(changed.route)
    row["state"] = str(changed.state)
    return row
