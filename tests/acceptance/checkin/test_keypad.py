"""The keys of a keypad beside the screen, in real Chromium."""

from playwright.sync_api import Page, expect

from tests.acceptance.checkin.conftest import PLACE, Panel
from tests.acceptance.checkin.test_using import question


def test_escape_goes_back_one_question(panel: Panel) -> None:
    page = panel.show(PLACE["day"], "en")
    page.keyboard.press("Escape")
    question(page, "In which month were you born?")


def test_f1_calls_for_help_and_opens_nothing_else(panel: Panel) -> None:
    page = panel.show(PLACE["month"], "en")
    assert press(page, "F1") is False, "The browser's own help stays away."
    expect(page.get_by_text("Help is coming")).to_be_visible()


def test_a_headset_that_is_pulled_out_starts_over(panel: Panel) -> None:
    page = panel.show(PLACE["check"], "en")
    press(page, "F14")
    question(page, "Check in here")


def test_escape_closes_the_menu_of_languages_first(panel: Panel) -> None:
    page = panel.show(PLACE["day"], "en")
    page.evaluate("document.querySelector('.kiosk__more').open = true")
    page.keyboard.press("Escape")
    expect(page.locator(".kiosk__more[open]")).to_have_count(0)
    question(page, "On which day of the month?")


def test_a_key_without_a_button_does_nothing(panel: Panel) -> None:
    page = panel.show(PLACE["insurance"], "en")
    for key in ("Escape", "F13", "F2"):
        press(page, key)
    question(page, "Is this still your insurance?")


def press(page: Page, key: str) -> bool:
    """Press it, as a keypad does; whether the browser would do what it does with that key."""
    pressed = "(key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', %s))"
    return bool(page.evaluate(pressed % "{ key, bubbles: true, cancelable: true }", key))
