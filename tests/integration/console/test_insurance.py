"""Insurance on the console: what is read, what can be done about it, who may see it."""

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from kiosk.appointments.rules import Person
from kiosk.config import Config, Coverage
from kiosk.coverage import answers, questions, records
from kiosk.coverage.eligibility import Answer, State
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.database import jobs
from kiosk.queueing.tickets import Ticket
from tests import cast
from tests.cast import NINE, minutes
from tests.integration.console.conftest import Floor, words

ANA = Person("Sample", "Ana", "", "", date(1980, 2, 3))
CARD = Card(payer="Acme Health", member_id="W12345671", source=Source.SCANNED)
JPEG = b"\xff\xd8\xff\xe0" + b"a photograph" + b"\xff\xd9"


@pytest.fixture
def config(tmp_path: Path, migrated: Path) -> Config:
    """The clinic asks for insurance, of nobody. What is stored is tested on both databases elsewhere."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    coverage = {
        "ask": True, "clearing_house": "http://127.0.0.1:9/", "sender": "CLINIC", "receiver": "HOUSE",
        "provider_name": "Riverside", "provider_npi": "1234567893", "payers": {"Acme Health": "ACME1"},
    }  # fmt: skip
    return cast.config(tmp_path, coverage=coverage)


def show(
    floor: Floor,
    card: Card | None = CARD,
    finding: Finding = Finding.NEW,
    photos: dict[str, bytes] | None = None,
) -> Ticket:
    """Ana shows a card at the kiosk."""
    ticket = floor.arrive(person=ANA)
    with floor.here.database.begin(at=floor.at) as tx:
        records.take(
            tx, floor.here.config.coverage, visit=ticket.visit, card=card, finding=finding, station="front",
            by="station:front", photos=photos,
        )  # fmt: skip
    return ticket


def answer(floor: Floor, found: Answer) -> None:
    """The payer answers the oldest question."""
    with floor.here.database.begin(at=floor.at) as tx:
        job = jobs.claim(tx.connection, tx.site, questions.TARGET, at=floor.at)
        assert job is not None
        jobs.finish(tx.connection, tx.site, job.id, "done", at=floor.at)
        answers.answered(tx, job, found)


def panel(floor: Floor, ticket: Ticket) -> str:
    return floor.ana.look(f"/console?ticket={ticket.id}")


def send(floor: Floor, ticket: Ticket, verb: str, command: str | None = None, **form: str) -> str:
    return floor.ana.send(f"/tickets/{ticket.id}/insurance/{verb}", command, picked=ticket.id, **form)


def test_the_panel_tells_the_card_and_that_the_payer_is_asked(floor: Floor) -> None:
    page = panel(floor, show(floor))

    assert "Acme Health · number W12345671 Scanned, not verified." in page
    assert "New: nothing is on file." in page
    assert "Asking Acme Health…" in page


def test_a_good_answer_is_said_with_its_co_pay(floor: Floor) -> None:
    ticket = show(floor)
    answer(floor, Answer(state=State.ACTIVE, co_pay=Decimal("25"), message="CALL FIRST"))

    page = panel(floor, ticket)
    assert "Insurance: Active. Co-pay 25.00 USD for a visit today." in page
    assert "The payer adds: CALL FIRST" in page
    assert "Insurance Laboratory" not in page


def test_trouble_has_a_sign_in_the_list_a_line_above_it_and_words(floor: Floor) -> None:
    ticket = show(floor)
    answer(floor, Answer(state=State.NOT_FOUND))

    page = panel(floor, ticket)
    assert "The payer does not know the member number for the ticket B001." in page
    assert "Insurance Laboratory" in page
    assert "Not found at Acme Health. Ask for the card again." in page


def test_a_payer_that_is_down_is_told_until_when(floor: Floor) -> None:
    ticket = show(floor)
    with floor.here.database.begin(at=floor.at) as tx:
        job = jobs.claim(tx.connection, tx.site, questions.TARGET, at=floor.at)
        assert job is not None
        jobs.retry_later(tx.connection, tx.site, job.id, at=floor.at, error="payer_down")

    assert "Acme Health does not answer. It is asked again by itself until 9:10 AM." in panel(floor, ticket)


def test_many_tickets_with_trouble_are_one_line(floor: Floor) -> None:
    first, second, third = (show(floor, None, Finding.MISSING) for _ in range(3))

    page = panel(floor, first)
    assert "3 tickets need a look at their insurance." in page
    assert "came without an insurance card" not in page
    send(floor, third, "check")
    page = panel(floor, second)
    assert page.count("came without an insurance card") >= 2
    assert "tickets need a look" not in page


@pytest.mark.parametrize("count", [2, 3])
def test_a_key_goes_through_the_troubled_as_they_arrived_and_begins_anew(floor: Floor, count: int) -> None:
    tickets = [show(floor, None, Finding.MISSING) for _ in range(count)]
    fine = show(floor, None, Finding.MISSING)
    send(floor, fine, "check")

    for picked, following in zip([*tickets, fine], [*tickets[1:], tickets[0], tickets[0]], strict=True):
        page = floor.ana.client.get(f"/console?ticket={picked.id}").text
        led_to = re.findall(r'href="([^"]*)"[^>]* aria-keyshortcuts="Alt\+I"', page)
        assert led_to == [f"/console?ticket={following.id}#insurance-title"]

    send(floor, tickets[0], "check")
    page = floor.ana.client.get(f"/console?ticket={tickets[0].id}").text
    assert f'?ticket={tickets[1].id}#insurance-title" data-live-go aria-keyshortcuts="Alt+I"' in page


def test_checked_is_told_and_can_be_taken_back(floor: Floor) -> None:
    ticket = show(floor, None, Finding.MISSING)

    page = send(floor, ticket, "check")
    assert "The insurance of B001 is checked. Undo" in page
    assert "Checked by You, 9:00 AM" in page
    assert "came without" not in page

    page = send(floor, ticket, "uncheck")
    assert "Taken back. The insurance of B001 is still to be checked." in page
    assert "The ticket B001 came without an insurance card." in page
    assert "You took back that the insurance of B001 is checked" in page


def test_a_number_is_corrected_and_asked_about_again(floor: Floor) -> None:
    ticket = show(floor)
    answer(floor, Answer(state=State.NOT_FOUND))

    page = send(floor, ticket, "correct", payer="Acme  Health", member_number="w1234 9999")
    assert "The insurance of B001 is corrected." in page
    assert "Acme Health · number W1234 9999 Typed, not verified." in page
    assert "Asking Acme Health…" in page
    assert "does not know the member number" not in page


def test_a_number_that_cannot_be_one_changes_nothing(floor: Floor) -> None:
    ticket = show(floor)

    page = send(floor, ticket, "correct", payer="Acme Health", member_number="<b>")
    assert "This is not a member number." in page
    assert "number W12345671" in page


def test_staff_may_type_what_nobody_showed(floor: Floor) -> None:
    ticket = floor.arrive(person=ANA)
    assert "Not asked for." in panel(floor, ticket)
    assert "No insurance was taken down for this ticket." in send(floor, ticket, "ask")

    page = send(floor, ticket, "correct", payer="Acme Health", member_number="W12345671")
    assert "Acme Health · number W12345671 Typed, not verified." in page
    assert "Asking Acme Health…" in page


def test_asking_again_is_told(floor: Floor) -> None:
    ticket = show(floor)
    answer(floor, Answer(state=State.PAYER_DOWN))
    assert "Acme Health did not answer. Call the payer, or ask again." in panel(floor, ticket)

    page = send(floor, ticket, "ask")
    assert "The payer is asked about B001." in page
    assert "Asking Acme Health…" in page


def test_what_cannot_be_asked_is_said(floor: Floor) -> None:
    ticket = show(floor, Card(payer="Nobody's Plan", member_id="W123", source=Source.TYPED))

    assert "The payer was not asked. The clearing house does not know this payer" in panel(floor, ticket)
    assert "The payer cannot be asked." in send(floor, ticket, "ask")


def test_a_double_press_does_one_thing(floor: Floor) -> None:
    ticket = show(floor, None, Finding.MISSING)
    send(floor, ticket, "check", "c" * 32)
    send(floor, ticket, "uncheck")

    assert "The ticket B001 came without" in send(floor, ticket, "check", "c" * 32)


def test_a_verb_that_is_none_is_not_there(floor: Floor) -> None:
    ticket = show(floor)
    panel(floor, ticket)

    assert floor.ana.post(f"/tickets/{ticket.id}/insurance/delete").status_code == 404
    assert "not of today" in floor.ana.send("/tickets/none/insurance/check")


def test_a_payer_with_markup_stays_text(floor: Floor) -> None:
    ticket = show(
        floor, Card(payer='"><script>alert(1)</script>', member_id="W1234", source=Source.HEALTH_CARD)
    )
    panel(floor, ticket)

    assert "<script>alert" not in floor.ana.page


def photographed(floor: Floor) -> str:
    ticket = show(floor, Card(source=Source.PHOTO), Finding.UNREAD, {"front": JPEG})
    with floor.here.database.snapshot(at=floor.at) as reading:
        cover = records.of_visit(reading, ticket.visit)
    assert cover is not None
    panel(floor, ticket)
    return f"/coverage/{cover.id}/photos/"


def test_a_photograph_is_shown_to_staff_and_kept_by_no_cache(floor: Floor) -> None:
    address = photographed(floor) + "front"

    assert f'<img src="{address}"' in floor.ana.page
    found = floor.ana.client.get(address)
    assert (found.status_code, found.data, found.mimetype) == (200, JPEG, "image/jpeg")
    assert found.headers["Cache-Control"] == "no-store"
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photograph_is_for_staff_only_and_only_what_is_there(floor: Floor) -> None:
    address = photographed(floor)

    assert floor.app.test_client().get(address + "front").status_code == 303
    for path in (address + "back", address + "left", "/coverage/none/photos/front"):
        assert floor.ana.client.get(path).status_code == 404


def test_where_nobody_asks_for_insurance_there_is_none(floor: Floor) -> None:
    config = msgspec.structs.replace(floor.here.config, coverage=Coverage())
    object.__setattr__(floor.here, "config", config)

    assert "Insurance" not in panel(floor, floor.arrive(person=ANA))


def test_the_history_tells_every_step(floor: Floor) -> None:
    ticket = show(floor)
    floor.at = NINE + minutes(1)
    answer(floor, Answer(state=State.ACTIVE))

    page = words(floor.ana.client.get(f"/console/tickets/{ticket.id}").get_data(as_text=True))
    assert "The kiosk Front door took down the insurance of B001" in page
    assert "The payer of B001 answered" in page
