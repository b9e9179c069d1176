"""Work that must happen: written with its cause, claimed by compare-and-swap, leased, at least once.

States: `queued → claimed → sending → done | failed | unknown`, or `expired` for what nobody needs any more.
A print job ends well as `confirmed`, when the printer proved it, or as `sent`, when it took every byte and
can prove nothing.
`sending` is committed before the first byte leaves, so a job whose lease ends there may lie in the tray: it
becomes `unknown`, is never repeated by itself, and a person decides.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from kiosk.database.schema import job

LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=3)
LIFE = timedelta(minutes=3)
"""A ticket that comes out later than this would meet nobody in front of the printer."""
ENDED_WELL = frozenset({"done", "confirmed", "sent"})


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    state: str
    target: str
    last_error: str | None = None


def add(
    connection: Connection,
    site: str,
    target: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    at: datetime,
    life: timedelta = LIFE,
) -> int:
    """Queue a job for `target` with its cause; return its id. After `life` nobody needs it any more."""
    row = {
        "site": site, "target": target, "kind": kind, "payload": json.dumps(payload), "state": "queued",
        "attempts": 0, "created_at": at, "not_before": at, "expires_at": at + life,
    }  # fmt: skip
    made = connection.execute(job.insert(), row)
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def is_due(connection: Connection, site: str, target: str, *, at: datetime, lost_by: str = "") -> bool:
    """Tell whether `claim` would find something: a look that locks nothing."""
    return connection.execute(_oldest_due(site, target, at, lost_by)).first() is not None


def claim(
    connection: Connection, site: str, target: str, *, at: datetime, holder: str = "", lost_by: str = ""
) -> Job | None:
    """Take the oldest job that is due for `target`, for the length of a lease that only `holder` can use.

    What `lost_by` claimed and did not begin is due at once: it asks for work, so it has none.
    """
    oldest = _oldest_due(site, target, at, lost_by).scalar_subquery()
    row = connection.execute(
        job.update()
        .where(job.c.id == oldest, _is_due(at, lost_by))
        .values(state="claimed", attempts=job.c.attempts + 1, lease_until=at + LEASE, holder=holder)
        .returning(job)
    ).first()
    return _job(row) if row else None


def start_sending(connection: Connection, site: str, job_id: int, *, at: datetime, holder: str = "") -> bool:
    """Promise that the first byte leaves now. False: the lease is lost, print nothing."""
    changed = connection.execute(
        job.update()
        .where(
            job.c.site == site,
            job.c.id == job_id,
            job.c.holder == holder,
            job.c.state == "claimed",
            job.c.lease_until >= at,
        )
        .values(state="sending", lease_until=at + LEASE)
    )
    return changed.rowcount == 1


def finish(
    connection: Connection,
    site: str,
    job_id: int,
    state: str,
    *,
    at: datetime,
    error: str | None = None,
    holder: str = "",
) -> Job | None:
    """End a job that is claimed or being sent; None if it ended before.

    A late good end still makes an `unknown` job known.
    """
    open_states = ("claimed", "sending", "unknown") if state in ENDED_WELL else ("claimed", "sending")
    row = connection.execute(
        job.update()
        .where(
            job.c.site == site,
            job.c.id == job_id,
            job.c.holder == holder,
            job.c.state.in_(open_states),
        )
        .values(state=state, last_error=error, finished_at=at, lease_until=None)
        .returning(job)
    ).first()
    return _job(row) if row else None


def retry_later(
    connection: Connection,
    site: str,
    job_id: int,
    *,
    at: datetime,
    error: str,
    holder: str = "",
    after: timedelta = BACK_OFF,
) -> Job | None:
    """Put back a job of which not one byte left, or that may be repeated; it is due again `after` a while."""
    row = connection.execute(
        job.update()
        .where(
            job.c.site == site,
            job.c.id == job_id,
            job.c.holder == holder,
            job.c.state.in_(("claimed", "sending")),
        )
        .values(state="queued", last_error=error, not_before=at + after, lease_until=None)
        .returning(job)
    ).first()
    return _job(row) if row else None


def sweep(connection: Connection, site: str, kind: str, *, at: datetime) -> list[Job]:
    """End the jobs of a kind that ran out: a lease lost while sending is `unknown`, too late is `expired`."""
    lost = sa.and_(job.c.state == "sending", job.c.lease_until < at)
    late = sa.and_(job.c.state.in_(("queued", "claimed")), job.c.expires_at <= at)
    ended: list[Job] = []
    for condition, state in ((lost, "unknown"), (late, "expired")):
        rows = connection.execute(
            job.update()
            .where(_open_at(site), job.c.kind == kind, condition)
            .values(state=state, finished_at=at, lease_until=None)
            .returning(job)
        )
        ended += [_job(row) for row in rows]
    return ended


def under_way(connection: Connection, site: str, *, at: datetime) -> list[Job]:
    """Return the jobs that somebody does right now, whatever their target."""
    at_work = sa.and_(job.c.state == "claimed", job.c.lease_until >= at)
    query = sa.select(job).where(_open_at(site), sa.or_(job.c.state == "sending", at_work))
    return [_job(row) for row in connection.execute(query)]


def find(connection: Connection, site: str, job_id: int) -> Job | None:
    """Return the job, in whatever state."""
    row = connection.execute(sa.select(job).where(job.c.site == site, job.c.id == job_id)).first()
    return _job(row) if row else None


def _open_at(site: str) -> sa.ColumnElement[bool]:
    """The jobs that have not ended: a few, found without the thousands that have."""
    return sa.and_(job.c.site == site, job.c.finished_at.is_(None))


def _is_due(at: datetime, lost_by: str) -> sa.ColumnElement[bool]:
    is_free = job.c.lease_until < at
    if lost_by:
        is_free = sa.or_(is_free, job.c.holder == lost_by)
    return sa.or_(
        sa.and_(job.c.state == "queued", job.c.not_before <= at),
        sa.and_(job.c.state == "claimed", is_free),
    )


def _oldest_due(site: str, target: str, at: datetime, lost_by: str) -> sa.Select[tuple[int]]:
    return (
        sa.select(job.c.id)
        .where(_open_at(site), job.c.target == target, _is_due(at, lost_by), job.c.expires_at > at)
        .order_by(job.c.id)
        .limit(1)
    )


def _job(row: Row[Any]) -> Job:
    payload = json.loads(row.payload)
    return Job(row.id, row.kind, payload, row.attempts, row.state, row.target, row.last_error)
