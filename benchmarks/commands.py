"""A command of the coordinator against the machine's own durable single-row commits, in the same run."""

import sqlite3
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.report import Figure, median, percentile
from kiosk.app import open_database
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import check_in
from kiosk.config import Config
from kiosk.database import Database, Transaction, schema
from kiosk.database.migrations import migrate
from kiosk.queueing.tickets import NobodyWaiting

OPEN_TICKETS = 300
COMMANDS = 300
DESKS = 8
YEAR = 250_000
SOMEBODY = Person("Example", "Erin", "", "", date(1970, 1, 2))
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def clinic(folder: Path) -> Database:
    """An empty clinic with eight desks."""
    config = Config.from_dict(
        {
            "site": {"name": "Benchmark", "timezone": "UTC"},
            "server": {"data": str(folder)},
            "services": [{"id": "laboratory", "letter": "B", "name": {"en": "Laboratory"}}],
            "desks": [
                {"id": f"desk-{n}", "name": f"Desk {n}", "services": ["laboratory"]} for n in range(DESKS)
            ],
        }
    )
    migrate(config)
    return open_database(config)


def take_ticket(tx: Transaction) -> str:
    """One walk-in: visit, ticket, event."""
    visit = uuid.uuid4().hex
    tx.connection.execute(
        schema.visit.insert().values(id=visit, site=tx.site, day=NOW.date(), created_at=NOW)
    )
    ticket = tx.room.issue(ticket_id=uuid.uuid4().hex, visit=visit, services=["laboratory"], at=NOW, by="b")
    return ticket.id


def fill(database: Database, number: int) -> None:
    """Let `number` patients wait."""
    with database.begin(at=NOW) as tx:
        for desk in database.rules.desks:
            tx.room.open_desk(desk, at=NOW, by="b")
        for _ in range(number):
            take_ticket(tx)


class Floor:
    """Single-row commits of SQLite itself, WAL and FULL: the machine's limit, measured between our own."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
        self.taken: list[float] = []

    def commit(self) -> None:
        """One durable row."""
        self.taken.append(timed(lambda: self.connection.execute("INSERT INTO t (v) VALUES ('x')")))

    def rate(self) -> float:
        """Commits a second."""
        return 1 / median(self.taken)


def timed(command: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    command()
    return time.perf_counter() - began


def call_next(database: Database, desk: str) -> str:
    """The coordinator's key."""
    with database.begin(at=NOW) as tx:
        return tx.room.call_next(desk, at=NOW, by="b").id


def timed_call(database: Database, desk: str) -> float:
    """Seconds of one call; the patient then goes back to the queue, which is not counted."""
    began = time.perf_counter()
    called = call_next(database, desk)
    taken = time.perf_counter() - began
    with database.begin(at=NOW) as tx:
        tx.undo(called, by="b")
    return taken


def arrive(database: Database) -> None:
    """One patient checks in at a kiosk: sealed name, visit, ticket, print job, event, answer."""
    with database.begin(at=NOW) as tx:
        check_in(
            tx, station="front", services=["laboratory"], language="en", command=uuid.uuid4().hex,
            by="kiosk:front", person=SOMEBODY,
        )  # fmt: skip


def hammer(database: Database) -> list[float]:
    """Eight desks at once; return the seconds of every call."""
    taken: list[float] = []

    def work(desk: str) -> None:
        for _ in range(25):
            try:
                taken.append(timed_call(database, desk))
            except NobodyWaiting:
                return

    threads = [threading.Thread(target=work, args=(desk,)) for desk in database.rules.desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def write_history(database: Database) -> None:
    """A year of visits that are over: tickets and events."""
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        serial = connection.execute(sa.select(schema.site.c.serial)).scalar_one()
        version = connection.execute(sa.select(schema.site.c.version)).scalar_one()
        for start in range(0, YEAR, 5000):
            visits, tickets, events = [], [], []
            for number in range(start, start + 5000):
                at = NOW - timedelta(days=1 + number // 1000)
                name = f"{number:032x}"
                visits.append({"id": name, "site": database.site, "day": at.date(), "created_at": at})
                tickets.append(
                    {
                        "id": name, "site": database.site, "visit": name, "day": at.date(),
                        "code": f"B{number % 1000:03d}", "serial": -1 - number, "service": "laboratory",
                        "state": "served", "arrived": at, "since": at, "due": at, "route": "",
                        "language": "en",
                        "calls": 1, "started_at": at, "closed_at": at + timedelta(minutes=9),
                    }
                )  # fmt: skip
                events += [
                    {
                        "site": database.site, "seq": version + number * 4 + step, "kind": kind,
                        "ticket": name,
                        "by": "b", "at": at, "before": "{}", "after": "{}",
                    }
                    for step, kind in enumerate(("issued", "called", "started", "finished"), 1)
                ]  # fmt: skip
            connection.execute(schema.visit.insert(), visits)
            connection.execute(schema.ticket.insert(), tickets)
            connection.execute(schema.event.insert(), events)
        connection.execute(schema.site.update().values(version=version + YEAR * 4, serial=serial))


def beside(floor: Floor, command: Callable[[], float]) -> list[float]:
    """Seconds of each command, with a commit of the machine's limit before each."""
    floor.taken.clear()
    taken = []
    for _ in range(COMMANDS):
        floor.commit()
        taken.append(command())
    return taken


def share(what: str, floor: Floor, taken: list[float]) -> Figure:
    """A rate as a share of the limit."""
    rate, limit = 1 / median(taken), floor.rate()
    measured = f"{rate:,.0f}/s = {rate / limit:.0%} of {limit:,.0f}/s"
    return Figure(what, measured, "≥ 50 % of the limit", rate / limit >= 0.5)


def figures() -> Iterator[Figure]:
    """Commands on SQLite, one site, 300 open tickets; then the same after a year."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = Floor(folder)
        database = clinic(folder)
        fill(database, OPEN_TICKETS)
        calls = beside(floor, lambda: timed_call(database, "desk-0"))
        yield share("call-next, 300 open tickets", floor, calls)
        arrivals = beside(floor, lambda: timed(lambda: arrive(database)))
        yield share("check-in (sealed name, visit, ticket, job, event)", floor, arrivals)
        crowded = percentile(hammer(database), 0.99) * 1000
        yield Figure("call-next, 8 desks at once, p99", f"{crowded:.1f} ms", "≤ 50 ms", crowded <= 50)
        write_history(database)
        database.close()
        database = clinic(folder)
        aged = beside(floor, lambda: timed_call(database, "desk-0"))
        ratio = median(aged) / median(calls)
        yield Figure(
            "call-next after a year (250,000 visits)", f"{ratio:.2f} × day one", "≤ 1.3 ×", ratio <= 1.3
        )
        database.close()
        began = time.perf_counter()
        with clinic(folder).snapshot(at=NOW):
            opened = (time.perf_counter() - began) * 1000
        yield Figure("opening that database", f"{opened:.0f} ms", "", None)
