"""Whole check-ins on real records: with letter, licence or name, without appointment, and what goes wrong."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kiosk.appointments import records as book
from kiosk.checkin import dialogue
from kiosk.checkin.records import person_of
from kiosk.checkin.rules.steps import Notice, Step
from kiosk.database import schema
from kiosk.identity.manual_code import manual_code
from kiosk.queueing.tickets import State
from kiosk.tasks import records as tasks
from tests.cast import minutes
from tests.integration.checkin.conftest import BORN, Kiosk


def test_a_letter_and_the_birth_date_become_a_ticket(kiosk: Kiosk) -> None:
    appointment = kiosk.expect()

    assert kiosk.scan(kiosk.letter(appointment)) is Step.MONTH
    assert kiosk.born() is Step.CONFIRM
    assert kiosk.press("yes") is Step.TICKET

    assert "B001" in kiosk.page
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        (ticket,) = seen.snapshot.tickets.values()
        assert (ticket.service, ticket.route, ticket.slot) == (
            "laboratory",
            ("consultation",),
            appointment.slot,
        )
        assert book.by_reference(seen, appointment.reference).status == "arrived"  # type: ignore[union-attr]
        assert person_of(seen, ticket.visit) == appointment.person
        jobs = seen.connection.execute(sa.select(schema.job.c.target, schema.job.c.kind)).all()
        kinds = seen.connection.execute(sa.select(schema.event.c.kind)).scalars().all()
    assert jobs == [("station:front", "ticket")]
    assert "issued" in kinds


@pytest.mark.parametrize("name", ["López", "lopez", "LOPEZ", " Lo pez "])
def test_a_typed_name_matches_however_it_is_written(kiosk: Kiosk, name: str) -> None:
    kiosk.expect()
    assert kiosk.named(name) is Step.CONFIRM
    assert "María L." in kiosk.page


def test_a_licence_and_the_birth_date_find_the_appointment(kiosk: Kiosk) -> None:
    kiosk.expect()
    assert kiosk.scan_licence() is Step.MONTH
    assert kiosk.born() is Step.CONFIRM


def test_a_licence_is_forgotten_when_the_patient_declines(kiosk: Kiosk) -> None:
    kiosk.expect()
    assert kiosk.scan(kiosk.licence()) is Step.CONSENT
    assert "May we read your licence?" in kiosk.page
    assert "lopez" not in kiosk.page.lower()
    assert kiosk.press("no") is Step.NAME
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        row = seen.connection.execute(sa.select(schema.checkin)).one()
        assert seen.vault.open(row.sealed, f"checkin:{row.id}") == {"step": "name"}


def test_the_code_of_the_letter_and_the_birth_date_find_the_appointment(kiosk: Kiosk) -> None:
    kiosk.expect()
    code = manual_code(kiosk.expect(family="Okafor", given="Ben").reference)
    assert kiosk.press("appointment", "code") is Step.CODE
    assert kiosk.press("text", text=f"{code[:4].lower()} {code[4:]}") is Step.MONTH
    assert kiosk.born() is Step.CONFIRM
    assert "Ben O." in kiosk.page


@pytest.mark.parametrize("expected", [True, False])
def test_a_code_of_nobody_reads_like_a_wrong_birth_date(kiosk: Kiosk, expected: bool) -> None:
    reference = kiosk.expect().reference if expected else "NOBODY"
    kiosk.press("appointment", "code")
    assert kiosk.press("text", text=manual_code(reference)) is Step.MONTH
    assert kiosk.born(date(1950, 1, 1)) is Step.CHECK
    assert refused_as(kiosk) == ("M" if expected else "K")


def test_a_code_is_good_on_its_day_only(kiosk: Kiosk) -> None:
    code = manual_code(kiosk.expect(slot=kiosk.at + timedelta(days=3)).reference)
    kiosk.press("appointment", "code")
    kiosk.press("text", text=code)
    kiosk.born()
    assert refused_as(kiosk) == "K"


def test_who_was_sent_to_staff_and_then_checks_in_needs_nobody(kiosk: Kiosk) -> None:
    letter = kiosk.letter(kiosk.expect())
    kiosk.named("Nobody")
    assert refused_as(kiosk) == "K"
    kiosk.press("start_over")
    kiosk.named("Lopezz")
    kiosk.press("yes")
    assert kiosk.tasks == [("checkin_staff", kiosk.state.code)]
    kiosk.scan(letter)
    kiosk.born()
    assert kiosk.press("yes") is Step.TICKET
    assert kiosk.tasks == []


def test_the_next_patient_does_not_close_the_task_of_the_last(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Nobody", date(1950, 1, 1))
    assert refused_as(kiosk) == "K"
    for begin in ("done", "back"):
        kiosk.press(begin)
        kiosk.named("Lopez")
        kiosk.press("yes")
        assert [kind for kind, _ in kiosk.tasks] == ["checkin_staff"]


def test_a_licence_of_somebody_else_does_not_open_the_record(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.scan_licence(born=date(1950, 1, 1))
    assert kiosk.born() is Step.CHECK


def test_a_walk_in_gets_a_ticket_without_a_name(kiosk: Kiosk) -> None:
    assert kiosk.press("walk_in", "service:registration") is Step.TICKET
    assert kiosk.codes == ["A001"]
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        (ticket,) = seen.snapshot.tickets.values()
        assert person_of(seen, ticket.visit) is None


def test_the_ticket_speaks_the_patients_language(kiosk: Kiosk) -> None:
    kiosk.press("language:es", "walk_in", "service:registration")
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        assert [ticket.language for ticket in seen.snapshot.tickets.values()] == ["es"]
    assert "Su llegada está registrada" in kiosk.page


def test_a_double_tap_gives_one_ticket(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Lopez")
    tap = kiosk.form("yes")
    kiosk.send(tap)
    kiosk.send(tap)
    assert kiosk.codes == ["B001"]
    assert kiosk.state.step is Step.TICKET


def test_a_page_that_is_old_changes_nothing_and_shows_the_present_one(kiosk: Kiosk) -> None:
    old = kiosk.form("walk_in")
    kiosk.press("appointment")
    kiosk.send(old)
    assert kiosk.state.step is Step.SCAN
    assert 'data-step="scan"' in kiosk.page


def test_a_restart_in_the_middle_loses_nothing(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.press("appointment", "type")
    kiosk.press("text", text="Lopez")
    kiosk.press("month:9")
    kiosk.restart()
    assert 'data-step="day"' in kiosk.page
    kiosk.press("day:23")
    assert kiosk.press("text", text="1948") is Step.CONFIRM


def test_a_code_that_was_used_shows_the_same_ticket_after_the_birth_date(kiosk: Kiosk) -> None:
    letter = kiosk.letter(kiosk.expect())
    kiosk.scan(letter)
    kiosk.born()
    kiosk.press("yes", "done")

    assert kiosk.scan(letter) is Step.MONTH
    assert "B001" not in kiosk.page
    assert kiosk.born() is Step.TICKET
    assert "You are already checked in" in kiosk.page
    assert "B001" in kiosk.page
    assert kiosk.codes == ["B001"]


def test_who_arrived_is_found_again_by_name_however_late_it_is(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Lopez")
    kiosk.press("yes", "done")
    kiosk.later(3 * 3600)
    kiosk.look()
    assert kiosk.named("Lopez") is Step.TICKET
    assert kiosk.state.again


def test_a_ticket_is_printed_again_as_a_copy(kiosk: Kiosk) -> None:
    kiosk.press("walk_in", "service:registration", "print_again")
    assert "Your ticket is printing again." in kiosk.page
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        payloads = seen.connection.execute(sa.select(schema.job.c.payload)).scalars().all()
    assert ["true" in payload for payload in payloads] == [False, True]


def test_nobody_is_promised_a_second_ticket_by_a_printer_that_is_broken(kiosk: Kiosk) -> None:
    kiosk.press("walk_in", "service:registration")
    assert "Print again" in kiosk.page
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        tasks.open(tx, "print_failed", station="front", subject="ticket printer", cause="paper_out")

    kiosk.press("print_again")

    assert "We could not print your ticket." in kiosk.page
    assert "Print again" not in kiosk.page
    assert "Your ticket is printing again." not in kiosk.page


def test_who_was_called_and_did_not_come_is_for_staff(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Lopez")
    kiosk.press("yes", "done")
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        (ticket,) = tx.room
        assert tx.room.no_show(ticket.id, at=tx.at, by="ana").state is State.NO_SHOW
    assert kiosk.named("Lopez") is Step.REFUSED
    assert kiosk.state.code.startswith("Y")


def refused_as(kiosk: Kiosk) -> str:
    """Say that everything was typed right; return the letter of the staff code."""
    assert kiosk.state.step is Step.CHECK
    assert kiosk.press("yes") is Step.REFUSED
    assert "We could not check you in here. Please see the front desk." in kiosk.page
    assert kiosk.tasks == [("checkin_staff", kiosk.state.code)]
    return kiosk.state.code[0]


def test_nobody_with_that_name_is_expected(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Nobody")
    assert refused_as(kiosk) == "K"


def test_two_patients_of_one_name_and_birth_date_are_for_staff(kiosk: Kiosk) -> None:
    kiosk.expect(given="María")
    kiosk.expect(given="Juan")
    kiosk.named("Lopez")
    assert refused_as(kiosk) == "P"


def test_twins_are_told_apart_by_a_licence(kiosk: Kiosk) -> None:
    kiosk.expect(given="María")
    kiosk.expect(given="Juan")
    kiosk.scan_licence(given="JUAN")
    assert kiosk.born() is Step.CONFIRM
    assert "Juan L." in kiosk.page


@pytest.mark.parametrize(("ahead", "letter"), [(5 * 60, "R"), (-90, "T")])
def test_too_early_and_too_late_are_for_staff(kiosk: Kiosk, ahead: int, letter: str) -> None:
    kiosk.expect(slot=kiosk.at + minutes(ahead))
    kiosk.named("Lopez")
    assert refused_as(kiosk) == letter


@pytest.mark.parametrize("scanned", [True, False])
def test_a_cancelled_appointment_is_for_staff(kiosk: Kiosk, scanned: bool) -> None:
    appointment = kiosk.expect()
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        book.cancel(tx, appointment.id)
    if scanned:
        kiosk.scan(kiosk.letter(appointment))
        kiosk.born()
    else:
        kiosk.named("Lopez")
    assert refused_as(kiosk) == "W"


def test_an_appointment_for_a_service_that_is_no_longer_offered_is_for_staff(kiosk: Kiosk) -> None:
    booked = kiosk.expect(services=("laboratory", "surgery"))
    kiosk.scan(kiosk.letter(booked))
    kiosk.born()

    assert kiosk.press("yes") is Step.REFUSED
    assert kiosk.state.code.startswith("H")
    assert kiosk.codes == []
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        assert book.find(seen, booked.id) == booked


def test_an_appointment_cancelled_while_the_patient_confirms_is_for_staff(kiosk: Kiosk) -> None:
    appointment = kiosk.expect()
    kiosk.named("Lopez")
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        book.cancel(tx, appointment.id)
    assert kiosk.press("yes") is Step.REFUSED
    assert kiosk.state.code.startswith("W")
    assert kiosk.codes == []


def test_a_letter_of_another_day_is_for_staff(kiosk: Kiosk) -> None:
    appointment = kiosk.expect(slot=kiosk.at + timedelta(days=3))
    kiosk.scan(kiosk.letter(appointment))
    kiosk.born()
    assert refused_as(kiosk) == "R"


def test_a_wrong_birth_date_three_times_is_for_staff(kiosk: Kiosk) -> None:
    kiosk.scan(kiosk.letter(kiosk.expect()))
    for _ in range(2):
        assert kiosk.born(date(1948, 9, 24)) is Step.CHECK
        kiosk.press("date")
    assert kiosk.born(date(1948, 9, 25)) is Step.REFUSED
    assert kiosk.state.code.startswith("M")
    assert kiosk.tasks == [("checkin_staff", kiosk.state.code)]


def test_a_letter_that_we_did_not_sign_is_for_staff(kiosk: Kiosk) -> None:
    letter = kiosk.letter(kiosk.expect())
    flipped = letter[:60] + ("A" if letter[60] != "A" else "B") + letter[61:]
    assert kiosk.scan(flipped) is Step.REFUSED
    assert kiosk.state.code.startswith("X")


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\xfe", b"4006381333931", b"@\n\x1e\rANSI 63600010", b"x" * 4096]
)
def test_a_garbled_scan_says_what_to_do(kiosk: Kiosk, data: bytes) -> None:
    assert kiosk.scan(data) is Step.WELCOME
    assert "We could not read that." in kiosk.page


def test_the_same_scan_posted_twice_counts_once(kiosk: Kiosk) -> None:
    kiosk.scan(b"garbled", scan_id="s1")
    kiosk.scan(b"garbled", scan_id="s1")
    assert kiosk.state.unread == 1
    assert kiosk.state.notice is Notice.UNREADABLE


def test_help_is_a_task_however_often_it_is_asked_for(kiosk: Kiosk) -> None:
    kiosk.press("help")
    assert "Somebody is coming to help you." in kiosk.page
    kiosk.press("appointment", "help")
    assert kiosk.tasks == [("help_wanted", "")]


def test_who_walks_away_leaves_nothing_behind(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Lopez")
    assert "María" in kiosk.page
    kiosk.later(dialogue.life(kiosk.clinic).total_seconds() + 1)

    assert "María" not in kiosk.look()
    assert 'data-step="welcome"' in kiosk.page
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        row = seen.connection.execute(sa.select(schema.checkin)).one()
        assert seen.vault.open(row.sealed, f"checkin:{row.id}") == {}


def test_the_server_wipes_even_where_no_screen_asks(kiosk: Kiosk) -> None:
    kiosk.named("Lopez")
    kiosk.later(dialogue.life(kiosk.clinic).total_seconds() + 1)
    dialogue.expire(kiosk.clinic)
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        assert seen.connection.execute(sa.select(schema.checkin.c.step)).scalar_one() == "welcome"


def test_an_answer_to_a_page_that_expired_is_not_taken(kiosk: Kiosk) -> None:
    kiosk.expect()
    kiosk.named("Lopez")
    confirm = kiosk.form("yes")
    kiosk.later(dialogue.life(kiosk.clinic).total_seconds() + 1)
    kiosk.send(confirm)
    assert kiosk.state.step is Step.WELCOME
    assert kiosk.codes == []


def test_who_is_still_typing_is_not_wiped(kiosk: Kiosk) -> None:
    kiosk.press("appointment", "type")
    for _ in range(5):
        kiosk.later(60)
        assert kiosk.client.post("/kiosk/front/answer", data=kiosk.form("stay")).status_code == 204
    assert kiosk.press("text", text="Lopez") is Step.MONTH


def test_nothing_typed_or_scanned_lies_open_in_the_records(kiosk: Kiosk) -> None:
    kiosk.expect(family="Quetzalcoatl", given="Xiomara")
    kiosk.scan_licence(family="QUETZALCOATL", given="XIOMARA")
    kiosk.born()
    kiosk.press("yes")
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        for table in schema.metadata.sorted_tables:
            for row in seen.connection.execute(sa.select(table)):
                assert b"quetzal" not in repr(tuple(row)).lower().encode()
                assert str(BORN) not in repr(tuple(row))


def test_a_dialogue_that_this_server_cannot_open_starts_again(kiosk: Kiosk) -> None:
    kiosk.press("appointment", "type")
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        tx.connection.execute(schema.checkin.update().values(sealed=b"\x01" + bytes(40)))
    assert 'data-step="welcome"' in kiosk.look()
    assert kiosk.press("appointment") is Step.SCAN
