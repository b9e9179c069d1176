"""The board's page: for the paired screen alone, drawn once per version, codes and desks only."""

import re

from flask import Flask

from display.drawing import draw
from display.pages import render_boards
from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.config import Board
from tests.cast import Clock, minutes
from tests.integration.display.conftest import WaitingRoom
from tests.integration.shell.conftest import Enter

LIVE = re.compile(r'<main id="live".*?</main>', re.DOTALL)


def live(page: str) -> str:
    """The page's live region."""
    found = LIVE.search(page)
    assert found is not None
    return found[0]


def test_a_screen_that_is_not_paired_is_sent_to_pairing(app: Flask) -> None:
    answer = app.test_client().get("/board/lobby")

    assert answer.status_code == 303
    assert answer.location.endswith("/pair/board/lobby")


def test_there_is_no_board_of_an_unknown_name(app: Flask) -> None:
    assert app.test_client().get("/board/cellar").status_code == 404


def test_the_board_shows_code_and_desk_of_whom_is_called(room: WaitingRoom, as_role: Enter) -> None:
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    page = as_role(Role.BOARD).get("/board/lobby").text

    assert "B001" in live(page)
    assert "Room 2" in live(page)


def test_the_board_names_no_person_and_no_service(room: WaitingRoom, as_role: Enter) -> None:
    waiting, _ = room.arrive()
    called, _ = room.arrive("registration")
    served, _ = room.arrive("consultation")
    room.act("call", called, "room-1")
    room.act("call", served, "room-3")
    room.act("start", served)
    page = as_role(Role.BOARD).get("/board/lobby").text

    for word in ("Garcia", "aboratory", "egistration", "onsultation", waiting):
        assert word not in page


def test_the_nudge_carries_exactly_what_the_page_serves(
    app: Flask, here: Clinic, room: WaitingRoom, as_role: Enter
) -> None:
    client = as_role(Role.BOARD)
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    page = client.get("/board/lobby").text
    version, html = render_boards(app)["lobby"]

    assert html.strip() == live(page)
    assert f'data-version="{version}"' in html


def test_a_version_is_drawn_once(app: Flask, room: WaitingRoom) -> None:
    room.arrive()
    once = render_boards(app)["lobby"][1]

    assert render_boards(app)["lobby"][1] is once


def test_a_new_day_is_drawn_anew(app: Flask, room: WaitingRoom, clock: Clock) -> None:
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    assert "B001" in render_boards(app)["lobby"][1]

    clock.at += minutes(60 * 20)
    assert "B001" not in render_boards(app)["lobby"][1]


def test_looking_again_at_the_same_picture_costs_nothing(room: WaitingRoom, as_role: Enter) -> None:
    client = as_role(Role.BOARD)
    room.arrive()
    first = client.get("/board/lobby")
    again = client.get("/board/lobby", headers={"X-Live": "look", "If-None-Match": first.headers["ETag"]})
    room.arrive()
    later = client.get("/board/lobby", headers={"X-Live": "look", "If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, later.status_code) == (200, 304, 200)
    assert again.data == b""


def test_the_screen_is_told_the_time(as_role: Enter, clock: Clock) -> None:
    answer = as_role(Role.BOARD).head("/board/lobby")

    assert answer.headers["X-Clock"] == clock().isoformat()


def test_who_is_called_is_told_in_their_own_language(room: WaitingRoom, as_role: Enter) -> None:
    english, _ = room.arrive(language="en")
    arabic, _ = room.arrive(language="ar")
    room.act("call", english, "room-1")
    room.act("call", arabic, "room-2")
    page = as_role(Role.BOARD).get("/board/lobby").text

    assert re.search(r'lang="en" dir="ltr">B001, please go to Room 1</li>', page)
    assert re.search(r'lang="ar" dir="rtl">[^<]*B002[^<]*Room 2[^<]*</li>', page)


def test_a_ticket_in_a_language_the_site_does_not_speak_is_told_in_the_sites_first(
    room: WaitingRoom, as_role: Enter
) -> None:
    ticket, _ = room.arrive(language="tlh")
    room.act("call", ticket, "room-1")

    assert "B001, please go to Room 1" in as_role(Role.BOARD).get("/board/lobby").text


def test_its_words_are_said_in_each_of_the_sites_languages(as_role: Enter) -> None:
    page = live(as_role(Role.BOARD).get("/board/lobby").text)

    for language, direction in (("en", "ltr"), ("es", "ltr"), ("ar", "rtl")):
        assert f'<span lang="{language}" dir="{direction}">' in page


def test_calls_that_do_not_fit_take_turns(app: Flask, here: Clinic, room: WaitingRoom) -> None:
    for desk in ("room-1", "room-2", "room-3"):
        room.act("call", room.arrive("consultation")[0], desk)
    large = Board(id="large", name="Large", inches=65)
    small = Board(id="small", name="Small", inches=32)
    with app.app_context(), here.database.snapshot(at=here.now()) as reading:
        on_large, on_small = draw(large, reading).html, draw(small, reading).html

    assert "data-page" not in on_large
    assert re.findall(r'data-page="(\d)"( hidden)?', on_small) == [
        ("0", ""),
        ("1", " hidden"),
        ("2", " hidden"),
    ]


def test_a_recall_is_a_new_announcement(room: WaitingRoom, as_role: Enter, clock: Clock) -> None:
    client = as_role(Role.BOARD)
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    first = re.search(r'data-key="([^"]+)"', client.get("/board/lobby").text)
    clock.at += minutes(1)
    room.act("recall", ticket)
    second = re.search(r'data-key="([^"]+)"', client.get("/board/lobby").text)

    assert first is not None
    assert second is not None
    assert first[1] != second[1]
