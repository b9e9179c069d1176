"""`python -m kiosk appointments import`: what the nightly export runs."""

import csv
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.app import open_database
from kiosk.appointments import records
from kiosk.cli import main
from kiosk.clinic import utc_now
from kiosk.config import load
from kiosk.database.migrations import migrate
from tests.unit.appointments.terms import table

ZONE = ZoneInfo("America/New_York")
TOML = """
site = {{name = "Riverside Clinic", timezone = "America/New_York"}}
server = {{data = "{data}"}}
services = [{{id = "laboratory", letter = "B", name = {{en = "Laboratory"}}}}]
desks = []
"""


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """A migrated clinic's kiosk.toml."""
    path = tmp_path / "kiosk.toml"
    path.write_text(TOML.format(data=tmp_path))
    migrate(load(path, {}))
    return path


def run(toml: Path, *arguments: object) -> int:
    return main(["appointments", "--config", str(toml), *map(str, arguments)])


def expected(toml: Path) -> int:
    tomorrow = utc_now() + timedelta(days=1)
    database = open_database(load(toml, {}))
    with database.snapshot(at=tomorrow) as reading:
        found = len(records.today(reading, tomorrow))
    database.close()
    return found


def row(number: int, family: str = "Vega") -> str:
    """Somebody who comes at noon tomorrow."""
    day = (utc_now() + timedelta(days=1)).astimezone(ZONE).date()
    return f"{number},{day},12:00,laboratory,{family},Ana,1980-02-29"


def test_a_right_file_is_taken_over_and_again(
    toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(table(row(1), row(2)))
    assert run(toml, "import", file) == 0
    assert run(toml, "import", file) == 0
    assert capsys.readouterr().out.splitlines() == ["2 added.", "2 as they were."]
    assert expected(toml) == 2


def test_a_wrong_file_ends_with_its_mistakes_and_exit_code_one(
    toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(table(row(1), row(2, family="")))
    assert run(toml, "import", file) == 1
    assert "row 3, family name: The family name is missing. Fill it in." in capsys.readouterr().err
    assert expected(toml) == 0


def test_a_file_that_is_not_there_is_said_in_a_sentence(
    toml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(toml, "import", "/nowhere.csv") == 2
    assert "/nowhere.csv: No such file" in capsys.readouterr().err


def test_a_new_key_is_made_on_request(toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(toml, "new-key") == 0
    assert "booking-2.key" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "keys").glob("booking-*")) == [
        "booking-1.key",
        "booking-2.key",
    ]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_codes_of_a_day_are_written_without_a_name(
    toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(table(row(1, family="Canaryfamily"), row(2)))
    run(toml, "import", file)
    day = (utc_now() + timedelta(days=1)).astimezone(ZONE).date()
    letters = tmp_path / "letters"
    assert run(toml, "codes", "--day", day, "--to", letters, "--format", kind) == 0
    assert f"2 codes are in {letters}." in capsys.readouterr().out
    with (letters / "codes.csv").open(newline="", encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert sorted((one["id"], one["date"], one["time"]) for one in rows) == [
        ("1", str(day), "12:00"),
        ("2", str(day), "12:00"),
    ]
    assert all((letters / one["picture"]).stat().st_size > 200 for one in rows)
    assert all(one["code"].startswith("CK1") and len(one["manual code"]) == 9 for one in rows)
    assert b"Canary" not in b"".join(path.read_bytes() for path in letters.iterdir())


def test_keys_are_listed_and_dropped(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(toml, "new-key")
    run(toml, "keys")
    assert run(toml, "drop-key", "1") == 0
    assert run(toml, "drop-key", "2") == 2
    told = capsys.readouterr()
    assert "1  verifies\n2  signs\n" in told.out
    assert "make a new key first" in told.err
