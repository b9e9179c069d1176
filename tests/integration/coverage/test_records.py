"""What is written down of a card, what becomes a task, and what is sealed."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from kiosk.coverage import records
from kiosk.coverage.photos import PhotoRefused
from kiosk.coverage.rules import Finding, Source
from kiosk.database import events, schema
from kiosk.database.purge import KEPT, purge
from kiosk.tasks import records as tasks
from tests.integration.coverage.conftest import FILED, JPEG, Desk, card


def test_what_was_shown_is_found_again(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    shown = card(group="G7")

    cover_id = desk.show(ticket, shown, Finding.SAME, {"back": JPEG, "front": JPEG})

    cover = desk.cover(ticket)
    assert cover.id == cover_id
    assert (cover.card, cover.on_file, cover.finding) == (shown, FILED, Finding.SAME)
    assert cover.photos == ("front", "back")
    with desk.database.snapshot(at=desk.at) as reading:
        assert records.photo(reading, cover_id, "front") == JPEG
        assert records.photo(reading, cover_id, "left") is None
        assert records.find(reading, cover_id) == cover


def test_the_latest_card_counts(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    desk.later(minutes=1)
    desk.show(ticket, card("2"))

    assert desk.cover(ticket).card == card("2")


def test_a_typed_number_gets_the_payer_of_the_file(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    desk.show(ticket, card(payer=""), Finding.SAME)

    assert desk.cover(ticket).card == card()


@pytest.mark.parametrize(
    ("finding", "kinds"),
    [
        (Finding.SAME, []),
        (Finding.NEW, []),
        (Finding.CHANGED, ["insurance_changed"]),
        (Finding.EXPIRED, ["insurance_expired"]),
        (Finding.NOT_YET_VALID, ["insurance_expired"]),
        (Finding.MISSING, ["insurance_missing"]),
        (Finding.DECLINED, ["insurance_missing"]),
        (Finding.UNREAD, ["insurance_unreadable"]),
    ],
)
def test_trouble_becomes_a_task_and_stops_nobody(desk: Desk, finding: Finding, kinds: list[str]) -> None:
    ticket = desk.arrive()
    desk.show(ticket, None, finding)

    assert desk.tasks(ticket) == kinds
    with desk.database.snapshot(at=desk.at) as reading:
        assert reading.snapshot.tickets[ticket.id].state == "waiting"


def test_a_photograph_that_is_none_leaves_nothing_behind(desk: Desk) -> None:
    ticket = desk.arrive()
    with pytest.raises(PhotoRefused):
        desk.show(ticket, None, Finding.UNREAD, {"front": b"<svg/>"})

    with desk.database.snapshot(at=desk.at) as reading:
        assert records.of_visit(reading, ticket.visit) is None


def test_checking_closes_the_tasks_and_can_be_taken_back(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    desk.show(ticket, card("3", payer="Example Mutual"), Finding.CHANGED)
    desk.ask()
    assert desk.tasks(ticket) == ["insurance_changed", "insurance_inactive"]

    desk.later(minutes=1)
    desk.do(records.check, ticket)
    assert desk.tasks(ticket) == []
    assert desk.cover(ticket).checked_by == "ana"

    desk.later(minutes=1)
    desk.do(records.uncheck, ticket)
    assert desk.tasks(ticket) == ["insurance_changed", "insurance_inactive"]
    assert desk.cover(ticket).checked_at is None
    desk.do(records.uncheck, ticket)
    assert desk.tasks(ticket) == ["insurance_changed", "insurance_inactive"]


def test_a_task_that_a_kiosk_opened_is_closed_too(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    with desk.database.begin(at=desk.at) as tx:
        tasks.open(tx, "insurance_missing", station="front", ticket=ticket.id)
        tasks.open(tx, "print_unknown", station="front", ticket=ticket.id)
    desk.do(records.check, ticket)

    assert desk.tasks(ticket) == ["print_unknown"]


def test_what_is_open_anew_is_not_opened_twice(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, None, Finding.MISSING)
    desk.do(records.check, ticket)
    checked = desk.cover(ticket)
    desk.show(ticket, None, Finding.MISSING)
    with desk.database.begin(at=desk.at) as tx:
        records.uncheck(tx, checked, by="ana")

    assert desk.tasks(ticket) == ["insurance_missing"]


def test_a_corrected_number_is_held_against_the_file_and_asked_about(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    desk.show(ticket, card("4", source=Source.SCANNED), Finding.CHANGED)
    desk.ask()
    assert desk.tasks(ticket) == ["insurance_changed", "insurance_not_found"]

    desk.do(records.correct, ticket, desk.settings, payer="Acme Health", member_id="W12345671")
    assert desk.tasks(ticket) == []
    assert desk.ask() == 1
    cover = desk.cover(ticket)
    assert cover.card == card("1")
    assert cover.finding is Finding.SAME
    assert cover.answer is not None
    assert cover.answer.state == "active"


def test_a_verified_card_stays_verified_only_as_it_was_signed(desk: Desk) -> None:
    signed = card(source=Source.HEALTH_CARD, verified=True, issuer_name="Acme")
    ticket = desk.arrive()
    desk.show(ticket, signed)

    desk.do(records.correct, ticket, desk.settings, payer=signed.payer, member_id=signed.member_id)
    assert desk.cover(ticket).card == signed
    desk.do(records.correct, ticket, desk.settings, payer="Other", member_id=signed.member_id)
    assert desk.cover(ticket).card == replace(signed, payer="Other", verified=False)


def test_every_step_is_an_event_of_the_ticket(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    desk.ask()
    desk.do(records.ask_again, ticket, desk.settings)
    desk.do(records.check, ticket)

    with desk.database.snapshot(at=desk.at) as reading:
        kinds = [row.kind for row in events.of_ticket(reading.connection, reading.site, ticket.id)]
    assert kinds == [
        "issued", "insurance_shown", "insurance_answered", "insurance_asked", "insurance_checked",
    ]  # fmt: skip


def test_the_purge_wipes_cards_photographs_and_answers(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    cover_id = desk.show(ticket, card("1"), Finding.SAME, {"front": JPEG})
    desk.ask()

    purge(desk.database, at=desk.at + KEPT / 2)
    assert desk.cover(ticket).answer is not None
    desk.later(seconds=KEPT.total_seconds() + 60)
    purge(desk.database, at=desk.at)

    with desk.database.snapshot(at=desk.at) as reading:
        row = reading.connection.execute(sa.select(schema.coverage)).one()
        assert (row.sealed, row.answer, row.finding) == (None, None, "same")
        assert records.photo(reading, cover_id, "front") is None
        assert records.of_visit(reading, ticket.visit) is None
        assert records.find(reading, cover_id) is None


def test_nothing_of_the_card_is_readable_in_the_rows(desk: Desk) -> None:
    ticket = desk.arrive(filed=FILED)
    desk.show(ticket, card("1"), Finding.SAME, {"front": JPEG})
    desk.ask()

    with desk.database.snapshot(at=desk.at) as reading:
        for table in schema.metadata.sorted_tables:
            for row in reading.connection.execute(sa.select(table)):
                for value in row:
                    whole = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert b"W1234567" not in whole, table.name
                    assert b"Acme" not in whole, table.name
