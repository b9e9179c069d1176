"""The sounds that are checked in are those that the code makes, and they are soft."""

import wave
from pathlib import Path

import pytest

from kiosk.sounds import CHIME, SOUNDS, Sound

AUDIO = Path(__file__).parents[2] / "static" / "audio"

each_sound = pytest.mark.parametrize(("name", "sound"), SOUNDS.items())


@each_sound
def test_the_file_is_what_the_code_makes(name: str, sound: Sound, tmp_path: Path) -> None:
    sound.write(tmp_path / "sound.wav")

    assert (tmp_path / "sound.wav").read_bytes() == (AUDIO / f"{name}.wav").read_bytes()


@each_sound
def test_it_begins_and_ends_in_silence(name: str, sound: Sound) -> None:
    samples = sound.samples()

    assert samples[0] == 0
    assert abs(samples[-1]) < 50


@each_sound
def test_its_tones_are_where_older_ears_hear_well(name: str, sound: Sound) -> None:
    assert all(500 <= tone <= 1500 for tone in sound.tones_hz)


def test_the_chime_lasts_less_than_a_second() -> None:
    with wave.open(str(AUDIO / "chime.wav")) as file:
        assert 0.5 < file.getnframes() / file.getframerate() < 1.0


def test_the_chime_never_clips() -> None:
    assert max(map(abs, CHIME.samples())) < 24_000
