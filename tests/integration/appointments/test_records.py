"""The book: sealed, found by keyed hash, the same after a repeated import."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from kiosk.appointments import records
from kiosk.appointments.records import Loaded, Status
from kiosk.appointments.rules import Entry, Person
from kiosk.coverage.rules import Card, Source
from kiosk.database import Database, schema
from tests.cast import NINE, minutes
from tests.integration.appointments.conftest import BORN, add


def entry(number: int, *, cancelled: bool = False, given: str = "Ana", slot: int = 30) -> Entry:
    """The appointment that another system calls `number`."""
    person = Person("Vega", given, birth_date=BORN)
    return Entry(
        source=str(number),
        slot=NINE + minutes(slot),
        services=("laboratory",),
        person=person,
        cancelled=cancelled,
    )


def load(database: Database, *entries: Entry) -> Loaded:
    with database.begin(at=NINE) as tx:
        return records.load(tx, entries)


def book(database: Database) -> Sequence[records.Appointment]:
    with database.snapshot(at=NINE) as reading:
        return records.today(reading, NINE)


def test_what_was_added_is_found_again_by_id_reference_and_birth_date(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        added = add(tx)
    with database.snapshot(at=NINE) as reading:
        assert records.find(reading, added.id) == added
        assert records.by_reference(reading, added.reference) == added
        assert records.born_on(reading, BORN, NINE) == [added]
        assert records.born_on(reading, date(1980, 3, 1), NINE) == []
        assert records.today(reading, NINE + timedelta(days=1)) == []


def test_no_name_and_no_birth_date_is_readable_in_the_table(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        add(tx, "Canaryfamily", "Canarygiven")
        row = tx.connection.execute(sa.select(schema.appointment)).one()
    assert "anary" not in repr(tuple(row))
    assert "1980" not in repr(row.sealed)


def test_an_appointment_prints_nothing_of_the_patient(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        added = add(tx, "Canaryfamily")
    assert "Canary" not in repr(added) + repr(added.person)


def test_references_are_random_and_of_the_booking_codes_form(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        references = {add(tx).reference for _ in range(20)}
    assert len(references) == 20
    assert {len(reference) for reference in references} == {16}


def test_a_cancelled_patient_is_not_found_by_birth_date(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        added = add(tx)
        assert records.cancel(tx, added.id, by="ana")
        assert records.born_on(tx, BORN, NINE) == []
        assert not records.mark_arrived(tx, added.id)
        assert records.reinstate(tx, added.id)
        assert records.mark_arrived(tx, added.id)
        assert records.mark_arrived(tx, added.id)
        assert not records.cancel(tx, added.id, by="ana")
        assert [one.status for one in records.born_on(tx, BORN, NINE)] == [Status.ARRIVED]


def test_the_same_import_twice_changes_nothing(database: Database) -> None:
    entries = [entry(number) for number in range(1200)]
    assert load(database, *entries) == Loaded(added=1200)
    before = book(database)
    assert load(database, *entries) == Loaded(unchanged=1200)
    assert book(database) == before


def test_a_changed_row_changes_its_appointment_and_keeps_its_code(database: Database) -> None:
    load(database, entry(1), entry(2))
    before = {one.source: one for one in book(database)}
    assert load(database, entry(1, slot=60, given="Anna"), entry(2)) == Loaded(changed=1, unchanged=1)
    after = {one.source: one for one in book(database)}
    assert (after["1"].slot, after["1"].given_name) == (NINE + minutes(60), "Anna")
    assert after["1"].reference == before["1"].reference
    assert after["2"] == before["2"]


def test_the_import_cancels_and_takes_its_own_cancellation_back(database: Database) -> None:
    load(database, entry(1))
    assert load(database, entry(1, cancelled=True)) == Loaded(changed=1)
    assert load(database, entry(1)) == Loaded(changed=1)
    assert [one.status for one in book(database)] == [Status.BOOKED]


def test_what_a_person_cancelled_stays_cancelled(database: Database) -> None:
    load(database, entry(1))
    with database.begin(at=NINE) as tx:
        records.cancel(tx, records.today(tx, NINE)[0].id, by="ana")
    assert load(database, entry(1, slot=60)) == Loaded(kept_cancelled=1)
    assert [one.status for one in book(database)] == [Status.CANCELLED]


def test_who_has_arrived_is_not_changed_by_an_import(database: Database) -> None:
    load(database, entry(1))
    with database.begin(at=NINE) as tx:
        records.mark_arrived(tx, records.today(tx, NINE)[0].id)
    assert load(database, entry(1, cancelled=True)) == Loaded(arrived=1)
    assert [one.status for one in book(database)] == [Status.ARRIVED]


def test_an_appointment_is_of_the_sites_day(database: Database) -> None:
    late = Entry(source="1", slot=NINE + minutes(60 * 14), services=("laboratory",), person=Person("V", "A"))
    load(database, late)
    assert len(book(database)) == 1


def test_a_changed_insurance_changes_the_appointment_and_is_found_again(database: Database) -> None:
    before = Card(payer="Acme Health", member_id="W12345", source=Source.IMPORTED)
    insured = replace(entry(1), coverage=before)
    load(database, insured)

    assert load(database, insured).unchanged == 1
    assert book(database)[0].coverage == before
    after = replace(before, valid_until=date(2026, 12, 31))
    assert load(database, replace(insured, coverage=after)).changed == 1
    assert book(database)[0].coverage == after
