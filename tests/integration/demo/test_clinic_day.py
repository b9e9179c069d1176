"""The demo's day: played through the real rules, alive on every screen, and nobody in it could be real."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from kiosk.app import open_database
from kiosk.appointments import codes, records
from kiosk.appointments.records import Status
from kiosk.config import Config, load
from kiosk.database import Database, events
from kiosk.database.migrations import migrate
from kiosk.demo import clinic_day
from kiosk.demo.cards import licence
from kiosk.demo.folder import CHANCE
from kiosk.demo.people import FAMILY, people
from kiosk.demo.samples import samples
from kiosk.identity import Booking, Licence, Unknown, recognise
from kiosk.identity.claims import Candidate, Claim
from kiosk.identity.matching import Agreement, agreement
from kiosk.queueing.tickets import AT_DESK, State
from tests.cast import NINE

TODAY = date(2026, 11, 23)
TOML = Path(clinic_day.__file__).with_name("kiosk.toml")


@contextmanager
def demo(data: Path, at: datetime) -> Iterator[tuple[Config, Database]]:
    """A seeded demo."""
    config = load(TOML, {"KIOSK_SERVER__DATA": str(data)})
    migrate(config)
    database = open_database(config)
    clinic_day.seed(database, config, at=at, chance=random.Random(CHANCE))
    yield config, database
    database.close()


@pytest.mark.parametrize("minutes", [0, 2, 3, 4, 71])
def test_every_state_is_there_whenever_the_demo_starts(tmp_path: Path, minutes: int) -> None:
    at = NINE + timedelta(minutes=minutes, seconds=17)
    with demo(tmp_path, at) as (_, database), database.snapshot(at=at) as reading:
        tickets = list(reading.snapshot.tickets.values())
        expected = records.today(reading, at)
    assert {ticket.state for ticket in tickets} == set(State)
    assert 20 <= len(tickets) <= 40
    assert sum(ticket.state is State.WAITING for ticket in tickets) >= 5
    assert len(expected) == clinic_day.EXPECTED
    assert {one.status for one in expected} == {Status.BOOKED, Status.ARRIVED}
    assert expected[0].slot >= at - timedelta(minutes=65)
    assert expected[-1].slot <= at + timedelta(hours=5)


def test_the_past_obeys_the_rules(tmp_path: Path) -> None:
    with demo(tmp_path, NINE) as (_, database), database.snapshot(at=NINE) as reading:
        snapshot = reading.snapshot
        histories = {
            ticket: [row.at for row in events.of_ticket(reading.connection, reading.site, ticket)]
            for ticket in snapshot.tickets
        }
    for ticket in snapshot.tickets.values():
        times = histories[ticket.id]
        assert times == sorted(times)
        assert times[-1] <= NINE
        assert ticket.arrived <= (ticket.called_at or NINE) <= (ticket.started_at or NINE)
    desks = [ticket.desk for ticket in snapshot.tickets.values() if ticket.state in AT_DESK]
    assert len(desks) == len(set(desks))
    assert set(desks) <= snapshot.open_desks
    for letter, number in snapshot.numbers.items():
        codes_of_letter = sorted(t.code for t in snapshot.tickets.values() if t.code.startswith(letter))
        assert codes_of_letter == [f"{letter}{n:03}" for n in range(1, number + 1)]


def test_nobody_in_the_demo_could_be_taken_for_real() -> None:
    everybody = list(islice(people(random.Random(1), TODAY), 400))
    words = {word for family in FAMILY for word in family.split("-")}
    assert all(set(person.family_name.split("-")) <= words for person in everybody)
    named = [(person.family_name, person.given_name, person.suffix) for person in everybody]
    assert len(set(named)) == len(named)


def test_every_card_of_the_demo_is_read_as_its_patient() -> None:
    for person in islice(people(random.Random(2), TODAY), 400):
        read = recognise(licence(person, "T12345678"), at=NINE)
        assert isinstance(read, Licence)
        candidate = Candidate(
            key=1,
            family_name=person.family_name,
            given_name=person.given_name,
            middle_name=person.middle_name,
            suffix=person.suffix,
            birth_date=person.birth_date,
            slot=NINE,
        )
        assert agreement(Claim.from_licence(read), candidate) is Agreement.SAME


def test_the_samples_are_what_they_say(tmp_path: Path) -> None:
    with demo(tmp_path, NINE) as (config, database), database.snapshot(at=NINE) as reading:
        found = samples(config, reading, NINE)
        given = records.codes(reading, TODAY)
        waiting = {ticket.code for ticket in reading.snapshot.in_order()}
        booked = records.today(reading, NINE)
    rules = codes.rules(config)
    kinds = {
        sample.id: type(recognise(sample.payload, rules, at=NINE))
        for sample in found
        if sample.kind == "trouble"
    }
    assert kinds == {
        "unknown": Licence,
        "garbled": Unknown,
        "used": Booking,
        "forged": Unknown,
        "menu": Unknown,
    }
    used = recognise(next(one.payload for one in found if one.id == "used"), rules, at=NINE)
    assert isinstance(used, Booking)
    assert {given[one.id] for one in booked if one.reference == used.reference} <= waiting
    for sample in found:
        meant = {"card": Licence, "letter": Booking}.get(sample.kind)
        if meant:
            assert isinstance(recognise(sample.payload, rules, at=NINE), meant)
            assert sample.birth_date
    assert len({sample.id for sample in found}) == len(found)
