"""Every board, in every state: nothing is cut off, letters are as tall as ADA 703.5.5 wants; axe agrees."""

from collections.abc import Iterator
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from display.lettering import capital_inches
from tests.acceptance.display.conftest import BOARDS, SIZES, Served, serve
from tests.acceptance.running import until

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}
CUT = """() => [...document.querySelectorAll("#live *, .board-header *")]
  .filter((e) => e.checkVisibility() && !(e instanceof SVGElement) && e.getBoundingClientRect().width > 0)
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 || box.left < -0.5
    || box.right > innerWidth + 0.5 || box.top < -0.5 || box.bottom > innerHeight + 0.5)
  .map(([e]) => `${e.className} ${e.textContent.trim()}`)"""
CAPITALS = """() => [...document.querySelectorAll(".call__code, .call__desk, .board__codes .code")]
  .filter((e) => e.checkVisibility())
  .map((e) => {
    const style = getComputedStyle(e), pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return [e.textContent.trim(), pen.measureText("H").actualBoundingBoxAscent];
  })"""
CALLED = [0, 1, 3, 8]


@pytest.fixture(scope="module", params=[("en", "es", "ar"), ("ar", "en")], ids=lambda codes: codes[0])
def clinic(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Served]:
    """A clinic that speaks English first, then one that speaks Arabic first; the boards lie in `pages`."""
    site = {"id": "riverside", "name": "Riverside Clinic", "timezone": "America/New_York",
            "languages": list(request.param)}  # fmt: skip
    yield from serve(Path(tmp_path_factory.mktemp("looks")), chromium, site=site)


@pytest.fixture(scope="module")
def pages(clinic: Served) -> dict[str, Page]:
    """One open board of each size."""
    return {name: clinic.board(name, bypass_csp=True) for name in SIZES}


@pytest.fixture(params=CALLED, ids=lambda number: f"{number}-called")
def called(request: pytest.FixtureRequest, clinic: Served) -> int:
    """So many patients are called, one is being served, three wait; everybody before has left."""
    with clinic.here.database.begin(at=clinic.room.clock()) as tx:
        for ticket in list(tx.room):
            if ticket.closed_at is None:
                tx.room.cancel(ticket.id, at=tx.at, by="test")
    number: int = request.param
    if number < len(clinic.here.config.desks):
        served, _ = clinic.room.arrive()
        clinic.room.act("call", served, "room-8")
        clinic.room.act("start", served)
    clinic.call(number)
    for _ in range(3):
        clinic.room.arrive()
    return number


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board["id"])
def test_all_calls_stand_on_the_screen_legible_and_uncut(
    clinic: Served, pages: dict[str, Page], called: int, board: dict[str, Any]
) -> None:
    page = pages[board["id"]]
    expect(page.locator("#announcements li")).to_have_count(called, timeout=10_000)
    page.wait_for_function("document.fonts.status === 'loaded'")

    # A picture that has just come settles within a moment: what counts is how it stands then.
    until(lambda: page.evaluate(CUT) == [], 5, "Something stays cut off.")
    height_inches = board["inches"] * board["pixels"][1] / hypot(*board["pixels"])
    capitals = page.evaluate(CAPITALS)
    assert len(capitals) >= 2 * min(called, 2)
    for text, pixels in capitals:
        assert pixels / board["pixels"][1] * height_inches >= capital_inches(6) * 0.995, text


def test_axe_finds_nothing(clinic: Served, pages: dict[str, Page], called: int) -> None:
    page = pages["lobby"]
    expect(page.locator("#announcements li")).to_have_count(called, timeout=10_000)
    found: Any = Axe().run(page, options=AXE).response["violations"]

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
