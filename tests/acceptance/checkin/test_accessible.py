"""Every page of the kiosk, in every language, on two panels: accessible, big enough, nothing cut off."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.acceptance.checkin.conftest import PLACES, Panel, Place

LANGUAGES = ["en", "es", "ar"]
TOUCH_MM = 20
TYPE_MM = 4.8 / 0.71
"""A capital letter is 0.71 em high; 4.8 mm is the rule for public machines."""
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {name: {"enabled": True} for name in ("color-contrast-enhanced", "target-size")},
    "resultTypes": ["violations"],
}
CONTROLS = """() => [...document.querySelectorAll("button, summary, input:not([type=hidden])")]
  .filter((control) => control.checkVisibility())
  .map((control) => {
    const box = control.getBoundingClientRect();
    return { name: control.textContent.trim(), width: box.width, height: box.height, left: box.left,
             right: box.right, cut: control.scrollWidth > control.clientWidth + 1 };
  })"""
TEXTS = """() => [...document.querySelectorAll(".kiosk *")]
  .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => ({ text: e.textContent.trim(), size: parseFloat(getComputedStyle(e).fontSize) }))"""
EDGES = """() => ({ wide: document.documentElement.scrollWidth - innerWidth,
                   high: document.documentElement.scrollHeight - innerHeight })"""


@pytest.fixture(scope="module")
def unguarded(panel: Panel) -> Page:
    """A page into which axe may be put, which our policy forbids."""
    return panel.open(bypass_csp=True).new_page()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(panel: Panel, unguarded: Page, place: Place, language: str) -> None:
    found: Any = Axe().run(panel.show(place, language, unguarded), options=AXE).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_fits_and_can_be_touched(panel: Panel, place: Place, language: str) -> None:
    page = panel.show(place, language)
    width = panel.config.stations[0].pixels[0]
    for control in page.evaluate(CONTROLS):
        assert control["width"] >= TOUCH_MM * panel.mm - 0.5, control
        assert control["height"] >= TOUCH_MM * panel.mm - 0.5, control
        assert 0 <= control["left"] < control["right"] <= width, control
        assert not control["cut"], control
    assert page.evaluate(EDGES) == {"wide": 0, "high": 0}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_all_words_are_large(panel: Panel, place: Place) -> None:
    for text in panel.show(place, "en").evaluate(TEXTS):
        assert text["size"] >= TYPE_MM * panel.mm - 0.5, text


def test_the_language_menu_of_a_small_panel_can_be_touched_too(panel: Panel) -> None:
    page = panel.show(PLACES[2], "en")
    menu = page.locator("summary")
    if not menu.is_visible():
        pytest.skip("The languages stand beside each other on a tall panel.")
    menu.click()
    for control in page.evaluate(CONTROLS):
        assert control["width"] >= TOUCH_MM * panel.mm - 0.5, control
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", name="¿Cómo quiere registrarse?").wait_for()
    assert page.locator("html").get_attribute("lang") == "es"
