"""The main job, end to end: a scan becomes a ticket, a call and a picture on the TV."""

from datetime import date
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from kiosk.appointments.codes import booking_code
from kiosk.appointments.rules import Person
from kiosk.demo.cards import licence
from tests.acceptance.running import until
from tests.acceptance.stage import Stage

MARIA = {"family_name": "Garcia", "given_name": "Maria", "birth_date": date(1961, 3, 9)}
OMAR = {"family_name": "Haddad", "given_name": "Omar", "birth_date": date(1984, 11, 30)}
LENA = {"family_name": "Öström", "given_name": "Lena", "birth_date": date(1950, 7, 4)}


def ticket_comes_out(stage: Stage, number: int) -> None:
    """Wait for the printer's paper; it has black on white."""
    papers = until(lambda: len(stage.clinic.papers()) >= number and stage.clinic.papers())
    picture = Image.open(BytesIO(stage.clinic.paper(papers[-1]["id"]))).convert("L")
    darkest, lightest = picture.getextrema()
    assert darkest < 64
    assert lightest > 192


def test_a_licence_becomes_a_ticket_on_paper_board_and_console(stage: Stage) -> None:
    stage.clinic.expect(20, **MARIA)
    card = licence(Person("Garcia", "Maria", "", "", MARIA["birth_date"]), "T64235789")

    stage.clinic.scan(card)
    stage.kiosk.get_by_role("button", name="Yes, read it").click()
    expect(stage.kiosk.get_by_role("heading", level=1)).to_contain_text("month were you born")
    assert "Maria" not in stage.kiosk.content()
    stage.birth_date(MARIA["birth_date"])
    expect(stage.kiosk.locator("#live")).to_contain_text("Maria G.")
    stage.confirm()

    code = stage.ticket()
    assert code == "B001"
    ticket_comes_out(stage, 1)
    expect(stage.console.locator("#live")).to_contain_text(code)
    expect(stage.board.locator("#live")).to_contain_text(code)
    stage.done()


def test_one_key_calls_the_next_patient_and_the_board_shows_and_announces_it(stage: Stage) -> None:
    stage.console.keyboard.press("Alt+2")
    expect(stage.console.get_by_role("button", name="Open Room 2")).to_be_visible()
    stage.console.keyboard.press("Alt+o")
    expect(stage.console.get_by_role("button", name="Open Room 2")).to_be_hidden()
    stage.console.keyboard.press("Alt+n")
    board = stage.board.locator("#live")
    expect(board).to_contain_text("B001")
    expect(board).to_contain_text("Room 2")
    announced = until(lambda: announced_at(stage, "B001"), what="The board did not report the call.")
    assert announced
    expect(stage.console.locator("#live")).to_contain_text("announced", ignore_case=True)


def test_a_walk_in_needs_no_card(stage: Stage) -> None:
    stage.kiosk.get_by_role("button", name="I have no appointment").click()
    stage.kiosk.get_by_role("button", name="Registration").click()
    assert stage.ticket() == "A001"
    ticket_comes_out(stage, 2)
    stage.done()


def test_a_typed_name_and_birth_date_find_the_appointment(stage: Stage) -> None:
    stage.clinic.expect(30, **LENA)
    stage.kiosk.get_by_role("button", name="I have an appointment").click()
    stage.kiosk.get_by_role("button", name="Type my name").click()
    for letter in "OSTROM":
        stage.kiosk.locator(f"[data-key='{letter}']").first.click()
    stage.kiosk.get_by_role("button", name="Continue").click()
    stage.birth_date(LENA["birth_date"])
    expect(stage.kiosk.locator("#live")).to_contain_text("Lena Ö.")
    stage.confirm()
    assert stage.ticket() == "B002"
    stage.done()


def test_an_appointment_code_does_the_same_and_a_second_scan_gives_no_second_ticket(stage: Stage) -> None:
    appointment = stage.clinic.expect(40, **OMAR)
    code = booking_code(stage.clinic.config, appointment)
    for words in ("You are checked in", "You are already checked in"):
        stage.clinic.scan(code.encode())
        expect(stage.kiosk.get_by_role("heading", level=1)).to_contain_text("month were you born")
        stage.birth_date(OMAR["birth_date"])
        if words == "You are checked in":
            stage.confirm()
        expect(stage.kiosk.get_by_role("heading", level=1)).to_contain_text(words)
        assert stage.ticket() == "B003"
        stage.done()


def test_a_printer_without_paper_costs_nobody_their_place(stage: Stage) -> None:
    stage.clinic.fault(paper="out")
    before = len(stage.clinic.papers())
    stage.kiosk.get_by_role("button", name="I have no appointment").click()
    stage.kiosk.get_by_role("button", name="Registration").click()
    code = stage.ticket()
    expect(stage.kiosk.locator("#live")).to_contain_text("could not print", timeout=15_000)
    expect(stage.console.locator("#live")).to_contain_text("out of paper", timeout=15_000)
    expect(stage.console.locator("#live")).to_contain_text(code)

    stage.clinic.fault(paper="ok")
    until(lambda: len(stage.clinic.papers()) > before, 30, "The ticket did not come out after the new roll.")
    expect(stage.console.locator("#live")).not_to_contain_text("out of paper", timeout=30_000)
    stage.done()


def test_no_page_complained(stage: Stage) -> None:
    assert [error for error in stage.errors if "favicon" not in error] == []


def announced_at(stage: Stage, code: str) -> object:
    """When the first board said that it announced this call."""
    with stage.clinic.database.snapshot(at=stage.clinic.now) as seen:
        return next(t.announced_at for t in seen.snapshot.tickets.values() if t.code == code)
