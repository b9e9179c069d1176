"""A kiosk's page aloud: its own words, for its own screen, and nothing of it is kept."""

import pytest
import structlog
from flask.testing import FlaskClient

from kiosk.checkin.rules.steps import Step
from kiosk.speech.voices import EspeakNg
from tests.integration.checkin.conftest import BORN, Kiosk


class Reader:
    """Speaks by writing down."""

    voices = frozenset({"en-us", "es-419", "ar"})

    def say(self, voice: str, text: str) -> bytes:
        return f"{voice}: {text}".encode()


@pytest.fixture
def heard(kiosk: Kiosk) -> Kiosk:
    """The kiosk, with a voice that can be read."""
    kiosk.clinic.voices.speaker = Reader()
    kiosk.look()
    return kiosk


def say(
    kiosk: Kiosk, *texts: str, language: str = "en", client: FlaskClient | None = None
) -> tuple[int, str]:
    """Ask for some words aloud; the answer's status and what is heard."""
    form = {**kiosk.form(""), "text": list(texts), "language": language}
    answer = (client or kiosk.client).post("/kiosk/front/speech", data=form)
    return answer.status_code, answer.text if answer.status_code == 200 else ""


def test_the_words_of_the_page_are_said_in_its_language(heard: Kiosk) -> None:
    assert say(heard, "Check in here") == (200, "en-us: Check in here")
    assert say(heard, "Regístrese aquí", language="es") == (200, "es-419: Regístrese aquí")


@pytest.mark.parametrize("texts", [("Buy gold",), ("Check in here", "Buy gold"), ("Check in",)])
def test_other_words_are_not_said(heard: Kiosk, texts: tuple[str, ...]) -> None:
    assert say(heard, *texts) == (204, "")


def test_a_page_that_was_left_is_not_said_any_more(heard: Kiosk) -> None:
    heard.press("appointment")
    assert say(heard, "I have no appointment") == (204, "")
    assert say(heard, "How do you want to check in?")[0] == 200


def test_a_name_is_said_while_it_stands_there_and_is_nowhere_else(heard: Kiosk) -> None:
    heard.expect("Quillfeather", "Zephyrine")
    with structlog.testing.capture_logs() as logs:
        assert heard.named("Quillfeather", BORN) is Step.CONFIRM
        form = {**heard.form(""), "text": "Zephyrine Q.", "language": "en"}
        answer = heard.client.post("/kiosk/front/speech", data=form)
    assert answer.text == "en-us: Zephyrine Q."
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Zephyrine" not in str(logs)
    assert heard.clinic.voices._announced.cache_info().currsize == 0
    heard.press("start_over")
    assert say(heard, "Zephyrine Q.") == (204, "")


def test_only_the_stations_own_screen_is_answered(heard: Kiosk) -> None:
    stranger = heard.app.test_client()
    assert say(heard, "Check in here", client=stranger)[0] in (400, 403)
    assert heard.client.post("/kiosk/front/speech", data={"text": "Check in here"}).status_code == 400


def test_too_many_pieces_are_no_sentence_of_ours(heard: Kiosk) -> None:
    assert say(heard, *["Check in here"] * 101) == (204, "")


def test_a_language_that_nobody_speaks_here_is_silent(heard: Kiosk) -> None:
    assert say(heard, "Check in here", language="so") == (204, "")
    assert say(heard, "Check in here", language="") == (204, "")


def test_without_a_voice_the_page_offers_none(kiosk: Kiosk) -> None:
    kiosk.clinic.voices.speaker = EspeakNg(150, program="/nowhere/espeak-ng")
    page = kiosk.look()
    assert "data-speech" not in page
    assert "To listen" not in page
    assert say(kiosk, "Check in here") == (204, "")
    assert kiosk.press("appointment") is Step.SCAN
