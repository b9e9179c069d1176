"""The ticket that buttons and keys act on: what it allows, what happened to it, what can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.config import Coverage
from kiosk.console import records, rules, words
from kiosk.console.insurance import Insurance, insurance
from kiosk.console.rules import Button, Command
from kiosk.console.screen import Line
from kiosk.console.words import Names
from kiosk.database import Reading, events
from kiosk.queueing.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a ticket's history."""

    at: datetime
    text: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """What would be taken back, and of which ticket."""

    ticket: str
    text: str
    seen: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The ticket that the panel shows. `picked`: a person selected it, it is not just who is at the desk."""

    line: Line
    picked: bool
    buttons: Sequence[Button]
    main: Command
    history: Sequence[Happening]
    station: str | None
    insurance: Insurance | None


def subject(reading: Reading, settings: Coverage, line: Line, names: Names, *, picked: bool) -> Subject:
    """Return what can be done with this ticket, and what was."""
    ticket = line.ticket
    return Subject(
        line=line,
        picked=picked,
        buttons=rules.buttons(ticket),
        main=rules.main_command(ticket),
        history=history(reading, ticket, names),
        station=records.station_of(reading, ticket.visit),
        insurance=insurance(reading, settings, ticket, names, trouble=line.insurance),
    )


def history(reading: Reading, ticket: Ticket, names: Names) -> list[Happening]:
    """Return who did what to the ticket and when, oldest first."""
    rows = events.of_ticket(reading.connection, reading.site, ticket.id)
    kinds = {row.seq: row.kind for row in rows}
    undone = {row.undoes for row in rows if row.undoes}
    return [
        Happening(
            row.at,
            words.happened(
                row.kind, by=row.by, code=ticket.code, names=names, desk=row.desk,
                service=records.service_in(row) or ticket.service, undone=kinds.get(row.undoes, ""),
            ),
            row.seq in undone,
        )
        for row in rows
    ]  # fmt: skip


def undo_of(reading: Reading, ticket: Ticket) -> Undo | None:
    """Return what an undo of this ticket would take back."""
    past = events.latest_standing(reading.connection, reading.site, ticket.id)
    if past is None:
        return None
    return Undo(ticket.id, f"{words.UNDONE.get(past.kind, past.kind)} of {ticket.code}", rules.stamp(ticket))


def own_undo(reading: Reading, me: str, *, at: datetime) -> Undo | None:
    """Return what this person did last and may want back."""
    row = records.own_last_step(reading, me, at=at)
    return undo_of(reading, reading.snapshot.tickets[row.ticket]) if row else None
