"""The sound that is checked in is the one that the code makes."""

from pathlib import Path

from kiosk.checkin.attention import ATTENTION

CHECKED_IN = Path(__file__).parents[3] / "static" / "audio" / "attention.wav"


def test_the_file_is_what_the_code_makes(tmp_path: Path) -> None:
    ATTENTION.write(tmp_path / "attention.wav")
    assert (tmp_path / "attention.wav").read_bytes() == CHECKED_IN.read_bytes()


def test_it_lies_where_older_ears_hear_well() -> None:
    assert all(500 <= tone <= 1500 for tone in ATTENTION.tones_hz)
