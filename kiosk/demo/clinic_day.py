"""A clinic day around the present: who is expected, and what happened in the queue since the doors opened.

The past is not written into tables: it is played, minute by minute, through the commands that console and
kiosk use. What the rules do not allow cannot be in the demo either.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.access import Role
from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment
from kiosk.appointments.rules import Entry
from kiosk.checkin.arrival import check_in
from kiosk.config import Config, Coverage
from kiosk.database import Database, Transaction
from kiosk.demo import insured
from kiosk.demo.people import LANGUAGES, people
from kiosk.queueing.tickets import State, Ticket
from kiosk.staff import records as staff

BEFORE = timedelta(hours=1)
AFTER = timedelta(hours=5)
DOORS_OPEN = timedelta(minutes=25)
BREAKFAST = timedelta(minutes=33)
"""How long the first patients wait until the desks open."""
EXPECTED = 80
WALK_INS = 12
MINUTE = timedelta(minutes=1)
STAFF = (
    ("coordinator", "Casey Sample", Role.COORDINATOR, "waiting-room-1"),
    ("supervisor", "Robin Sample", Role.SUPERVISOR, "whole-clinic-1"),
)
"""Accounts of the demo alone: user name, name, role, password. They are printed at its start."""

_SERVICES = {
    ("registration",): 5,
    ("laboratory",): 9,
    ("consultation",): 8,
    ("imaging",): 6,
    ("vaccination",): 4,
    ("registration", "consultation"): 3,
    ("laboratory", "consultation"): 3,
}
_WALK_INS = ("registration", "laboratory", "vaccination")
_CLOSED_DESK = "room-5"
_NEVER_CAME = 3
"""Which of the calls is not answered."""
_BY = "coordinator"


@dataclass(frozen=True, slots=True)
class _Arrival:
    at: datetime
    services: Sequence[str]
    language: str
    priority: str | None = None
    appointment: Appointment | None = None
    number: int = 0


def seed(database: Database, config: Config, *, at: datetime, chance: random.Random) -> None:
    """Fill an empty, migrated site with staff, appointments and the day so far."""
    start = at - BEFORE - DOORS_OPEN
    with database.begin(at=start) as tx:
        for username, name, role, password in STAFF:
            staff.add(tx, username=username, name=name, role=role, password=password, by="demo")
        appointments.load(tx, list(_entries(tx, at, chance)))
        booked = appointments.today(tx, at)
    coming = sorted(_arrivals(booked, at, chance), key=lambda one: one.at)
    day = _Day(coming, config.coverage, chance)
    minute = start
    while minute < at - MINUTE:
        minute += MINUTE
        with database.begin(at=minute) as tx:
            if minute == start + BREAKFAST:
                _open_desks(tx)
            day.play(tx)
    with database.begin(at=at) as tx:
        _set_aside(tx)
        insured.ask(tx, config.coverage)


def _entries(tx: Transaction, at: datetime, chance: random.Random) -> Iterator[Entry]:
    """Slots of five minutes, spread evenly: the day looks like a timetable."""
    opening = (at - BEFORE).replace(second=0, microsecond=0)
    opening -= opening.minute % 5 * MINUTE
    everybody = people(chance, tx.day(at))
    choices, weights = list(_SERVICES), list(_SERVICES.values())
    for number in range(EXPECTED):
        share = (number + chance.random()) / EXPECTED
        yield Entry(
            source=f"demo-{number:03}",
            slot=opening + int(share * (BEFORE + AFTER) / (5 * MINUTE)) * 5 * MINUTE,
            services=chance.choices(choices, weights)[0],
            person=next(everybody),
            coverage=insured.on_file(number, tx.day(at)),
        )


def _arrivals(booked: Sequence[Appointment], at: datetime, chance: random.Random) -> Iterator[_Arrival]:
    """Most come some minutes early, some have not come at all, and a few walk in."""
    for number, one in enumerate(booked):
        arrives = one.slot - chance.randint(3, 35) * MINUTE
        if arrives < at and chance.random() > 0.1:
            priority = "assistance" if number % 9 == 4 else None
            yield _Arrival(arrives, one.services, chance.choice(LANGUAGES), priority, one, number)
    for _ in range(WALK_INS):
        arrives = at - chance.uniform(1, 60) * MINUTE
        yield _Arrival(arrives, [chance.choice(_WALK_INS)], chance.choice(LANGUAGES))


class _Day:
    """The play: who still comes, and until when the desks are busy."""

    def __init__(self, coming: list[_Arrival], insurance: Coverage, chance: random.Random) -> None:
        self.coming = coming
        self.insurance = insurance
        self.chance = chance
        self.busy_until: dict[str, datetime] = {}
        self.calls = 0
        self.never_comes = ""

    def play(self, tx: Transaction) -> None:
        """One minute: patients arrive, then every desk goes on."""
        while self.coming and self.coming[0].at <= tx.at:
            _arrive(tx, self.insurance, self.coming.pop(0))
        for desk in sorted(tx.room.open_desks):
            self._go_on(tx, desk)

    def _go_on(self, tx: Transaction, desk: str) -> None:
        there = tx.room.at_desk(desk)
        if there is not None and there.state is State.CALLED:
            return self._meet(tx, desk, there)
        if there is not None and tx.at < self.busy_until[desk]:
            return None
        if there is not None:
            tx.room.finish(there.id, at=tx.at, by=_BY)
        if tx.room.next_for(desk) is not None:
            self._call(tx, desk)
        return None

    def _call(self, tx: Transaction, desk: str) -> None:
        called = tx.room.call_next(desk, at=tx.at, by=_BY)
        self.calls += 1
        if self.calls == _NEVER_CAME:
            self.never_comes = called.id
        tx.room.announced(called.id, tx.at, at=tx.at, by="lobby")

    def _meet(self, tx: Transaction, desk: str, called: Ticket) -> None:
        """Whoever was called a minute ago comes; one of them never does."""
        if called.id == self.never_comes:
            tx.room.no_show(called.id, at=tx.at, by=_BY)
            return
        tx.room.start(called.id, at=tx.at, by=_BY)
        expected = tx.room.rules.services[called.service].expected
        self.busy_until[desk] = tx.at + expected * self.chance.uniform(1.2, 2.2)


def _arrive(tx: Transaction, insurance: Coverage, arrival: _Arrival) -> None:
    ticket = check_in(
        tx,
        station=None,
        services=arrival.services,
        language=arrival.language,
        command=uuid.uuid4().hex,
        by=_BY,
        appointment=arrival.appointment,
        priority=arrival.priority,
    )
    if arrival.appointment is not None:
        insured.show(tx, insurance, ticket, arrival.number)


def _open_desks(tx: Transaction) -> None:
    for desk in tx.room.rules.desks:
        if desk != _CLOSED_DESK:
            tx.room.open_desk(desk, at=tx.at, by=_BY)


def _set_aside(tx: Transaction) -> None:
    """Somebody is called this moment, somebody fills in a form, somebody went home: every state is there."""
    room = tx.room
    desk = next(d for d in sorted(room.open_desks) if room.next_for(d) and not _is_called(room.at_desk(d)))
    room.call_next(desk, at=tx.at, by=_BY)
    waiting = [ticket for ticket in tx.snapshot.in_order() if ticket.id not in room.changes]
    room.hold(waiting[2].id, at=tx.at, by=_BY)
    room.cancel(waiting[-1].id, at=tx.at, by=_BY)


def _is_called(there: Ticket | None) -> bool:
    return there is not None and there.state is State.CALLED
