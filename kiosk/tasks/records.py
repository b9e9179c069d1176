"""Tasks in SQL: opened once however often the cause repeats, closed by a person or when the cause is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.database import Reading, Transaction
from kiosk.database.schema import task


@dataclass(frozen=True, slots=True)
class Task:
    """Something that needs a person: at `station` (or that board), about `subject`, because of `cause`."""

    id: int
    kind: str
    station: str | None
    ticket: str | None
    subject: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


def open(
    tx: Transaction,
    kind: str,
    *,
    station: str | None = None,
    ticket: str | None = None,
    subject: str = "",
    cause: str = "",
) -> Task:
    """Ask for a person. While such a task is open, the same one is returned, with the latest `cause`."""
    same = {"kind": kind, "station": station or "", "ticket": ticket or "", "subject": subject}
    row = tx.connection.execute(_open_here(tx).where(*(task.c[name] == same[name] for name in same))).first()
    if row is None:
        values = {"site": tx.site, **same, "cause": cause, "opened_at": tx.at}
        row = tx.connection.execute(task.insert().values(values).returning(task)).one()
        tx.record("task_opened", by=f"station:{station}" if station else "clinic", ticket=ticket)
    elif row.cause != cause:
        change = task.update().where(task.c.id == row.id).values(cause=cause).returning(task)
        row = tx.connection.execute(change).one()
        tx.record("task_changed", by=f"station:{station}" if station else "clinic", ticket=ticket)
    return _task(row)


def close(tx: Transaction, task_id: int, by: str) -> Task | None:
    """Somebody took care of it. None: it was closed before, or there is no such task."""
    row = tx.connection.execute(
        task.update()
        .where(task.c.site == tx.site, task.c.id == task_id, task.c.closed_at.is_(None))
        .values(closed_at=tx.at, closed_by=by)
        .returning(task)
    ).first()
    if row is None:
        return None
    tx.record("task_closed", by=by, ticket=row.ticket or None)
    return _task(row)


def close_where(
    tx: Transaction,
    kinds: Iterable[str],
    *,
    by: str,
    station: str,
    ticket: str | None = None,
    subject: str | None = None,
) -> None:
    """The cause went away: close the station's open tasks of these kinds."""
    query = _open_here(tx).where(task.c.kind.in_(tuple(kinds)), task.c.station == station)
    if ticket is not None:
        query = query.where(task.c.ticket == ticket)
    if subject is not None:
        query = query.where(task.c.subject == subject)
    for row in tx.connection.execute(query).all():
        close(tx, row.id, by)


def reopen(tx: Transaction, kinds: Iterable[str], *, ticket: str, closed_at: datetime) -> None:
    """Somebody takes back that they saw to it: open again what was closed then, unless it is open anew."""
    still_open = sa.select(task.c.kind).where(
        task.c.site == tx.site, task.c.ticket == ticket, task.c.closed_at.is_(None)
    )
    again = sa.and_(
        task.c.site == tx.site,
        task.c.ticket == ticket,
        task.c.closed_at == closed_at,
        task.c.kind.in_(tuple(kinds)),
        task.c.kind.not_in(list(tx.connection.execute(still_open).scalars())),
    )
    tx.connection.execute(task.update().where(again).values(closed_at=None, closed_by=None))


def open_tasks(reading: Reading) -> list[Task]:
    """Return what needs a person now, oldest first."""
    return [_task(row) for row in reading.connection.execute(_open_here(reading).order_by(task.c.id))]


def find(reading: Reading, task_id: int) -> Task | None:
    """Return the task, open or closed."""
    query = sa.select(task).where(task.c.site == reading.site, task.c.id == task_id)
    row = reading.connection.execute(query).first()
    return _task(row) if row else None


def _open_here(reading: Reading) -> sa.Select[Any]:
    return sa.select(task).where(task.c.site == reading.site, task.c.closed_at.is_(None))


def _task(row: Row[Any]) -> Task:
    return Task(
        row.id,
        row.kind,
        row.station or None,
        row.ticket or None,
        row.subject,
        row.cause,
        row.opened_at,
        row.closed_at,
        row.closed_by,
    )
