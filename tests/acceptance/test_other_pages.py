"""The pages that are nobody's surface of their own: axe finds nothing, nothing is wider than the screen."""

from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.acceptance.running import RunningClinic
from tests.acceptance.stage import Stage

TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = [
    "/", "/sign-in", "/pair/kiosk/front", "/pair/board/lobby", "/console/screens", "/console/appointments",
    "/nothing-here",
]  # fmt: skip
SIZES = [(1440, 900), (390, 844)]


@pytest.fixture(scope="module")
def unguarded(stage: Stage, chromium: Browser) -> Iterator[Page]:
    """A page that is signed in as Ana is, and lets axe's script in."""
    context = chromium.new_context(bypass_csp=True, storage_state=stage.console.context.storage_state())
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(running: RunningClinic, unguarded: Page, path: str, size: tuple[int, int]) -> None:
    unguarded.set_viewport_size({"width": size[0], "height": size[1]})
    unguarded.goto(running.url + path)
    assert_accessible(unguarded)


def test_the_letter_of_an_appointment_is_accessible(running: RunningClinic, unguarded: Page) -> None:
    booked = running.expect(25, family_name="Moreau", given_name="Luc", birth_date=date(1970, 1, 2))
    unguarded.goto(running.url + "/console/appointments")
    letter = unguarded.locator(f"a[href*='{booked.id}']").first.get_attribute("href")
    unguarded.goto(running.url + str(letter))
    assert_accessible(unguarded)


def assert_accessible(page: Page) -> None:
    """No violation, and nothing to scroll sideways to."""
    found = Axe().run(page, options=TAGS).response["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
