"""A patient at the kiosk: by touch, by keypad alone, slow, gone, or not understood."""

from datetime import date

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from kiosk.appointments.codes import booking_code
from kiosk.checkin import dialogue
from kiosk.identity.manual_code import manual_code
from kiosk.tasks import records as tasks
from tests.acceptance.checkin.conftest import PLACE, PLACES, Panel
from tests.browser import stop_time

WELCOME, NAME, CONFIRM = PLACE["welcome"], PLACE["name"], PLACE["confirm"]
LONG_AGO = "1948"


def question(page: Page, words: str) -> None:
    """The page asks this, and the focus is where one hears it."""
    expect(page.locator("#question")).to_have_text(words)


def test_by_touch_with_the_letters_on_the_screen(panel: Panel) -> None:
    panel.expect(family_name="Núñez", given_name="Ana", birth_date=date(1948, 9, 3))
    page = panel.show(WELCOME, "es")
    page.get_by_role("button", name="Tengo una cita").tap()
    page.get_by_role("button", name="Escribir mi apellido").tap()
    question(page, "¿Cuál es su apellido?")
    for letter in "NUÑXX":
        page.get_by_role("button", name=letter, exact=True).tap()
    for _ in "XX":
        page.get_by_role("button", name="Borrar la última letra").tap()
    for letter in "EZ":
        page.get_by_role("button", name=letter, exact=True).tap()
    expect(page.get_by_role("textbox")).to_have_value("NUÑEZ")
    page.get_by_role("button", name="Continuar").tap()
    page.get_by_role("button", name="septiembre").tap()
    page.get_by_role("button", name="3", exact=True).tap()
    question(page, "¿En qué año nació?")
    expect(page.get_by_role("textbox")).to_have_value("")
    for digit in LONG_AGO:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Continuar").tap()
    expect(page.locator(".kiosk__name")).to_have_text("Ana N.")
    page.get_by_role("button", name="Sí, regístrenme").tap()
    expect(page.locator(".kiosk__checked-in")).to_have_text("Su llegada está registrada. Su número es B002.")
    page.get_by_role("button", name="No tengo, o lo veo en recepción").tap()
    question(page, "Su llegada está registrada")
    expect(page.locator(".kiosk__code")).to_have_text("B002")
    page.get_by_role("button", name="Listo").tap()
    question(page, "Check in here")


def test_the_nudge_after_an_answer_brings_nothing_new(panel: Panel) -> None:
    page = panel.show(WELCOME, "en")
    with page.expect_response(lambda response: response.status == 304):
        page.get_by_role("button", name="I have an appointment").tap()
    question(page, "How do you want to check in?")


def test_the_menu_of_languages_closes_when_one_is_chosen(panel: Panel) -> None:
    page = panel.show(NAME, "en")
    if page.locator(".kiosk__languages").is_visible():
        return
    menu = page.locator(".kiosk__more")
    menu.locator("summary").tap()
    page.locator("#question").tap()
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").tap()
    menu.get_by_role("button", name="Español").tap()
    question(page, "¿Cuál es su apellido?")
    expect(menu).not_to_have_attribute("open", "")


def test_by_a_keypad_alone(panel: Panel) -> None:
    panel.expect(family_name="Okafor", given_name="Ben", birth_date=date(1961, 2, 1))
    page = panel.show(WELCOME, "en")
    go(page, "I have an appointment")
    go(page, "Type my name")
    question(page, "What is your family name?")
    page.keyboard.type("okafor")
    page.keyboard.press("Enter")
    go(page, "February")
    go(page, "1")
    question(page, "In which year were you born?")
    page.locator("#question").focus()
    page.keyboard.type("1961")
    page.keyboard.press("Enter")
    question(page, "Is this you?")
    page.keyboard.press("Enter")
    go(page, "Yes, check me in")
    go(page, "Yes, I have it here")
    go(page, "Type the member number")
    question(page, "What is your member number?")
    page.keyboard.type("abc-1234567")
    page.keyboard.press("Enter")
    expect(page.locator(".kiosk__number")).to_have_text("ABC- 123 4567")
    go(page, "No, change it")
    expect(page.get_by_role("textbox")).to_have_value("ABC-1234567")
    page.locator("#question").focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    go(page, "Yes, this is right")
    question(page, "You are checked in")
    go(page, "Done")
    question(page, "Check in here")


def go(page: Page, name: str) -> None:
    """Move with the arrows, nearest first, until the button has the focus; press Enter."""
    wanted = page.get_by_role("button", name=name, exact=True)
    expect(wanted).to_be_visible()
    page.wait_for_function("document.activeElement !== document.body")
    for _ in range(30):
        if wanted.evaluate("(button) => button === document.activeElement"):
            page.keyboard.press("Enter")
            return
        here = page.evaluate(WHERE)
        there = wanted.evaluate(
            "(b) => { const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }"
        )
        across, down = there[0] - here[0], there[1] - here[1]
        vertical = "ArrowDown" if down > 0 else "ArrowUp"
        sideways = "ArrowRight" if across > 0 else "ArrowLeft"
        page.keyboard.press(vertical if abs(down) > 20 else sideways)
    raise AssertionError(f"The arrows do not lead to {name!r}.")


WHERE = """() => { const r = document.activeElement.getBoundingClientRect();
                   return [r.x + r.width / 2, r.y + r.height / 2]; }"""


def test_a_letter_under_the_scanner_turns_the_page_at_once(panel: Panel) -> None:
    appointment = panel.expect(family_name="Haddad", given_name="Omar", birth_date=date(1984, 11, 30))
    page = panel.show(WELCOME, "ar")
    page.wait_for_timeout(300)
    code = booking_code(panel.config, appointment).encode()
    dialogue.scanned(panel.clinic, "front", "scan-1", code)
    expect(page.locator(".kiosk__notice")).to_have_text("شكرًا. تمت القراءة.")
    question(page, "في أي شهر وُلدت؟")


def test_a_licence_is_declined_on_the_keypad(panel: Panel) -> None:
    page = panel.show(PLACE["consent"], "en")
    question(page, "May we read your licence?")
    go(page, "No, I will type my name")
    question(page, "What is your family name?")
    expect(page.get_by_role("textbox")).to_have_value("")


def test_the_code_of_a_letter_is_typed_with_letters_that_are_on_it(panel: Panel) -> None:
    appointment = panel.expect(family_name="Meyer", given_name="Eva", birth_date=date(1990, 6, 1))
    page = panel.show(PLACE["code"], "en")
    page.get_by_role("button", name="0", exact=True).tap()
    page.get_by_role("button", name="Continue").tap()
    expect(page.get_by_role("alert").filter(has_text="That is not the code.")).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_value("0")
    page.get_by_role("button", name="Delete the last letter").tap()
    for letter in manual_code(appointment.reference):
        page.get_by_role("button", name=letter, exact=True).tap()
    page.get_by_role("button", name="Continue").tap()
    question(page, "In which month were you born?")


def test_a_passcode_may_have_small_and_capital_letters(panel: Panel) -> None:
    page = panel.show(PLACE["passcode"], "en")
    page.get_by_role("button", name="a", exact=True).tap()
    page.get_by_role("button", name="ABC", exact=True).tap()
    page.get_by_role("button", name="B", exact=True).tap()
    expect(page.get_by_role("textbox")).to_have_value("aB")


def test_what_is_wrong_is_said_and_has_the_focus(panel: Panel) -> None:
    page = panel.show(NAME, "en")
    page.get_by_role("button", name="Continue").tap()
    problem = page.get_by_role("alert").filter(has_text="Touch the letters")
    expect(problem).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")


def test_help_is_announced_to_the_patient_and_to_staff(panel: Panel) -> None:
    page = panel.show(CONFIRM, "en")
    page.get_by_role("button", name="Get help").tap()
    expect(page.get_by_text("Help is coming")).to_be_visible()
    with panel.clinic.database.snapshot(at=panel.clinic.now()) as seen:
        assert "help_wanted" in {task.kind for task in tasks.open_tasks(seen)}


def test_nobody_there_is_asked_and_then_forgotten(panel: Panel) -> None:
    page = panel.open().new_page()
    stop_time(page)
    panel.show(CONFIRM, "en", page)
    page.clock.run_for(59_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.keyboard.press("Shift")
    page.clock.run_for(1_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(60_000)
    page.get_by_role("button", name="I am still here").tap()
    page.clock.run_for(1_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".kiosk__name")).to_be_visible()
    page.clock.run_for(92_000)
    question(page, "Check in here")
    assert "Wilhelmina" not in page.content()
    page.context.close()


def test_a_ticket_that_nobody_touches_is_cleared(panel: Panel) -> None:
    page = panel.open().new_page()
    stop_time(page)
    panel.show(PLACE["ticket"], "en", page)
    page.clock.run_for(14_000)
    question(page, "You are checked in")
    page.clock.run_for(2_000)
    question(page, "Check in here")
    page.context.close()


def test_the_browsers_back_button_shows_no_earlier_patient(panel: Panel) -> None:
    page = panel.show(CONFIRM, "en")
    page.get_by_role("button", name="Start over").tap()
    question(page, "Check in here")
    page.go_back()
    assert "Wilhelmina" not in page.content()


@pytest.mark.parametrize("panel", ["small"], indirect=True, scope="module")
def test_no_page_asks_for_what_the_policy_forbids(panel: Panel) -> None:
    said: list[ConsoleMessage] = []
    page = panel.open().new_page()
    page.on("console", lambda message: said.append(message))
    for place in PLACES:
        panel.turn(place, "en", page)
    assert [one.text for one in said if one.type == "error" and "icon.svg" not in str(one.location)] == []
    page.context.close()
