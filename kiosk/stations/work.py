"""Print jobs handed to device hosts, and what follows from how they end. Inside a transaction.

A host that prints tells so before the first byte and after the last; what is told twice changes nothing.
Only a person has a ticket printed again that may already lie in the tray.
"""

from collections.abc import Mapping
from typing import Any

from kiosk.checkin.ticket import printing
from kiosk.checkin.ticket.printing import NOT_PRINTED, PRINT_SENT, PRINT_UNKNOWN, PRINTED, target, ticket_of
from kiosk.clinic import Clinic
from kiosk.database import Reading, Transaction, jobs
from kiosk.database.jobs import Job
from kiosk.queueing.tickets import NoSuchTicket
from kiosk.tasks import records as tasks
from kiosk.trying import records as trying


def waiting(reading: Reading, clinic: Clinic, station: str, holder: str) -> bool:
    """Tell whether `take` would find a job."""
    return jobs.is_due(reading.connection, reading.site, target(station), at=clinic.now(), lost_by=holder)


def take(tx: Transaction, clinic: Clinic, station: str, holder: str) -> Mapping[str, Any] | None:
    """Give the station's oldest job to the host `holder`, as `docs/station-api.md` shows it.

    A host does one job after the other: what it was given and did not begin got lost on the way to it, or was
    given to a connection of before its restart.
    """
    sweep(tx)
    place = target(station)
    while job := jobs.claim(tx.connection, tx.site, place, at=tx.at, holder=holder, lost_by=holder):
        try:
            document = (
                trying.paper(clinic.config, job, clinic.local(tx.at))
                if job.kind in trying.PAPERS
                else printing.document(clinic, tx, job)
            )
        except NoSuchTicket:
            jobs.finish(tx.connection, tx.site, job.id, "failed", at=tx.at, error="no ticket", holder=holder)
            continue
        return {
            "id": job.id,
            "kind": job.kind,
            "attempt": job.attempts,
            "lease_s": int(jobs.LEASE.total_seconds()),
            "document": document,
        }
    return None


def sending(tx: Transaction, job: Job, holder: str) -> bool:
    """The first byte is about to leave. False: the lease is lost, nothing may be printed."""
    return jobs.start_sending(tx.connection, tx.site, job.id, at=tx.at, holder=holder)


def done(tx: Transaction, job: Job, holder: str, *, confirmed: bool) -> None:
    """The ticket came out, proved by the printer or only sent: what was the matter with it is over."""
    state = "confirmed" if confirmed else "sent"
    if job.kind in trying.PAPERS:
        trying.ended(tx, job, holder, state)
        return
    if jobs.finish(tx.connection, tx.site, job.id, state, at=tx.at, holder=holder) is None:
        return
    station, ticket = station_of(job), ticket_of(job)
    if confirmed:
        tx.record(PRINTED, by=target(station), ticket=ticket)
    else:
        tx.record(PRINT_SENT, by=target(station), ticket=ticket)
    tx.touch(target(station))
    tasks.close_where(tx, ("print_failed",), by=target(station), station=station)
    tasks.close_where(tx, ("print_unknown",), by=target(station), station=station, ticket=ticket)


def failed(tx: Transaction, job: Job, holder: str, *, cause: str, printed: str) -> None:
    """The ticket did not come out (`no`), or nobody knows (`maybe`)."""
    if job.kind in trying.PAPERS:
        trying.ended(tx, job, holder, "unknown" if printed == "maybe" else "failed", cause)
        return
    if printed == "maybe":
        ended = jobs.finish(tx.connection, tx.site, job.id, "unknown", at=tx.at, error=cause, holder=holder)
        if ended is not None:
            _unknown(tx, ended)
        return
    first = job.last_error is None
    if jobs.retry_later(tx.connection, tx.site, job.id, at=tx.at, error=cause, holder=holder) is not None:
        _not_printed(tx, job, cause, tell=first)


def sweep(tx: Transaction) -> None:
    """End what ran out of time, and ask a person to look."""
    trying.sweep(tx)
    for job in jobs.sweep(tx.connection, tx.site, printing.KIND, at=tx.at):
        if job.state == "unknown":
            _unknown(tx, job)
        else:
            _not_printed(tx, job, job.last_error or "silent", tell=job.last_error is None)


def station_of(job: Job) -> str:
    """The station that a job is for."""
    return job.target.removeprefix("station:")


def _unknown(tx: Transaction, job: Job) -> None:
    station, ticket = station_of(job), ticket_of(job)
    tx.record(PRINT_UNKNOWN, by=target(station), ticket=ticket)
    tx.touch(target(station))
    tasks.open(tx, "print_unknown", station=station, ticket=ticket)


def _not_printed(tx: Transaction, job: Job, cause: str, *, tell: bool) -> None:
    station, ticket = station_of(job), ticket_of(job)
    if tell:
        tx.record(NOT_PRINTED, by=target(station), ticket=ticket)
        tx.touch(target(station))
    tasks.open(tx, "print_failed", station=station, subject="ticket printer", cause=cause)
