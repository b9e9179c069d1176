"""Many at once: never the same patient twice, and no gap in what happened."""

import multiprocessing
import threading
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.app import open_database
from kiosk.config import Config
from kiosk.database import Database, schema
from kiosk.queueing.tickets import NobodyWaiting
from tests import cast
from tests.cast import NINE
from tests.integration.database.test_transaction import arrive

DESKS = [f"desk-{number}" for number in range(8)]
PATIENTS = 96


def many_desks(config: Config) -> Config:
    """The clinic with eight laboratory desks."""
    desks = [{"id": name, "name": name, "services": ["laboratory"]} for name in DESKS]
    database = {"url": config.database.url} if config.database.url else {}
    return cast.config(Path(config.server.data), desks=desks, database=database)


def serve_until_empty(database: Database, desk: str) -> list[str]:
    """Call, start and finish until nobody waits; return the codes."""
    served = []
    while True:
        try:
            with database.begin(at=NINE) as tx:
                ticket = tx.room.call_next(desk, at=NINE, by=desk)
        except NobodyWaiting:
            return served
        served.append(ticket.code)
        with database.begin(at=NINE) as tx:
            tx.room.start(ticket.id, at=NINE, by=desk)
            tx.room.finish(ticket.id, at=NINE, by=desk)


def in_another_process(config: Config, desks: list[str], answers: "multiprocessing.Queue[list[str]]") -> None:
    """Serve from a process of its own, with threads of its own."""
    database = open_database(config)
    answers.put(hammer(database, desks))
    database.close()


def hammer(database: Database, desks: list[str]) -> list[str]:
    """All `desks` at once; return everybody they called."""
    served: list[str] = []
    threads = [
        threading.Thread(target=lambda desk=desk: served.extend(serve_until_empty(database, desk)))
        for desk in desks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return served


def fill(database: Database) -> list[str]:
    """A full waiting room with all desks open."""
    with database.begin(at=NINE) as tx:
        for desk in DESKS:
            tx.room.open_desk(desk, at=NINE, by="x")
        return [arrive(tx).code for _ in range(PATIENTS)]


def assert_whole(database: Database, waiting: list[str], served: list[str]) -> None:
    """Everybody was called exactly once, and the events have no gap."""
    assert sorted(served) == sorted(waiting)
    with database.snapshot(at=NINE) as seen:
        seqs = list(seen.connection.execute(sa.select(schema.event.c.seq).order_by("seq")).scalars())
    assert seqs == list(range(1, len(seqs) + 1))
    assert seen.snapshot.version == seqs[-1]
    assert len(seqs) == len(DESKS) + PATIENTS * 4


def test_eight_threads_never_call_the_same_patient(config: Config, database: Database) -> None:
    database = open_database(many_desks(config))
    waiting = fill(database)
    assert_whole(database, waiting, hammer(database, DESKS))
    database.close()


def test_four_processes_never_call_the_same_patient(config: Config, database: Database) -> None:
    settings = many_desks(config)
    database = open_database(settings)
    waiting = fill(database)
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    processes = [
        spawn.Process(target=in_another_process, args=(settings, DESKS[i : i + 2], answers))
        for i in (0, 2, 4, 6)
    ]
    for process in processes:
        process.start()
    served = [code for _ in processes for code in answers.get(timeout=300)]
    for process in processes:
        process.join()
    answers.close()
    assert_whole(database, waiting, served)
    database.close()


def test_tickets_taken_by_many_threads_have_numbers_without_gaps(database: Database) -> None:
    codes: list[str] = []

    def take() -> None:
        for _ in range(12):
            with database.begin(at=NINE) as tx:
                codes.append(arrive(tx).code)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [f"B{number:03d}" for number in range(1, 97)]


def test_the_database_itself_refuses_a_second_open_ticket_and_a_second_called_patient(
    database: Database,
) -> None:
    with database.begin(at=NINE) as tx:
        ana, bo = arrive(tx), arrive(tx)
        tx.room.open_desk("room-2", at=NINE, by="x")
        tx.room.call(ana.id, "room-2", at=NINE, by="x")
    table = schema.ticket
    with database.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(table.update().where(table.c.id == bo.id).values(state="called", desk="room-2"))
    with pytest.raises(sa.exc.IntegrityError), database.begin(at=NINE) as tx:
        tx.room.issue(ticket_id=uuid.uuid4().hex, visit=ana.visit, services=["laboratory"], at=NINE, by="x")
