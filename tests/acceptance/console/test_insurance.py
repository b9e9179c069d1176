"""Insurance on the console in Chromium: an answer appears by itself, staff correct, check and take back."""

import io
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from kiosk.appointments.rules import Person
from kiosk.checkin.records import add_visit
from kiosk.coverage import records
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.coverage.simulated import SimulatedClearingHouse
from kiosk.queueing.tickets import Ticket
from kiosk.tasks import records as tasks
from tests.acceptance.console.conftest import Desk, Opens, Room
from tests.acceptance.console.test_looks import DESK, PHONE, complaints
from tests.acceptance.running import RunningClinic

FILED = Card(payer="Acme Health", member_id="W12345671", source=Source.IMPORTED)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic that asks payers, through a clearing house of our own."""
    with SimulatedClearingHouse() as house:
        coverage = {
            "ask": True, "clearing_house": house.url, "sender": "CLINIC", "receiver": "HOUSE",
            "provider_name": "Riverside", "provider_npi": "1234567893", "payers": {"Acme Health": "ACME1"},
        }  # fmt: skip
        with RunningClinic(tmp_path_factory.mktemp("insured"), coverage=coverage) as clinic:
            yield clinic


def arrive(running: RunningClinic) -> Ticket:
    """Ana Sample checks in."""
    at = datetime.now(UTC)
    with running.database.begin(at=at) as tx:
        person = Person("Sample", "Ana", "", "", date(1980, 2, 3))
        visit = add_visit(tx, station="front", appointment=None, person=person)
        return tx.room.issue(
            ticket_id=uuid.uuid4().hex, visit=visit, services=["laboratory"], at=at, by="station:front"
        )


def show(
    running: RunningClinic,
    ticket: Ticket,
    card: Card | None,
    finding: Finding,
    photos: dict[str, bytes] | None = None,
) -> None:
    """What the kiosk does at the end of its questions."""
    with running.database.begin(at=datetime.now(UTC)) as tx:
        records.take(
            tx, running.config.coverage, visit=ticket.visit, card=card, finding=finding, station="front",
            by="station:front", photos=photos,
        )  # fmt: skip


def card(digit: str) -> Card:
    return Card(payer="Acme Health", member_id=f"W1234567{digit}", source=Source.SCANNED)


def picture() -> bytes:
    """A small photograph."""
    file = io.BytesIO()
    Image.new("RGB", (320, 200), (200, 220, 210)).save(file, "JPEG")
    return file.getvalue()


def look_at(desk: Desk, ticket: Ticket) -> None:
    desk.page.goto(f"{desk.running.url}/console?ticket={ticket.id}")
    expect(desk.page.locator("html")).to_have_attribute("data-connection", "live")


def test_the_answer_appears_by_itself(sit_down: Opens, room: Room, running: RunningClinic) -> None:
    ticket = arrive(running)
    ana = sit_down()
    look_at(ana, ticket)
    expect(ana.page.locator(".insurance")).to_contain_text("Not asked for.")

    show(running, ticket, card("1"), Finding.NEW)

    expect(ana.page.locator(".insurance")).to_contain_text("Active. Co-pay 25.00 USD for a visit today.")
    expect(ana.page.locator(".subject__insurance")).to_contain_text("Active. Co-pay 25.00 USD")


def test_a_wrong_number_is_corrected_checked_and_taken_back(
    sit_down: Opens, room: Room, running: RunningClinic
) -> None:
    ticket = arrive(running)
    show(running, ticket, card("4"), Finding.CHANGED)
    ana = sit_down()
    look_at(ana, ticket)
    insurance, row = ana.page.locator(".insurance"), ana.page.locator(f"#line-{ticket.id}")
    expect(insurance).to_contain_text("Not found at Acme Health. Ask for the card again.")
    expect(row).to_contain_text("Insurance")

    insurance.get_by_text("Correct", exact=True).click()
    insurance.get_by_label("Member number").fill("w1234 5671")
    insurance.get_by_role("button", name="Keep, and ask the payer").click()
    expect(insurance).to_contain_text("Active. Co-pay 25.00 USD for a visit today.")
    expect(row).not_to_contain_text("Insurance")

    show(running, ticket, None, Finding.DECLINED)
    expect(row).to_contain_text("Insurance")
    insurance.get_by_text("Type it", exact=True).click()
    expect(insurance.get_by_label("Payer")).to_be_focused()
    insurance.get_by_role("button", name="Checked").click()
    expect(insurance).to_contain_text("Checked by You")
    expect(row).not_to_contain_text("Insurance")
    ana.page.locator("[data-told]").get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Insurance")
    expect(insurance).not_to_contain_text("Checked by")


def test_a_dozen_insurances_are_checked_by_two_keys(
    sit_down: Opens, room: Room, running: RunningClinic
) -> None:
    room.do(lambda tx: [tasks.close(tx, task.id, "ben") for task in tasks.open_tasks(tx)])
    tickets = [arrive(running) for _ in range(12)]
    for ticket in tickets:
        show(running, ticket, None, Finding.DECLINED)
    ana = sit_down("ana", 1366, 768)
    for ticket in tickets:
        ana.page.keyboard.press("Alt+I")
        expect(ana.page.locator(".subject__code")).to_have_text(ticket.code)
        expect(ana.page.get_by_role("heading", name="Insurance")).to_be_in_viewport()
        expect(ana.page.get_by_role("button", name="Checked", exact=True)).to_be_in_viewport(ratio=1)
        ana.page.keyboard.press("Alt+V")
        expect(ana.page.locator(".insurance")).to_contain_text("Checked by You")
    expect(ana.page.locator(".todos")).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_photographs_and_trouble_are_seen_and_accessible(
    sit_down: Opens, room: Room, running: RunningClinic, size: tuple[int, int]
) -> None:
    ticket = arrive(running)
    photos = {"front": picture(), "back": picture()}
    show(running, ticket, Card(source=Source.PHOTO), Finding.UNREAD, photos)
    ana = sit_down("ana", *size)
    look_at(ana, ticket)

    for side in ("front", "back"):
        image = ana.page.get_by_alt_text(f"Photograph of the card, {side}")
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalWidth", 320)
    ana.page.get_by_text("Type it", exact=True).click()
    assert complaints(ana.page) == []
    assert ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_stranger_sees_no_photograph(chromium: Browser, room: Room, running: RunningClinic) -> None:
    ticket = arrive(running)
    show(running, ticket, Card(source=Source.PHOTO), Finding.UNREAD, {"front": picture()})
    with running.database.snapshot(at=datetime.now(UTC)) as reading:
        cover = records.of_visit(reading, ticket.visit)
    assert cover is not None
    page = chromium.new_context().new_page()
    page.goto(f"{running.url}/coverage/{cover.id}/photos/front")

    assert "/sign-in" in page.url
    page.context.close()
