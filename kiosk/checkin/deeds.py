"""What the dialogue wants done, carried out inside its transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from kiosk.appointments.records import Appointment, Status, by_reference
from kiosk.checkin.arrival import CheckInError, NotOffered, check_in
from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.effects import Arrive, CloseTask, Effect, Insure, OpenTask, Print
from kiosk.checkin.rules.given import Arrived, NotFound
from kiosk.checkin.rules.machine import advance
from kiosk.checkin.rules.steps import Dialogue, Options
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.coverage import records as coverage
from kiosk.coverage.rules import Card
from kiosk.database import Transaction
from kiosk.logs import described
from kiosk.queueing.tickets import State
from kiosk.tasks import records as tasks

Made = TypeVar("Made")

GONE = frozenset({State.SERVED, State.CANCELLED, State.NO_SHOW})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Deeds:
    """Everything that one answer at one station leads to. `command` makes a retry find the same ticket."""

    clinic: Clinic
    tx: Transaction
    station: str
    options: Options
    command: str

    @property
    def by(self) -> str:
        """Who does it, for the record."""
        return f"station:{self.station}"

    def carry_out(self, state: Dialogue, effects: Iterable[Effect]) -> Dialogue:
        """Do these, and what they lead to; return where the dialogue stands then."""
        for effect in effects:
            state = self._one(state, effect)
        return state

    def _one(self, state: Dialogue, effect: Effect) -> Dialogue:
        match effect:
            case OpenTask(kind, subject, ticket):
                tasks.open(self.tx, kind, station=self.station, subject=subject, ticket=ticket or None)
            case CloseTask(kind, subject, ticket):
                tasks.close_where(
                    self.tx,
                    (kind,),
                    by=self.by,
                    station=self.station,
                    subject=subject or None,
                    ticket=ticket or None,
                )
            case Print(ticket, copy):
                printing.queue_ticket(self.tx, self.station, self.tx.room.ticket(ticket), copy=copy)
            case Insure():
                self._insure(effect)
            case Arrive():
                came = self._arrive(effect, state.language or self.options.languages[0])
                return self.carry_out(*advance(state, came, self.options))
        return state

    def _arrive(self, effect: Arrive, language: str) -> Arrived | NotFound:
        appointment = by_reference(self.tx, effect.reference) if effect.reference else None
        if effect.reference and appointment is None:
            return NotFound(Case.NO_APPOINTMENT)
        try:
            ticket = check_in(
                self.tx,
                station=self.station,
                services=effect.services,
                language=language,
                command=self.command,
                appointment=appointment,
                by=self.by,
                paper=effect.paper,
            )
        except NotOffered:
            return NotFound(Case.NOT_OFFERED)
        except CheckInError:
            return NotFound(Case.CANCELLED)
        if ticket.state in GONE:
            return NotFound(Case.ENDED)
        again = appointment is not None and appointment.status is Status.ARRIVED
        return Arrived(ticket.id, again, None if again else self._on_file(appointment))

    def _on_file(self, appointment: Appointment | None) -> Card | None:
        if appointment is None or not self.options.insurance:
            return None
        return self._without_risk(lambda: coverage.on_file(self.tx, appointment.id))

    def _insure(self, effect: Insure) -> None:
        kept = self._without_risk(
            lambda: coverage.take(
                self.tx,
                self.clinic.config.coverage,
                visit=self.tx.room.ticket(effect.ticket).visit,
                card=effect.card,
                finding=effect.finding,
                station=self.station,
                by=self.by,
                photos=effect.pictures,
            )
        )
        if kept is None:
            tasks.open(self.tx, "insurance_missing", station=self.station, ticket=effect.ticket)

    def _without_risk(self, deed: Callable[[], Made]) -> Made | None:
        """Insurance never costs anybody their ticket: what fails is undone, and the rest goes on."""
        try:
            with self.tx.connection.begin_nested():
                return deed()
        except Exception as error:  # noqa: BLE001  whatever it is: the ticket is what counts
            log.error("insurance_failed", station=self.station, **described(error))
            return None
