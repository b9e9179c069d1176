"""The ticket on paper: the print job, and the words of `docs/station-api.md` in the patient's language.

Nothing here tells who the patient is: code, service, instructions and the link to the patient's phone page.
"""

from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_skeleton, format_time
from flask_babel import force_locale, gettext

from kiosk.clinic import Clinic
from kiosk.database import Reading, Transaction, events, jobs
from kiosk.database.jobs import Job
from kiosk.queueing import records as queue
from kiosk.queueing.tickets import NoSuchTicket, State, Ticket
from kiosk.queueing.waiting_time import Estimate, estimates

PRINTED = "printed"
NOT_PRINTED = "not_printed"
PRINT_UNKNOWN = "print_unknown"
"""The events that tell what became of a ticket's paper."""


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
    job = jobs.add(tx.connection, tx.site, target(station), "ticket", payload, at=tx.at)
    tx.touch(target(station))
    return job


def unprinted(reading: Reading, ticket: str) -> bool:
    """Tell whether the ticket's latest paper did not come out, as far as anybody knows."""
    became = _became(reading, ticket)
    return bool(became) and became[-1] != PRINTED


def document(clinic: Clinic, reading: Reading, job: Job) -> dict[str, Any]:
    """Return what a host prints for `job`, every word in the ticket's language. Raises NoSuchTicket."""
    ticket = queue.find(reading.connection, reading.site, ticket_of(job))
    if ticket is None:
        raise NoSuchTicket(ticket=ticket_of(job))
    locale = Locale.parse(ticket.language, sep="-")
    with force_locale(str(locale)):
        return {
            "code": ticket.code,
            "site": clinic.config.site.name,
            "service": clinic.config.service_name(ticket.service, ticket.language),
            "issued": _issued(clinic.local(ticket.arrived), locale),
            "lines": _lines(_estimate(clinic, reading, ticket)),
            "language": ticket.language,
            "direction": locale.text_direction,
            "url": phone_url(clinic, reading, ticket.visit),
            "url_label": gettext("Follow your place on your phone"),
            "copy": gettext("COPY") if _is_copy(reading, job) else None,
        }


def _issued(local: datetime, locale: Locale) -> str:
    # Without its zone: the clinic's clock is the only one that the patient sees.
    plain = local.replace(tzinfo=None)
    return f"{format_skeleton('yMMMEd', plain, locale=locale)}, {format_time(plain, 'short', locale=locale)}"


def _lines(estimate: Estimate | None) -> list[str]:
    lines = [gettext("Please take a seat."), gettext("Watch the screen for your number.")]
    return lines if estimate is None else [*lines, _wait(estimate)]


def _wait(estimate: Estimate) -> str:
    low, high = (length // timedelta(minutes=1) for length in (estimate.low, estimate.high))
    if low == 0:
        return str(gettext("Expected wait: up to %(high)d minutes", high=high))
    if low == high:
        return str(gettext("Expected wait: about %(high)d minutes", high=high))
    return str(gettext("Expected wait: %(low)d to %(high)d minutes", low=low, high=high))


def _estimate(clinic: Clinic, reading: Reading, ticket: Ticket) -> Estimate | None:
    if ticket.state is not State.WAITING:
        return None
    observed = queue.observed(reading.connection, reading.site)
    expected = estimates(clinic.config.room_rules(), reading.snapshot, observed, at=clinic.now())
    return expected.get(ticket.id)


def _is_copy(reading: Reading, job: Job) -> bool:
    if job.payload.get("copy") or {PRINTED, PRINT_UNKNOWN} & set(_became(reading, ticket_of(job))):
        return True
    on_the_way = jobs.being_sent(reading.connection, reading.site, job.target)
    return any(other.id != job.id and ticket_of(other) == ticket_of(job) for other in on_the_way)


def _became(reading: Reading, ticket: str) -> list[str]:
    past = events.of_ticket(reading.connection, reading.site, ticket)
    return [row.kind for row in past if row.kind in (PRINTED, NOT_PRINTED, PRINT_UNKNOWN)]
