"""The ticket on paper: the print job, and what its paper is made from."""

from datetime import datetime
from typing import Any

from kiosk.checkin.ticket import paper
from kiosk.clinic import Clinic
from kiosk.database import Reading, Transaction, events, jobs
from kiosk.database.jobs import Job
from kiosk.queueing import records as queue
from kiosk.queueing.tickets import NoSuchTicket, State, Ticket
from kiosk.queueing.waiting_time import Estimate, estimates

PRINTED = "printed"
PRINT_SENT = "print_sent"
NOT_PRINTED = "not_printed"
PRINT_UNKNOWN = "print_unknown"
"""The events that tell what became of a ticket's paper."""
KIND = "ticket"
"""What such a job is called."""


def target(station: str) -> str:
    """The name under which a station's jobs are queued; also the topic that wakes its host."""
    return f"station:{station}"


def ticket_of(job: Job) -> str:
    """The id of the ticket that a job prints."""
    return str(job.payload["ticket"])


def phone_url(clinic: Clinic, reading: Reading, visit: str) -> str:
    """The address of the visit's phone page."""
    return f"{clinic.config.public_url}/t/{reading.vault.link_secret(visit)}"


def queue_ticket(tx: Transaction, station: str, ticket: Ticket, *, copy: bool = False) -> int:
    """Have `ticket` printed at `station`; return the job's id.

    `copy` marks the paper as COPY whatever became of the first one.
    """
    payload = {"ticket": ticket.id, "copy": copy}
    job = jobs.add(tx.connection, tx.site, target(station), KIND, payload, at=tx.at)
    tx.touch(target(station))
    return job


def unprinted(reading: Reading, ticket: str) -> bool:
    """Tell whether the ticket's latest paper did not come out, as far as anybody knows."""
    became = _became(reading, ticket)
    return bool(became) and became[-1] not in (PRINTED, PRINT_SENT)


def document(clinic: Clinic, reading: Reading, job: Job) -> dict[str, Any]:
    """Return what a host prints for `job`. Raises NoSuchTicket."""
    ticket = queue.find(reading.connection, reading.site, ticket_of(job))
    if ticket is None:
        raise NoSuchTicket(ticket=ticket_of(job))
    return paper.document(
        clinic.config,
        paper.Facts(
            code=ticket.code,
            service=ticket.service,
            arrived=clinic.local(ticket.arrived),
            language=ticket.language,
            url=phone_url(clinic, reading, ticket.visit),
            estimate=_estimate(clinic, reading, ticket),
            copy=_is_copy(reading, job, clinic.now()),
        ),
    )


def _estimate(clinic: Clinic, reading: Reading, ticket: Ticket) -> Estimate | None:
    if ticket.state is not State.WAITING:
        return None
    observed = queue.observed(reading.connection, reading.site)
    expected = estimates(clinic.config.room_rules(), reading.snapshot, observed, at=clinic.now())
    return expected.get(ticket.id)


def _is_copy(reading: Reading, job: Job, at: datetime) -> bool:
    came_out = {PRINTED, PRINT_SENT, PRINT_UNKNOWN}
    if job.payload.get("copy") or came_out & set(_became(reading, ticket_of(job))):
        return True
    under_way = jobs.under_way(reading.connection, reading.site, at=at)
    return any(
        other.kind == KIND and other.id != job.id and ticket_of(other) == ticket_of(job)
        for other in under_way
    )


def _became(reading: Reading, ticket: str) -> list[str]:
    past = events.of_ticket(reading.connection, reading.site, ticket)
    return [row.kind for row in past if row.kind in (PRINTED, PRINT_SENT, NOT_PRINTED, PRINT_UNKNOWN)]
