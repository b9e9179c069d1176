"""The arrival: visit, ticket, print job and event in one transaction. A retry finds the same ticket."""

import uuid
from collections.abc import Sequence

from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment
from kiosk.appointments.rules import Person
from kiosk.checkin import records
from kiosk.checkin.ticket import printing
from kiosk.database import Transaction
from kiosk.queueing import records as queue
from kiosk.queueing.tickets import Ticket


class CheckInError(Exception):
    """This appointment cannot be checked in (any more)."""


class NotOffered(CheckInError):
    """This appointment is for a service that kiosk.toml no longer names."""


def check_in(
    tx: Transaction,
    *,
    station: str | None,
    services: Sequence[str],
    language: str,
    command: str,
    by: str,
    appointment: Appointment | None = None,
    person: Person | None = None,
    priority: str | None = None,
    paper: bool = True,
) -> Ticket:
    """Give somebody who is here a ticket; print it where they stand (at `station`, if at one, and at once).

    The same `command`, or an appointment that arrived before, gives the same ticket. Raises CheckInError for
    an appointment that was cancelled, or whose services are not offered.
    """
    if (before := _before(tx, command, appointment)) is not None:
        return before
    if appointment is not None and not tx.room.rules.services.keys() >= set(appointment.services):
        raise NotOffered(NotOffered.__doc__)
    if appointment is not None and not appointments.mark_arrived(tx, appointment.id):
        raise CheckInError(CheckInError.__doc__)
    visit = records.add_visit(
        tx,
        station=station,
        appointment=appointment.id if appointment else None,
        person=appointment.person if appointment else person,
    )
    ticket = tx.room.issue(
        ticket_id=uuid.uuid4().hex,
        visit=visit,
        services=appointment.services if appointment else services,
        at=tx.at,
        by=by,
        slot=appointment.slot if appointment else None,
        priority=priority,
        language=language,
    )
    if station is not None and paper:
        printing.queue_ticket(tx, station, ticket)
    tx.answer(command, {"ticket": ticket.id})
    return ticket


def _before(tx: Transaction, command: str, appointment: Appointment | None) -> Ticket | None:
    done = tx.answered(command)
    if done is not None and "ticket" in done:
        return queue.find(tx.connection, tx.site, done["ticket"])
    visit = records.visit_of(tx, appointment.id) if appointment else None
    return queue.of_visit(tx.connection, tx.site, visit) if visit else None
