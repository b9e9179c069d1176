"""What stands around the queue: what needs a person, whether the devices work, who is still expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.appointments import records as appointments
from kiosk.appointments.records import Status
from kiosk.clinic import Clinic
from kiosk.console import words
from kiosk.console.records import Visitor
from kiosk.console.words import Names, TaskWords
from kiosk.database import Reading
from kiosk.tasks import records as tasks

PRINTS = frozenset({"print_failed", "print_unknown"})
"""Tasks whose next step is another print."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A task with its words. `prints`: the ticket that can be printed again from here, and where."""

    id: int
    kind: str
    words: TaskWords
    minutes: int
    prints: str | None
    station: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody with an appointment who has not arrived."""

    appointment: str
    name: str
    services: str
    slot: datetime
    late_minutes: int


def todos(reading: Reading, names: Names, *, at: datetime) -> list[Todo]:
    """Return what needs a person, the most urgent first, then the oldest."""
    found = []
    for task in tasks.open_tasks(reading):
        ticket = reading.snapshot.tickets.get(task.ticket or "")
        told = words.task_words(
            task.kind, station=task.station, code=ticket.code if ticket else "", subject=task.subject, names=names
        )
        prints = ticket.id if ticket and task.kind in PRINTS else None
        found.append(Todo(task.id, task.kind, told, words.minutes(at - task.opened_at), prints, task.station))
    return sorted(found, key=lambda todo: (not todo.words.urgent, todo.id))


def expected(here: Clinic, reading: Reading, names: Names, *, at: datetime) -> Sequence[Expected]:
    """Return who is booked today and not here yet, by slot."""
    return [
        Expected(
            appointment=one.id,
            name=Visitor(one.family_name, one.given_name).name,
            services=", ".join(names.service(service) for service in one.services),
            slot=one.slot,
            late_minutes=words.minutes(at - one.slot),
        )
        for one in appointments.today(reading, at)
        if one.status is Status.BOOKED
    ]
