"""A year of history costs a working day nothing: no statement walks through what is over.

SQLite says how it would find the rows. It keeps no statistics here, so it says the same on the first day.
"""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kiosk.access import Role
from kiosk.appointments import records as appointments
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import check_in
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.coverage import questions
from kiosk.database import Database
from kiosk.database.migrations import migrate
from kiosk.database.purge import KEPT, purge
from kiosk.queueing.tickets import Ticket
from kiosk.stations import health, pairing, work
from tests import cast
from tests.cast import NINE, Clock
from tests.integration.shell.conftest import Enter

GROWS = "visit|ticket|event|job|appointment|coverage"
WALK = re.compile(rf"(SCAN ({GROWS})|SEARCH ({GROWS}) .*\(site=\?\))(?! USING INDEX ix_\w+_kept)")
"""How SQLite says that it looks at every row of the site."""
STILL = re.compile(r"ix_\w+_(open|kept)\b")
"""The indexes that hold only what is not over yet."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """PostgreSQL has statistics, and plans by them."""
    made = cast.config(tmp_path)
    migrate(made)
    return made


@pytest.fixture
def said(here: Clinic) -> Iterator[dict[str, Any]]:
    """Every statement that the database hears from now on, with one set of values."""
    heard: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        heard[statement] = values[0] if many else values

    sa.event.listen(here.database.engine, "before_cursor_execute", hear)
    yield heard
    sa.event.remove(here.database.engine, "before_cursor_execute", hear)


def walks(database: Database, said: dict[str, Any]) -> list[str]:
    """The statements that look at every row of a table that grows, with SQLite's own words for how."""
    found = []
    asked = {text: values for text, values in said.items() if re.match("SELECT|UPDATE|DELETE", text)}
    assert asked
    with database.engine.connect() as connection:
        for text, values in asked.items():
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values):
                if WALK.match(row.detail) and not STILL.search(row.detail):
                    found.append(f"{row.detail}: {text}")
    return found


def arrive(here: Clinic, *, booked: bool = False) -> Ticket:
    """Somebody checks in at the kiosk, with an appointment or without."""
    person = Person("Garcia", "Maria")
    with here.database.begin(at=here.now()) as tx:
        appointment = (
            appointments.add(
                tx, slot=NINE, services=["laboratory"], family_name="Garcia", given_name="Maria",
                birth_date=None, source="77",
            ) if booked else None
        )  # fmt: skip
        return check_in(
            tx, station="front", services=["laboratory"], language="en", command=uuid.uuid4().hex,
            by="station:front", person=person, appointment=appointment,
        )  # fmt: skip


def test_the_coordinators_page_and_commands_walk_through_no_history(
    here: Clinic, as_role: Enter, said: dict[str, Any]
) -> None:
    client = as_role(Role.COORDINATOR)
    client.application.config["WTF_CSRF_ENABLED"] = False
    ticket = arrive(here, booked=True)
    said.clear()
    for path, form in (
        ("/desks/room-1/open", {}),
        ("/desks/room-1/next", {"seen": "-"}),
        (f"/tickets/{ticket.id}/undo", {"seen": "called.room-1.1.laboratory"}),
        ("/desks/room-1/close", {}),
        ("/desks/room-1/next", {"seen": "-"}),
    ):
        form = {**form, "command": uuid.uuid4().hex}
        answer = client.post(f"/console{path}", data=form)
        assert client.get(answer.location).status_code == 200
    for page in (f"/tickets/{ticket.id}", "/appointments", "/screens"):
        assert client.get(f"/console{page}").status_code == 200

    assert walks(here.database, said) == []


def test_the_kiosk_its_host_and_the_phone_walk_through_no_history(
    here: Clinic, as_role: Enter, said: dict[str, Any]
) -> None:
    kiosk, host = as_role(Role.KIOSK), as_role(Role.HOST)
    said.clear()
    ticket = arrive(here)
    arrive(here, booked=True)
    with here.database.begin(at=NINE) as tx:
        assert appointments.load(tx, []) == appointments.Loaded()
        pairing.approve(tx, "K7M2-9QPX", None, None, "ana")
    assert kiosk.get("/kiosk/front").status_code == 200
    assert host.get("/api/station/jobs/next").status_code == 200
    secret = here.database.vault.link_secret(ticket.visit)
    assert kiosk.get(f"/t/{secret}").status_code == 200

    assert walks(here.database, said) == []


def test_what_timers_do_walks_through_no_history(
    app: Flask, here: Clinic, said: dict[str, Any], clock: Clock
) -> None:
    arrive(here, booked=True)
    with app.app_context(), here.database.begin(at=NINE) as tx:
        health.watch(tx, since=NINE)
        work.sweep(tx)
    with here.database.snapshot(at=NINE) as reading:
        assert not questions.due(reading, at=NINE)
    assert purge(here.database, at=NINE + 2 * KEPT).visits == 1

    assert walks(here.database, said) == []


def test_a_server_that_just_started_reads_the_room_and_not_its_history(
    config: Config, said: dict[str, Any], here: Clinic
) -> None:
    ticket = arrive(here)
    here.database._known = None
    said.clear()
    with here.database.snapshot(at=NINE) as seen:
        assert set(seen.snapshot.tickets) == {ticket.id}

    assert walks(here.database, said) == []
