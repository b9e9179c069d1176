"""Questions to the payer as jobs: queued with their cause, asked at least once, over after ten minutes."""

from datetime import timedelta

from kiosk.database import Reading, Transaction, jobs
from kiosk.database.jobs import Job

TARGET = "clearing_house"
"""Whose jobs these are; also the topic that wakes who asks."""
KIND = "eligibility"
LIFE = timedelta(minutes=10)
"""A payer that is down for longer becomes a task."""
BACK_OFF = (5, 10, 20, 40, 60)
"""Seconds until the next try, the last for all that follow."""


def queue(tx: Transaction, cover_id: str) -> int:
    """Have the payer asked about this record; return the job's id."""
    job = jobs.add(tx.connection, tx.site, TARGET, KIND, {"coverage": cover_id}, at=tx.at, life=LIFE)
    tx.touch(TARGET)
    return job


def cover_of(job: Job) -> str:
    """The record that a job is about."""
    return str(job.payload["coverage"])


def open_job(reading: Reading, job_id: int | None) -> Job | None:
    """The question, as long as it is asked or will be asked again."""
    job = jobs.find(reading.connection, reading.site, job_id) if job_id is not None else None
    return job if job is not None and job.state in ("queued", "claimed") else None


def wait(job: Job) -> timedelta:
    """How long to leave the payer alone after this try."""
    return timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
