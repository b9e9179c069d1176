"""The real espeak-ng, and what happens where it is missing or fails."""

import io
import threading
import wave
from pathlib import Path

import pytest
import structlog

from kiosk.speech.voices import EspeakNg, NotSpoken, Voices


@pytest.fixture(scope="module")
def espeak() -> EspeakNg:
    """Debian's program."""
    return EspeakNg(150)


def seconds(wav: bytes) -> float:
    """How long a WAV lasts; it must be one."""
    with wave.open(io.BytesIO(wav)) as sound:
        frames = sound.readframes(sound.getnframes())
        assert any(frames), "There is only silence."
        return sound.getnframes() / sound.getframerate()


def script(folder: Path, text: str) -> str:
    """A program that speaks in place of espeak-ng."""
    program = folder / "speaker"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "B, 0, 4, 2, please go to Room 3"), ("es", "B, 0, 4, 2, pase a Room 3"), ("ar", "رقمك هو")],
)
def test_every_language_of_the_demo_is_heard(espeak: EspeakNg, language: str, text: str) -> None:
    voices = Voices(espeak, {})

    assert voices.has(language)
    assert 0.3 < seconds(voices.say(language, text)) < 10


def test_more_signs_take_longer(espeak: EspeakNg) -> None:
    voices = Voices(espeak, {})
    assert seconds(voices.say("en", "B, 0, 4, 2")) > seconds(voices.say("en", "B, 0"))


def test_the_site_decides_how_fast(espeak: EspeakNg) -> None:
    slowly, quickly = (Voices(EspeakNg(speed), {}).say("en", "Take a seat.") for speed in (90, 300))
    assert seconds(slowly) > seconds(quickly)


@pytest.mark.parametrize("text", ["-w /tmp/x", "$(touch x); `touch x`", "<speak>", "[[", "--voices"])
def test_a_text_is_never_an_option_nor_a_command(espeak: EspeakNg, tmp_path: Path, text: str,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Voices(espeak, {}).say("en", f"Hello. {text}")
    assert list(tmp_path.iterdir()) == []


def test_a_language_without_a_voice_is_silent(espeak: EspeakNg) -> None:
    voices = Voices(espeak, {})
    assert not voices.has("so")
    with pytest.raises(NotSpoken):
        voices.say("so", "…")


def test_without_the_program_everything_is_silent() -> None:
    voices = Voices(EspeakNg(150, program="/nowhere/espeak-ng"), {})
    assert not voices.has("en")
    with pytest.raises(NotSpoken):
        voices.say("en", "Take a seat.")


@pytest.mark.parametrize("fails", ["exit 3", "cat >/dev/null; echo no sound", "kill -9 $$"])
def test_a_program_that_fails_is_logged_without_what_it_should_have_said(tmp_path: Path, fails: str) -> None:
    listing = 'if [ "$1" = --voices ]; then printf "Pty Language\\n 5 en-us\\n"; exit; fi\n'
    voices = Voices(EspeakNg(150, program=script(tmp_path, listing + fails)), {})

    with structlog.testing.capture_logs() as logs, pytest.raises(NotSpoken):
        voices.say("en", "Wilhelmina V.")

    assert [line["event"] for line in logs] == ["speech.failed"]
    assert "Wilhelmina" not in str(logs)


class Counting:
    """Speaks, and remembers what it was asked."""

    voices = frozenset({"en-us"})

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, voice: str, text: str) -> bytes:
        self.said.append(text)
        return text.encode()


def test_a_call_is_spoken_once_for_all_boards() -> None:
    speaker = Counting()
    voices = Voices(speaker, {})
    boards = [threading.Thread(target=voices.announce, args=("en", "B, 1")) for _ in range(8)]
    for board in boards:
        board.start()
    for board in boards:
        board.join()

    assert speaker.said == ["B, 1"]


def test_what_a_patient_hears_is_not_kept() -> None:
    speaker = Counting()
    voices = Voices(speaker, {})
    voices.say("en", "Wilhelmina V.")
    voices.say("en", "Wilhelmina V.")

    assert speaker.said == ["Wilhelmina V."] * 2
