"""The patient's phone in real Chromium: it follows the queue, and buzzes once it was allowed to."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.acceptance.display.conftest import Cable, Served
from tests.acceptance.display.test_board_looks import AXE
from tests.acceptance.running import until
from tests.browser import stop_time

BUZZ = """
  globalThis.buzzed = [];
  navigator.vibrate = (pattern) => globalThis.buzzed.push(pattern);
"""
EDGES = """() => ({ wide: document.documentElement.scrollWidth - innerWidth,
                   high: document.documentElement.scrollHeight - innerHeight })"""
STATES: dict[str, list[str]] = {
    "waiting": [],
    "called": ["call"],
    "serving": ["call", "start"],
    "served": ["call", "start", "finish"],
    "held": ["hold"],
    "no_show": ["no_show"],
    "cancelled": ["cancel"],
}


def phone(served: Served, address: str, **options: Any) -> Page:
    """The patient's phone, which can buzz."""
    page = served.open(address, 390, 844, has_touch=True, **options)
    page.add_init_script(BUZZ)
    page.reload()
    page.wait_for_load_state("networkidle")
    return page


def test_the_phone_follows_the_queue_without_reload(served: Served) -> None:
    first, _ = served.room.arrive()
    _, address = served.room.arrive()
    page = phone(served, address)
    page.evaluate("globalThis.sameDocument = true")
    expect(page.locator("#live")).to_contain_text("1 person before you")
    served.room.act("call", first, "room-1")

    expect(page.locator("#live")).to_contain_text("You are next", timeout=30_000)
    assert page.evaluate("sameDocument")


def test_it_buzzes_when_the_call_comes_after_a_tap(served: Served) -> None:
    ticket, address = served.room.arrive()
    page = phone(served, address)
    page.get_by_role("button", name="Alert me").tap()
    expect(page.get_by_role("button", name="This phone will alert you")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.evaluate("buzzed.length") == 1
    served.room.act("call", ticket, "room-2")

    expect(page.locator("#live")).to_contain_text("Room 2", timeout=30_000)
    assert page.evaluate("buzzed.length") == 2
    served.room.act("recall", ticket)
    until(lambda: page.evaluate("buzzed.length") == 3, what="The recall did not buzz.")


def test_it_does_not_buzz_unasked(served: Served) -> None:
    ticket, address = served.room.arrive()
    page = phone(served, address)
    served.room.act("call", ticket, "room-2")

    expect(page.locator("#live")).to_contain_text("Room 2", timeout=30_000)
    assert page.evaluate("buzzed") == []


def test_a_phone_without_connection_says_so(served: Served, cable: Cable) -> None:
    _, address = served.room.arrive()
    page = served.open(address, 390, 844)
    stop_time(page)
    cable.run_through(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("No connection.")).to_be_hidden()
    cable.pull()
    page.clock.run_for(31_000)

    expect(page.get_by_text("No connection.")).to_be_visible()
    served.complaints.clear()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("actions", STATES.values(), ids=STATES)
def test_every_state_fits_the_phone_and_axe_finds_nothing(
    served: Served, actions: list[str], language: str
) -> None:
    ticket, address = served.room.arrive(language=language)
    for action in actions:
        served.room.act(action, ticket, *(["room-1"] if action == "call" else []))
    page = served.open(address, 390, 844, bypass_csp=True)
    found: Any = Axe().run(page, options=AXE).response["violations"]

    assert page.evaluate(EDGES) == {"wide": 0, "high": 0}
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
