"""The waiting room's loudspeaker: chime, then the call in words, one after the other, in real Chromium."""

import re
from itertools import pairwise
from typing import Any

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.acceptance.display.conftest import Served
from tests.acceptance.display.test_board_screen import announced
from tests.acceptance.running import until

RECORD = """
  globalThis.played = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function () {
    const sound = { seconds: this.buffer.duration, from: this.context.currentTime };
    globalThis.played.push(sound);
    this.addEventListener("ended", () => { sound.until = this.context.currentTime; });
    return start.call(this);
  };
"""
CHIME_S = 0.9


def listening(served: Served) -> tuple[Page, list[str]]:
    """The board's page, which writes down what it plays, and the speech that it asks for."""
    page = served.open("/board/lobby", 1920, 1080)
    page.add_init_script(RECORD)
    asked: list[str] = []
    page.on("request", lambda request: "/speech/" in request.url and asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    return page, asked


def heard(page: Page, number: int) -> list[dict[str, Any]]:
    """What was played, once so many sounds have ended."""
    ended = "(number) => played.length >= number && played.slice(0, number).every((sound) => sound.until)"
    page.wait_for_function(ended, arg=number, timeout=40_000)
    played: list[dict[str, Any]] = page.evaluate("played")
    return played


def languages(asked: list[str]) -> list[str]:
    """In which languages speech was asked for."""
    return [address.rpartition("/")[2] for address in asked]


def test_the_chime_comes_first_then_the_patients_language_then_the_sites(served: Served) -> None:
    page, asked = listening(served)
    ticket, _ = served.room.arrive(language="es")
    served.room.act("call", ticket, "room-1")
    chime, spanish, english = heard(page, 3)

    assert abs(chime["seconds"] - CHIME_S) < 0.1
    assert min(spanish["seconds"], english["seconds"]) > 1.5
    assert languages(asked) == ["es", "en"]
    assert announced(served, ticket)


def test_calls_never_talk_across_each_other_and_who_waits_is_called_sooner(served: Served) -> None:
    page, _ = listening(served)
    tickets = [served.room.arrive(language="ar")[0] for _ in range(3)]
    for desk, ticket in enumerate(tickets, start=1):
        served.room.act("call", ticket, f"room-{desk}")
    played = heard(page, 7)

    chimes = [abs(sound["seconds"] - CHIME_S) < 0.1 for sound in played]
    assert chimes == [True, False, True, False, True, False, False]
    assert all(earlier["until"] <= later["from"] + 0.05 for earlier, later in pairwise(played))


def test_a_call_that_is_taken_back_before_it_is_said_is_not_said(served: Served) -> None:
    page, _ = listening(served)
    kept: list[tuple[Route, APIResponse]] = []
    page.route(re.compile("/speech/"), lambda route: kept.append((route, route.fetch())))
    (ticket,) = served.call(1)
    heard(page, 1)
    until(lambda: page.evaluate("1") and kept, what="The board did not ask for speech.")
    served.room.act("hold", ticket)
    expect(page.locator(".call")).to_have_count(0)
    (route, speech), *_ = kept
    route.fulfill(response=speech)
    served.call(1, first_desk=2)
    chime, next_chime = heard(page, 2)

    assert next_chime["seconds"] == chime["seconds"]


def test_a_board_whose_speech_does_not_come_chimes_and_reports(served: Served) -> None:
    page, _ = listening(served)
    page.route(re.compile("/speech/"), lambda route: route.abort())
    first, second = served.call(2)
    heard(page, 2)

    until(lambda: announced(served, first) and announced(served, second))
    served.complaints.clear()
