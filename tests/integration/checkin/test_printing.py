"""What stands on the ticket, in whose language, and what never does."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from kiosk.app import create_app
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import check_in
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database import jobs, schema
from kiosk.database.jobs import Job
from kiosk.database.migrations import migrate
from kiosk.queueing.tickets import NoSuchTicket, Ticket
from tests.cast import NINE, minutes

SECOND = timedelta(seconds=1)
NAMES = ("Zebulontest", "Quillatest")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The clinic's app at nine o'clock."""
    migrate(config)
    made = create_app(config, now=lambda: NINE)
    yield made
    made.extensions["clinic"].database.close()


@pytest.fixture
def here(app: Flask) -> Iterator[Clinic]:
    """The clinic, as a request sees it."""
    with app.test_request_context():
        yield app.extensions["clinic"]


def arrive(here: Clinic, language: str = "en", station: str | None = "front") -> Ticket:
    """A synthetic patient checks in."""
    family, given = NAMES
    person = Person(family, given, "", "", date(1980, 2, 29))
    with here.database.begin(at=NINE) as tx:
        return check_in(
            tx, station=station, services=["laboratory"], language=language, command=uuid.uuid4().hex,
            person=person, by="station:front",
        )  # fmt: skip


def take(here: Clinic) -> Job:
    """Claim the next job of the front door."""
    with here.database.begin(at=NINE) as tx:
        job = jobs.claim(tx.connection, tx.site, "station:front", at=NINE)
    assert job is not None
    return job


def document(here: Clinic, job: Job) -> dict[str, object]:
    """What is printed for a job."""
    with here.database.snapshot(at=NINE) as seen:
        return printing.document(here, seen, job)


def became(here: Clinic, ticket: Ticket, kind: str) -> None:
    """The station says what became of the ticket's paper."""
    with here.database.begin(at=NINE) as tx:
        tx.record(kind, by="station:front", ticket=ticket.id)


def test_a_ticket_says_what_the_patient_needs(here: Clinic) -> None:
    ticket = arrive(here)
    printed = document(here, take(here))
    with here.database.snapshot(at=NINE) as seen:
        url = printing.phone_url(here, seen, ticket.visit)
    assert printed == {
        "code": "B001",
        "site": "Riverside Clinic",
        "logo": None,
        "header": [],
        "footer": [],
        "large": False,
        "service": "Laboratory",
        "issued": "Mon, Nov 23, 2026, 9:00\u202fAM",
        "lines": ["Please take a seat.", "Watch the screen for your number."],
        "language": "en",
        "direction": "ltr",
        "url": url,
        "url_label": "Follow your place on your phone",
        "copy": None,
    }


def test_the_link_on_the_ticket_opens_the_visits_page(here: Clinic) -> None:
    arrive(here)
    url = str(document(here, take(here))["url"])
    start, _, secret = url.rpartition("/")
    assert start == f"{here.config.public_url}/t"
    with here.database.snapshot(at=NINE) as seen:
        stored = seen.connection.execute(sa.select(schema.visit.c.link_hash)).scalar()
        assert stored == here.database.vault.lookup("link", secret)


@pytest.mark.parametrize(
    ("language", "direction", "service"), [("es", "ltr", "Laboratorio"), ("ar", "rtl", "Laboratory")]
)
def test_a_ticket_speaks_the_patients_language(
    here: Clinic, language: str, direction: str, service: str
) -> None:
    arrive(here, language)
    printed = document(here, take(here))
    assert (printed["language"], printed["direction"], printed["service"]) == (language, direction, service)
    assert "Mon" not in str(printed["issued"])
    assert "2026" in str(printed["issued"])


def test_the_expected_wait_is_a_range_when_a_desk_is_open(here: Clinic) -> None:
    with here.database.begin(at=NINE) as tx:
        tx.room.open_desk("room-2", at=NINE, by="ana")
    for _ in range(3):
        arrive(here, station=None)
    arrive(here)
    assert document(here, take(here))["lines"] == [
        "Please take a seat.",
        "Watch the screen for your number.",
        "Expected wait: 20 to 40 minutes",
    ]


def test_who_is_next_waits_a_few_minutes_at_most(here: Clinic) -> None:
    with here.database.begin(at=NINE) as tx:
        tx.room.open_desk("room-2", at=NINE, by="ana")
    arrive(here)
    lines = document(here, take(here))["lines"]
    assert isinstance(lines, list)
    assert lines[-1] == "Expected wait: up to 5 minutes"


def test_who_was_called_already_is_told_no_wait(here: Clinic) -> None:
    arrive(here)
    with here.database.begin(at=NINE) as tx:
        tx.room.open_desk("room-2", at=NINE, by="ana")
        tx.room.call_next("room-2", at=NINE, by="ana")
    lines = document(here, take(here))["lines"]
    assert isinstance(lines, list)
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (printing.PRINTED, "COPY"),
        (printing.PRINT_SENT, "COPY"),
        (printing.PRINT_UNKNOWN, "COPY"),
        (printing.NOT_PRINTED, None),
    ],
)
def test_a_paper_is_a_copy_when_there_may_be_another(here: Clinic, event: str, word: str | None) -> None:
    ticket = arrive(here)
    first = take(here)
    with here.database.begin(at=NINE) as tx:
        jobs.finish(tx.connection, tx.site, first.id, "failed", at=NINE)
    became(here, ticket, event)
    with here.database.begin(at=NINE) as tx:
        printing.queue_ticket(tx, "front", ticket)
    assert document(here, take(here))["copy"] == word


def test_a_paper_is_a_copy_while_another_station_is_at_it(here: Clinic) -> None:
    ticket = arrive(here)
    take(here)
    with here.database.begin(at=NINE) as tx:
        printing.queue_ticket(tx, "side", ticket)
        second = jobs.claim(tx.connection, tx.site, "station:side", at=NINE)
    assert second is not None
    assert document(here, second)["copy"] == "COPY"


def test_a_copy_that_was_asked_for_says_so(here: Clinic) -> None:
    ticket = arrive(here, station=None)
    with here.database.begin(at=NINE) as tx:
        printing.queue_ticket(tx, "front", ticket, copy=True)
    assert document(here, take(here))["copy"] == "COPY"


def test_the_kiosk_knows_whether_the_paper_came_out(here: Clinic) -> None:
    ticket = arrive(here)
    known = []
    for event in (None, printing.NOT_PRINTED, printing.PRINTED, printing.PRINT_UNKNOWN):
        if event:
            became(here, ticket, event)
        with here.database.snapshot(at=NINE) as seen:
            known.append(printing.unprinted(seen, ticket.id))
    assert known == [False, True, False, True]


def test_the_station_is_told_of_its_job_after_the_commit(here: Clinic) -> None:
    told: list[set[str]] = []
    here.live.listeners.append(told.append)
    ticket = arrive(here, station=None)
    with here.database.begin(at=NINE + minutes(1)) as tx:
        printing.queue_ticket(tx, "front", ticket)
    assert told[-1] == {"station:front"}


def test_a_ticket_that_is_gone_cannot_be_printed(here: Clinic) -> None:
    with here.database.begin(at=NINE) as tx:
        jobs.add(tx.connection, tx.site, "station:front", "ticket", {"ticket": "gone"}, at=NINE)
    job = take(here)
    with pytest.raises(NoSuchTicket):
        document(here, job)


def test_no_name_reaches_a_job_a_task_an_event_or_the_paper(here: Clinic) -> None:
    arrive(here)
    job = take(here)
    written = json.dumps(document(here, job))
    with here.database.snapshot(at=NINE) as seen:
        for table in (schema.job, schema.task, schema.event, schema.ticket, schema.command):
            written += str(seen.connection.execute(sa.select(table)).all())
    for name in (*NAMES, "1980"):
        assert name.lower() not in written.lower()
