"""The chime that is checked in is the one that the code makes, and it is soft."""

import wave
from pathlib import Path

from display.chime import CHIME

CHECKED_IN = Path(__file__).parents[3] / "static" / "audio" / "chime.wav"


def test_the_file_is_what_the_code_makes(tmp_path: Path) -> None:
    CHIME.write(tmp_path / "chime.wav")

    assert (tmp_path / "chime.wav").read_bytes() == CHECKED_IN.read_bytes()


def test_it_lasts_less_than_a_second() -> None:
    with wave.open(str(CHECKED_IN)) as file:
        assert 0.5 < file.getnframes() / file.getframerate() < 1.0


def test_it_begins_and_ends_in_silence_and_never_clips() -> None:
    samples = CHIME.samples()

    assert samples[0] == 0
    assert abs(samples[-1]) < 50
    assert max(map(abs, samples)) < 24_000


def test_its_tones_are_where_older_ears_hear_well() -> None:
    assert all(500 <= tone <= 1500 for tone in CHIME.tones_hz)
