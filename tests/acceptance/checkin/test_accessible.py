"""Every page of the kiosk, in every language, on two panels: accessible, big enough, nothing cut off."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.acceptance.checkin.conftest import PLACE, PLACES, Panel, Place

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


SMALL, TALL = (
    pytest.mark.parametrize("panel", [kind], indirect=True, scope="module") for kind in ("small", "tall")
)


@pytest.fixture(scope="module")
def examined(panel: Panel) -> Page:
    """A page with axe in it, which our policy forbids. What axe looks at does not depend on the size."""
    page = panel.open(bypass_csp=True).new_page()
    page.goto(panel.url)
    page.evaluate(Axe().axe_script)
    return page


@SMALL
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_nothing(panel: Panel, examined: Page, place: Place) -> None:
    for language in ("en", "ar"):
        panel.turn(place, language, examined)
        found: Any = examined.evaluate("(options) => axe.run(options)", AXE)
        problems = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
        assert problems == [], language


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_everything_fits_and_can_be_touched_and_read(panel: Panel, place: Place) -> None:
    width = panel.config.stations[0].pixels[0]
    for language in LANGUAGES:
        page = panel.turn(place, language)
        for control in page.evaluate(CONTROLS):
            assert control["width"] >= TOUCH_MM * panel.mm - 0.5, control
            assert control["height"] >= TOUCH_MM * panel.mm - 0.5, control
            assert 0 <= control["left"] < control["right"] <= width, control
            assert not control["cut"], control
        for text in page.evaluate(TEXTS):
            assert text["size"] >= TYPE_MM * panel.mm - 0.5, text
        assert page.evaluate(EDGES) == {"wide": 0, "high": 0}, language


@SMALL
def test_the_language_menu_of_a_small_panel_can_be_touched_too(panel: Panel) -> None:
    page = panel.show(PLACE["scan"], "en")
    page.locator("summary").click()
    for control in page.evaluate(CONTROLS):
        assert control["width"] >= TOUCH_MM * panel.mm - 0.5, control
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", name="¿Cómo quiere registrarse?").wait_for()
    assert page.locator("html").get_attribute("lang") == "es"


@TALL
def test_the_question_stands_at_the_same_height_whatever_is_said_above_it(panel: Panel) -> None:
    tops = {
        panel.turn(PLACE[name], "en")
        .locator("h1")
        .evaluate("(h1) => Math.round(h1.getBoundingClientRect().top)")
        for name in ("name", "name, missing", "month", "day", "year", "year, missing", "confirm", "insurance")
    }
    assert len(tops) == 1
