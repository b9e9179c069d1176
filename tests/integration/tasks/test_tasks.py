"""Tasks in both databases: opened once, closed once, and screens are told."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kiosk.database import Database, events, schema
from kiosk.tasks import records as tasks
from tests.cast import NINE, minutes


def told(database: Database) -> list[str]:
    """The kinds of the events so far."""
    with database.snapshot(at=NINE) as seen:
        query = sa.select(schema.event.c.kind).order_by(schema.event.c.seq)
        return list(seen.connection.execute(query).scalars())


@pytest.mark.parametrize("station", ["front", None])
def test_a_cause_that_repeats_is_one_task(database: Database, station: str | None) -> None:
    for _ in range(3):
        with database.begin(at=NINE) as tx:
            tasks.open(tx, "help_wanted", station=station)

    with database.snapshot(at=NINE) as seen:
        (only,) = tasks.open_tasks(seen)
    assert (only.kind, only.station, only.opened_at) == ("help_wanted", station, NINE)
    assert told(database) == ["task_opened"]


def test_the_database_itself_refuses_a_second_open_task(database: Database) -> None:
    row = {"site": database.site, "kind": "help_wanted", "opened_at": NINE}
    with pytest.raises(IntegrityError), database.begin(at=NINE) as tx:
        tx.connection.execute(schema.task.insert(), [row, row])


def test_tasks_of_different_tickets_stand_side_by_side(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        for ticket in ("t1", "t2"):
            tasks.open(tx, "print_unknown", station="front", ticket=ticket)
        assert [task.ticket for task in tasks.open_tasks(tx)] == ["t1", "t2"]


def test_a_new_cause_changes_the_task_that_is_open(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        first = tasks.open(tx, "device_down", station="front", subject="ticket printer", cause="paper_out")
        again = tasks.open(tx, "device_down", station="front", subject="ticket printer", cause="cover_open")
    assert again.id == first.id
    assert again.cause == "cover_open"
    assert told(database) == ["task_opened", "task_changed"]


def test_a_task_is_closed_once_and_may_open_again(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        task = tasks.open(tx, "help_wanted", station="front", ticket="t1")
    with database.begin(at=NINE + minutes(1)) as tx:
        closed = tasks.close(tx, task.id, "ana")
        assert closed is not None
        assert (closed.closed_by, closed.closed_at) == ("ana", tx.at)
        assert tasks.close(tx, task.id, "ben") is None
        assert tasks.find(tx, task.id) == closed
        assert tasks.find(tx, 999) is None
        assert tasks.open(tx, "help_wanted", station="front", ticket="t1").id != task.id
    with database.snapshot(at=NINE) as seen:
        past = events.of_ticket(seen.connection, seen.site, "t1")
    assert [row.kind for row in past] == ["task_opened", "task_closed", "task_opened"]


def test_when_the_cause_is_over_only_its_tasks_are_closed(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        tasks.open(tx, "device_down", station="front", subject="ticket printer")
        tasks.open(tx, "device_down", station="front", subject="counter")
        tasks.open(tx, "device_down", station="side", subject="ticket printer")
        tasks.close_where(tx, ("device_down",), by="clinic", station="front", subject="ticket printer")
        left = [(task.station, task.subject) for task in tasks.open_tasks(tx)]
    assert left == [("front", "counter"), ("side", "ticket printer")]
