"""One transaction: decided on plain objects, written whole or not at all."""

import uuid

import pytest
import sqlalchemy as sa

from kiosk.database import Database, Transaction, schema
from kiosk.queueing.tickets import NothingToUndo, State, Ticket
from tests.cast import NINE, minutes


def arrive(tx: Transaction, service: str = "laboratory") -> Ticket:
    """Somebody takes a ticket."""
    visit = uuid.uuid4().hex
    tx.connection.execute(
        schema.visit.insert().values(id=visit, site=tx.site, day=tx.at.date(), created_at=tx.at)
    )
    return tx.room.issue(ticket_id=uuid.uuid4().hex, visit=visit, services=[service], at=tx.at, by="test")


def test_a_ticket_and_its_event_are_written_together(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        ticket = arrive(tx)

    with database.snapshot(at=NINE) as seen:
        assert seen.snapshot.tickets[ticket.id] == ticket
        assert seen.snapshot.version == 1
        assert seen.connection.execute(sa.select(schema.event.c.kind)).scalars().all() == ["issued"]


def test_another_process_reads_the_same_room(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        ticket = arrive(tx)
        tx.room.open_desk("room-2", at=NINE, by="ana")
        tx.room.call_next("room-2", at=NINE, by="ana")

    database._known = None
    with database.snapshot(at=NINE) as seen:
        read = seen.snapshot.tickets[ticket.id]
    assert (read.state, read.desk, read.called_at) == (State.CALLED, "room-2", NINE)


def test_an_exception_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.begin(at=NINE) as tx:
        assert arrive(tx).serial / 0

    with database.begin(at=NINE) as tx:
        assert arrive(tx).code == "B001"
        assert tx.snapshot.version == 0


def test_every_transition_can_be_undone_one_by_one(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        issued = arrive(tx)
        tx.room.open_desk("room-2", at=NINE, by="ana")
    for action in ("call_next", "start", "finish"):
        with database.begin(at=NINE + minutes(1)) as tx:
            argument = "room-2" if action == "call_next" else issued.id
            getattr(tx.room, action)(argument, at=tx.at, by="ana")

    states = []
    for _ in range(3):
        with database.begin(at=NINE + minutes(2)) as tx:
            states.append(tx.undo(issued.id, by="ana").state)
    assert states == [State.SERVING, State.CALLED, State.WAITING]
    with database.snapshot(at=NINE + minutes(2)) as seen:
        assert seen.snapshot.tickets[issued.id] == issued
    with pytest.raises(NothingToUndo), database.begin(at=NINE) as tx:
        tx.undo(issued.id, by="ana")


def test_numbers_start_again_at_the_sites_midnight(database: Database) -> None:
    before_midnight = NINE + minutes(60 * 14 + 59)
    with database.begin(at=before_midnight) as tx:
        first = arrive(tx)
        assert first.code == "B001"
        tx.room.cancel(first.id, at=tx.at, by="ana")
    with database.begin(at=before_midnight + minutes(2)) as tx:
        assert arrive(tx).code == "B001"


def test_the_code_of_somebody_who_waits_over_midnight_is_not_given_again(database: Database) -> None:
    before_midnight = NINE + minutes(60 * 14 + 59)
    with database.begin(at=before_midnight) as tx:
        arrive(tx)
    with database.begin(at=before_midnight + minutes(2)) as tx:
        assert [arrive(tx).code, arrive(tx).code] == ["B002", "B003"]


def test_what_ended_after_midnight_can_be_taken_back_after_a_restart(database: Database) -> None:
    before_midnight = NINE + minutes(60 * 14 + 59)
    with database.begin(at=before_midnight) as tx:
        waits = arrive(tx)
        tx.room.open_desk("room-1", at=tx.at, by="ana")
        tx.room.call(waits.id, "room-1", at=tx.at, by="ana")
    with database.begin(at=before_midnight + minutes(2)) as tx:
        tx.room.finish(waits.id, at=tx.at, by="ana")

    database._known = None
    with database.begin(at=before_midnight + minutes(3)) as tx:
        assert tx.undo(waits.id, by="ana").state is State.CALLED


def test_a_retried_command_finds_its_first_answer(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        assert tx.answered("c1") is None
        tx.answer("c1", {"ticket": "t"})
    with database.begin(at=NINE) as tx:
        assert tx.answered("c1") == {"ticket": "t"}


def test_a_commit_is_told_once_after_it_happened(database: Database) -> None:
    told: list[tuple[int, set[str]]] = []
    database.committed = lambda version, topics: told.append((version, topics))

    with database.begin(at=NINE) as tx:
        arrive(tx)
        tx.touch("station:front")
        assert told == []

    assert told == [(1, {"station:front"})]
