"""Questions to the payer as jobs: queued with their cause, asked at least once, over after ten minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.database import Reading, Transaction, jobs
from kiosk.database.jobs import Job
from kiosk.database.schema import job as table

TARGET = "clearing_house"
"""Whose jobs these are; also the topic that wakes who asks."""
KIND = "eligibility"
OPEN = ("queued", "claimed")
LIFE = timedelta(minutes=10)
"""A payer that is down for longer becomes a task."""
BACK_OFF = (5, 10, 20, 40, 60)
"""Seconds until the next try, the last for all that follow."""


def queue(tx: Transaction, cover_id: str) -> int:
    """Have the payer asked about this record; return the job's id."""
    job = jobs.add(tx.connection, tx.site, TARGET, KIND, {"coverage": cover_id}, at=tx.at, life=LIFE)
    tx.touch(TARGET)
    return job


def due(reading: Reading, *, at: datetime) -> bool:
    """Tell whether a question is to be asked now, or is over: a look that locks nothing."""
    over = sa.and_(
        table.c.site == reading.site,
        table.c.finished_at.is_(None),
        table.c.kind == KIND,
        table.c.state.in_(OPEN),
        table.c.expires_at <= at,
    )
    late = reading.connection.execute(sa.select(table.c.id).where(over).limit(1)).first()
    return late is not None or jobs.is_due(reading.connection, reading.site, TARGET, at=at)


def cover_of(job: Job) -> str:
    """The record that a job is about."""
    return str(job.payload["coverage"])


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A question that waits for its answer. `failed`: the payer did not answer, it is asked until `until`."""

    failed: bool
    until: datetime


def under_way(reading: Reading, job_id: int | None) -> UnderWay | None:
    """The question, as long as it is asked or will be asked again."""
    query = sa.select(table.c.last_error, table.c.expires_at).where(
        table.c.site == reading.site, table.c.id == job_id, table.c.state.in_(OPEN)
    )
    row = reading.connection.execute(query).first() if job_id is not None else None
    return UnderWay(row.last_error is not None, row.expires_at) if row else None


def wait(job: Job) -> timedelta:
    """How long to leave the payer alone after this try."""
    return timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
