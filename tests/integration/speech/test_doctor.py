"""The doctor says in plain words who will be silent."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.doctor import installation
from kiosk.doctor.findings import Level
from tests import cast


def said(folder: Path, **tables: Any) -> list[tuple[Level, str]]:
    """What the doctor finds of a clinic's voices."""
    return [(each.level, each.words) for each in installation.voices(cast.config(folder, **tables))]


def test_a_clinic_that_is_heard_in_all_its_languages(tmp_path: Path) -> None:
    assert said(tmp_path) == [(Level.GOOD, "Kiosks and boards speak every language of the site.")]


def test_a_clinic_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said(tmp_path) == [(Level.NOTE, "espeak-ng is not here: kiosks and boards stay silent.")]


def test_a_language_whose_voice_is_not_there(tmp_path: Path) -> None:
    (found,) = said(tmp_path, speech={"voices": {"es": "es-mars"}})
    assert found == (Level.NOTE, "No voice speaks 'es': kiosks and boards stay silent in it.")


def test_a_clinic_that_wants_silence_is_not_asked(tmp_path: Path) -> None:
    quiet = {"stations": [{"id": "front", "name": "Front door", "speech": False}], "boards": []}
    assert said(tmp_path, **quiet) == []
