"""A board's calls aloud: for that board, while it shows them, and nothing else."""

import re
import shutil
import wave
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from display.pages import render_boards
from kiosk.access import Role
from kiosk.app import create_app
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database.migrations import migrate
from kiosk.speech.voices import EspeakNg, NotSpoken
from tests import cast
from tests.cast import Clock
from tests.integration.display.conftest import WaitingRoom
from tests.integration.shell.conftest import Enter


class Reader:
    """Speaks by writing down."""

    voices = frozenset({"en-us", "ar"})

    def say(self, voice: str, text: str) -> bytes:
        return f"{voice}: {text}".encode()


def spoken(page: str) -> list[tuple[str, str]]:
    """What the page announces: key and languages."""
    return re.findall(r'data-key="([^"]*)".*?data-aloud="([^"]*)"', page)


def test_a_call_is_said_in_the_patients_language_and_then_in_the_sites(
    here: Clinic, room: WaitingRoom, as_role: Enter
) -> None:
    here.voices.speaker = Reader()
    client = as_role(Role.BOARD)
    ticket, _ = room.arrive(language="ar")
    room.act("call", ticket, "room-2")
    ((key, languages),) = spoken(client.get("/board/lobby").text)

    assert languages == "ar en"
    english = client.get(f"/board/lobby/speech/{key}/en")
    assert english.mimetype == "audio/wav"
    assert english.data == b"en-us: B, 0, 0, 1, please go to Room 2"
    assert client.get(f"/board/lobby/speech/{key}/ar").text.startswith("ar: ")
    assert "B, 0, 0, 1" in client.get(f"/board/lobby/speech/{key}/ar").text


def test_a_language_without_a_voice_is_left_out(here: Clinic, room: WaitingRoom, as_role: Enter) -> None:
    here.voices.speaker = Reader()
    ticket, _ = room.arrive(language="es")
    room.act("call", ticket, "room-2")
    client = as_role(Role.BOARD)
    ((key, languages),) = spoken(client.get("/board/lobby").text)

    assert languages == "en"
    assert client.get(f"/board/lobby/speech/{key}/es").status_code == 204


def test_the_real_voice_says_it(here: Clinic, room: WaitingRoom, as_role: Enter) -> None:
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    client = as_role(Role.BOARD)
    ((key, _),) = spoken(client.get("/board/lobby").text)
    with wave.open(BytesIO(client.get(f"/board/lobby/speech/{key}/en").data)) as sound:
        assert sound.getnframes() / sound.getframerate() > 1


def test_only_the_board_itself_hears_its_calls(here: Clinic, room: WaitingRoom, as_role: Enter) -> None:
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    ((key, _),) = spoken(as_role(Role.BOARD).get("/board/lobby").text)
    address = f"/board/lobby/speech/{key}/en"

    for role in (Role.ANYONE, Role.KIOSK, Role.HOST, Role.COORDINATOR):
        assert as_role(role).get(address).status_code in (303, 401, 403), role


@pytest.mark.parametrize("call", ["recalled", "over", "never there"])
def test_what_the_board_does_not_show_is_not_said(room: WaitingRoom, as_role: Enter, call: str) -> None:
    client = as_role(Role.BOARD)
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    ((key, _),) = spoken(client.get("/board/lobby").text)
    if call == "recalled":
        room.clock.at += cast.minutes(1)  # type: ignore[attr-defined]
        room.act("recall", ticket)
    elif call == "over":
        room.act("start", ticket)
    else:
        key = "Buy gold"

    assert client.get(f"/board/lobby/speech/{key}/en").status_code == 204


def test_a_voice_that_fails_is_no_error_of_the_board(here: Clinic, room: WaitingRoom, as_role: Enter) -> None:
    class Hoarse(Reader):
        def say(self, voice: str, text: str) -> bytes:
            raise NotSpoken

    here.voices.speaker = Hoarse()
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    client = as_role(Role.BOARD)
    ((key, _),) = spoken(client.get("/board/lobby").text)

    assert client.get(f"/board/lobby/speech/{key}/en").status_code == 204


def test_without_espeak_ng_the_board_works_and_is_silent(
    here: Clinic, room: WaitingRoom, as_role: Enter
) -> None:
    here.voices.speaker = EspeakNg(150, "/nowhere/espeak-ng")
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    page = as_role(Role.BOARD).get("/board/lobby").text

    assert "B001" in page
    assert [languages for _, languages in spoken(page)] == [""]


def test_a_board_that_should_not_speak_does_not(tmp_path: Path, migrated: Path) -> None:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    quiet: Config = cast.config(tmp_path, boards=[{"id": "lobby", "name": "Lobby", "speech": False}])
    migrate(quiet)
    app: Flask = create_app(quiet, now=Clock())
    room = WaitingRoom(app.extensions["clinic"], Clock())
    ticket, _ = room.arrive()
    room.act("call", ticket, "room-2")
    _, html = render_boards(app)["lobby"]
    assert [languages for _, languages in spoken(html)] == [""]
    app.extensions["clinic"].database.close()
