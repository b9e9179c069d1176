"""The waiting room's screen in real Chromium: calls appear, are announced in turn, and never grow stale."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kiosk.clinic import utc_now
from kiosk.config import checks
from tests.acceptance.display.conftest import Cable, Served, serve
from tests.acceptance.running import until
from tests.browser import stop_time
from tests.cast import minutes

ANNOUNCED = ".call--announced .call__code"
RECORD = """
  globalThis.heard = [];
  document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
    const codes = [...document.querySelectorAll(".call--announced .call__code")];
    const now = codes.map((code) => code.textContent).join("+");
    if (now !== globalThis.heard.at(-1)) globalThis.heard.push(now);
  }).observe(document.body, { subtree: true, childList: true, attributes: true }));
"""


def announced(served: Served, ticket: str) -> bool:
    """Tell whether the board has reported the ticket's call."""
    return served.ticket(ticket).announced_at is not None


def test_a_call_appears_without_reload_is_sounded_and_reported(served: Served) -> None:
    page = served.board()
    sounds = []
    page.on("request", lambda request: sounds.append(request.url))
    page.evaluate("globalThis.sameDocument = true")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Please take a seat")

    (ticket,) = served.call(1)

    expect(page.locator(".call--newest")).to_contain_text("B001")
    expect(page.locator(".call--newest")).to_contain_text("Room 1")
    expect(page.locator(ANNOUNCED)).to_have_text("B001")
    expect(page.locator("#announcing")).to_have_text("B001, please go to Room 1")
    until(lambda: announced(served, ticket), what="The board did not report the call.")
    expect(page.locator(ANNOUNCED)).to_have_count(0, timeout=30_000)
    expect(page.locator("#now-calling")).to_be_visible()
    assert page.evaluate("globalThis.sameDocument")
    assert page.evaluate(
        "performance.getEntriesByType('resource').some((e) => e.name.endsWith('/chime.wav'))"
    )


def test_calls_at_once_are_announced_one_after_the_other(served: Served) -> None:
    page = served.open("/board/lobby", 1920, 1080)
    page.add_init_script(RECORD)
    page.reload()
    page.wait_for_load_state("networkidle")
    tickets = served.call(3)

    until(lambda: all(announced(served, ticket) for ticket in tickets), seconds=25)
    expect(page.locator(ANNOUNCED)).to_have_count(0, timeout=30_000)
    assert [code for code in page.evaluate("heard") if code] == ["B001", "B002", "B003"]
    times = [served.ticket(ticket).announced_at for ticket in tickets]
    assert all((later - earlier).total_seconds() > 3 for earlier, later in pairwise(times))


def test_a_recall_is_announced_again(served: Served) -> None:
    page = served.board()
    (ticket,) = served.call(1)
    until(lambda: announced(served, ticket))
    served.room.act("recall", ticket)
    assert not announced(served, ticket)

    until(lambda: announced(served, ticket))
    expect(page.locator(ANNOUNCED)).to_have_text("B001")


def test_a_call_that_was_taken_back_is_not_announced_any_more(served: Served) -> None:
    page = served.board()
    first, second = served.call(2)
    expect(page.locator(ANNOUNCED)).to_have_text("B001")
    served.room.act("hold", second)

    expect(page.locator(".call")).to_have_count(1)
    expect(page.locator(ANNOUNCED)).to_have_count(0, timeout=30_000)
    assert announced(served, first)
    assert not announced(served, second)


def test_after_a_cut_the_screen_repairs_itself(served: Served, cable: Cable) -> None:
    page = served.board(cable=cable)
    cable.pull()
    served.call(1)
    page.wait_for_timeout(500)
    expect(page.locator(".call")).to_have_count(0)
    cable.plug()

    expect(page.locator(".call--newest")).to_contain_text("B001", timeout=10_000)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    served.complaints.clear()


def test_a_call_of_long_ago_is_shown_but_not_sounded(served: Served) -> None:
    ticket, _ = served.room.arrive()
    with served.here.database.begin(at=utc_now() - minutes(2)) as tx:
        tx.room.call(ticket, "room-1", at=tx.at, by="test")
    page = served.board()

    expect(page.locator(".call--newest")).to_contain_text("B001")
    page.wait_for_timeout(2000)
    expect(page.locator(ANNOUNCED)).to_have_count(0)
    assert not announced(served, ticket)


def test_a_silent_server_is_said_within_ten_seconds_and_old_calls_are_hidden_after_thirty(
    served: Served, cable: Cable
) -> None:
    served.call(1)
    page = served.open("/board/lobby", 1920, 1080)
    stop_time(page)
    cable.run_through(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#away")).to_be_hidden()
    cable.pull()

    page.clock.run_for(10_000)
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator(".call--newest")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator("html")).to_have_attribute("data-connection", "lost")
    expect(page.locator(".call--newest")).to_be_hidden()
    expect(page.get_by_text("Screen is reconnecting. Staff will call you.")).to_be_visible()
    served.complaints.clear()


def test_calls_that_do_not_fit_take_turns_and_each_page_is_numbered(served: Served) -> None:
    for ticket in served.call(8):
        with served.here.database.begin(at=utc_now()) as tx:
            tx.room.changes[ticket] = tx.room.ticket(ticket).changed(called_at=utc_now() - minutes(3))
            tx.record("moved", by="test")
    page = served.open("/board/lobby", 1920, 1080)
    stop_time(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    seen = set()
    for turn in range(4):
        expect(page.locator("#page")).to_have_text(f"{turn + 1} / 4")
        visible = page.locator(".call:visible .call__code").all_inner_texts()
        assert visible[0] == page.locator(".call--newest .call__code").inner_text()
        seen |= set(visible)
        page.clock.run_for(7_000)

    assert seen == {f"B00{n}" for n in range(1, 9)}


def test_the_clock_is_the_clinics(served: Served) -> None:
    page = served.board(timezone_id="Asia/Tokyo")
    clinic = served.here.local(utc_now())

    assert page.locator("#clock").inner_text() in {
        f"{(clinic + minutes(late)):%-I:%M\u202f%p}" for late in (0, 1)
    } | {f"{(clinic + minutes(late)):%-I:%M %p}" for late in (0, 1)}


def test_who_wants_no_motion_sees_none(served: Served) -> None:
    page = served.board(reduced_motion="reduce")
    served.call(1)
    expect(page.locator(".call--announced")).to_be_visible()

    # What base.css lets be lasts a hundredth of a millisecond, and is in the list until the next frame.
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_highlight_breathes_slower_than_once_a_second_and_ends(served: Served) -> None:
    page = served.board()
    served.call(1)
    expect(page.locator(".call--announced")).to_be_visible()
    timing = page.evaluate(
        "document.getAnimations().map((each) => each.effect.getComputedTiming())"
        ".map((time) => [time.duration, time.activeDuration])"
    )

    assert all(period >= 1000 and whole <= 5000 for period, whole in timing)
    assert timing


@pytest.fixture
def many_languages(tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A clinic of five languages, two of which are not translated yet and say everything in English."""
    monkeypatch.setattr(checks, "_translated", lambda language: True)
    site = {"id": "riverside", "name": "Riverside Clinic", "timezone": "America/New_York",
            "languages": ["en", "es", "ar", "fr", "vi"]}  # fmt: skip
    yield from serve(tmp_path, chromium, site=site)


def test_more_than_three_languages_take_turns(many_languages: Served) -> None:
    page = many_languages.open("/board/lobby", 1920, 1080)
    stop_time(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    said = page.locator(".board__idle [lang]:visible")
    rounds = []
    for _ in range(3):
        rounds.append(said.evaluate_all("(all) => all.map((each) => each.lang)"))
        page.clock.run_for(7_000)

    assert rounds == [["en", "es", "ar"], ["fr", "vi"], ["en", "es", "ar"]]


@pytest.fixture
def silent(tmp_path: Path, chromium: Browser) -> Iterator[Served]:
    """A clinic whose board's browser sounds nothing before somebody touches it."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=flags)
    yield from serve(tmp_path, browser)
    browser.close()


def test_a_browser_that_refuses_sound_says_so_and_reports_nothing(silent: Served) -> None:
    page = silent.board()
    expect(page.locator("#sound-off")).to_be_visible()
    (ticket,) = silent.call(1)
    expect(page.locator(ANNOUNCED)).to_have_text("B001")
    page.wait_for_timeout(2000)
    assert not announced(silent, ticket)

    page.mouse.click(400, 400)
    expect(page.locator("#sound-off")).to_be_hidden()
    silent.room.act("recall", ticket)
    until(lambda: announced(silent, ticket), what="Sound was allowed, and nothing was sounded.")
