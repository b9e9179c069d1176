"""What stands around the queue: what needs a person, whether the devices work, who is still expected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.appointments import records as appointments
from kiosk.appointments.records import Status
from kiosk.clinic import Clinic
from kiosk.console import rules, words
from kiosk.console.words import Names
from kiosk.coverage import records as insurance
from kiosk.database import Reading
from kiosk.queueing.tickets import Ticket
from kiosk.tasks import records as tasks
from kiosk.tasks.rules import URGENT, Words
from kiosk.tasks.rules import words as task_words

HELP = frozenset({"help_wanted", "checkin_staff"})
"""Tasks behind which a person stands: they sound."""

ICONS = {
    "help_wanted": "help",
    "checkin_staff": "person",
    "print_failed": "printer",
    "print_unknown": "printer",
    "paper_low": "paper",
    "device_down": "warn",
    **dict.fromkeys(insurance.TASKS, "card"),
}

MOST_INSURANCE = 2
"""So many tickets with a question about insurance have a line of their own."""

PRINTS = frozenset({"print_failed", "print_unknown"})
"""Tasks whose next step is another print."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A task with its words. `prints`: the ticket to print again at `station`, for certain a COPY or not.

    `look_at`: the ticket on whose panel the rest stands; `key` goes there.
    """

    id: int | None
    icon: str
    words: Words
    urgent: bool
    help: bool
    minutes: int
    prints: str | None
    copy: bool
    station: str | None
    look_at: str | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody with an appointment who has not arrived."""

    appointment: str
    name: str
    services: str
    slot: datetime
    late_minutes: int


def todos(reading: Reading, names: Names, *, picked: Ticket | None, at: datetime) -> list[Todo]:
    """Return what needs a person: who asked for help, what stops others, the rest; the oldest first.

    A key goes through the tickets with a question about insurance as they arrived, on from the one `picked`.
    """
    found = []
    for task in tasks.open_tasks(reading):
        ticket = reading.snapshot.tickets.get(task.ticket or "")
        station = task.station or ""
        told = task_words(
            task.kind,
            place=names.stations.get(station) or names.boards.get(station) or station,
            code=ticket.code if ticket else "",
            subject=task.subject,
            cause=task.cause,
        )
        found.append(
            Todo(
                id=task.id,
                icon=ICONS.get(task.kind, "task"),
                words=told,
                urgent=task.kind in URGENT,
                help=task.kind in HELP,
                minutes=words.minutes(at - task.opened_at),
                prints=ticket.id if ticket and task.kind in PRINTS else None,
                copy=task.kind == "print_unknown",
                station=task.station,
                look_at=ticket.id if ticket and task.kind in insurance.TASKS else None,
            )
        )
    todos = sorted(found, key=lambda todo: (not (todo.help and todo.urgent), not todo.urgent, todo.id))
    asked_about = {todo.look_at for todo in todos if todo.look_at}
    if not asked_about:
        return todos
    tickets = sorted((reading.snapshot.tickets[id] for id in asked_about), key=lambda ticket: ticket.serial)
    following = next((t for t in tickets if picked is not None and t.serial > picked.serial), tickets[0])
    if len(tickets) > MOST_INSURANCE:
        return _together(todos, len(tickets), following)
    return [
        replace(todo, key=rules.INSURANCE.key) if todo.look_at == following.id else todo for todo in todos
    ]


def _together(todos: Sequence[Todo], tickets: int, following: Ticket) -> list[Todo]:
    """Many tickets with a question about insurance are one line: the sign in the list tells which."""
    told = Words(
        f"{tickets} tickets need a look at their insurance.",
        "Look at one after the other: the list marks them with “Insurance”.",
    )
    first = next(todo for todo in todos if todo.look_at)
    line = replace(first, id=None, words=told, look_at=following.id, key=rules.INSURANCE.key)
    return [todo for todo in todos if not todo.look_at] + [line]


def expected(here: Clinic, reading: Reading, names: Names, *, at: datetime) -> Sequence[Expected]:
    """Return who is booked today and not here yet, by slot."""
    return [
        Expected(
            appointment=one.id,
            name=words.full_name(one.person),
            services=", ".join(names.service(service) for service in one.services),
            slot=one.slot,
            late_minutes=words.minutes(at - one.slot),
        )
        for one in appointments.today(reading, at)
        if one.status is Status.BOOKED
    ]
