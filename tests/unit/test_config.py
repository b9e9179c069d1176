"""A configuration typo is refused, by name."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Config, ConfigError, load
from tests import cast

TOML = """
[site]
name = "Riverside Clinic"
timezone = "America/New_York"
[[services]]
id = "laboratory"
letter = "B"
name = {en = "Laboratory"}
[[desks]]
id = "room-1"
name = "Room 1"
services = ["laboratory"]
[drivers]
server = "http://127.0.0.1:8000"
"""


def write(folder: Path, text: str = TOML) -> Path:
    """A kiosk.toml with this text."""
    path = folder / "kiosk.toml"
    path.write_text(text)
    return path


def test_the_smallest_configuration_is_a_site_a_service_and_a_desk(tmp_path: Path) -> None:
    config = load(write(tmp_path), {})
    assert config.site.name == "Riverside Clinic"
    assert config.database_url.startswith("sqlite:///")
    assert config.room_rules().services["laboratory"].letter == "B"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = load(
        write(tmp_path), {"KIOSK_SERVER__PORT": "9000", "KIOSK_SITE__NAME": "Hill", "KIOSK_CONFIG": "x"}
    )
    assert (config.server.port, config.site.name) == (9000, "Hill")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"site": {"name": "R", "timezone": "America/New_Yrok"}}, "New_Yrok"),
        ({"site": {"name": "R", "timezone": "UTC", "tiemzone": 1}}, "tiemzone.*site"),
        ({"sight": {}}, "sight"),
        ({"server": {"port": "eighty"}}, "server.port"),
        ({"services": []}, "registration"),
        ({"desks": [{"id": "room-1", "name": "Room 1", "services": ["surgery"]}]}, "desks.room-1.*surgery"),
        ({"boards": [{"id": "lobby", "name": "L", "services": ["surgery"]}]}, "boards.lobby.*surgery"),
        (
            {"stations": [{"id": "front", "name": "F"}, {"id": "front", "name": "G"}]},
            "stations.*front.*twice",
        ),
        ({"services": [{"id": "x", "letter": "b", "name": {"en": "X"}}], "desks": []}, "letter.*'b'"),
        ({"services": [{"id": "x", "letter": "B", "name": {"en": "X"}}] * 2, "desks": []}, "twice"),
        ({"services": [{"id": "x", "letter": "BB", "name": {"en": "X"}}], "desks": []}, "letter.*'BB'"),
        ({"services": [{"id": "x", "letter": "B", "name": {}}], "desks": []}, "services.*name"),
        ({"server": {"port": 70_000}}, "server.port"),
        ({"server": {"log": "xml"}}, "server.log"),
        ({"server": {"public_url": "kiosk.example"}}, "server.public_url"),
        ({"database": {"url": "mysql://localhost/clinic"}}, "database.url"),
        ({"site": {"name": "R", "timezone": "UTC", "languages": []}}, "site.languages"),
        ({"site": {"name": "R", "timezone": "UTC", "languages": ["xx"]}}, "site.languages.*'xx'"),
        ({"site": {"name": "R", "timezone": "UTC", "id": ""}}, "site.id"),
        ({"queue": {"first_number": 0}}, "queue.first_number"),
        ({"checkin": {"idle_seconds": -3}}, "checkin.idle_seconds"),
        ({"speech": {"words_per_minute": 20}}, "speech.words_per_minute"),
        ({"speech": {"voices": {"fr": "fr-fr"}}}, "speech.voices: 'fr' is not one of site.languages"),
        ({"speech": {"voices": {"en": "--help"}}}, "speech.voices"),
        ({"stations": [{"id": "front door", "name": "F"}]}, "stations.*id"),
        ({"boards": [{"id": "lobby", "name": "L", "inches": 0}]}, "boards.*inches"),
        ({"patterns": [{"system": "mrn", "regex": "MRN-("}]}, "patterns.regex.*mrn"),
    ],
)
def test_a_mistake_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Config.from_dict({**cast.CLINIC, **change})


def test_a_missing_or_broken_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no file"):
        load(tmp_path / "kiosk.toml", {})
    with pytest.raises(ConfigError, match="not TOML"):
        load(write(tmp_path, "[site"), {})
    (tmp_path / "kiosk.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not TOML"):
        load(tmp_path / "kiosk.toml", {})


def test_the_environment_cannot_override_a_list_of_tables(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="KIOSK_DESKS__NAME"):
        load(write(tmp_path), {"KIOSK_DESKS__NAME": "Room 2"})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("SITE__NAME", "100", "100"), ("SERVER__THREADS", "300", 300), ("SERVER__DATA", "1.5", "1.5")],
)
def test_the_environment_says_what_kind_of_value_the_key_takes(
    tmp_path: Path, name: str, text: str, value: object
) -> None:
    config = load(write(tmp_path), {f"KIOSK_{name}": text})
    table, key = name.lower().split("__")
    assert getattr(getattr(config, table), key) == value


@pytest.mark.parametrize("name", ["SERVER__PORT", "SERVER__PORTE", "SEVER__PORT", "DEMO__X", "BOARDS__ID"])
def test_nonsense_in_the_environment_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    table, key = name.lower().split("__")
    with pytest.raises(ConfigError, match=f"{key}|{table}"):
        load(write(tmp_path), {f"KIOSK_{name}": "eighty"})


def test_true_and_false_in_the_environment_are_not_words(tmp_path: Path) -> None:
    assert (
        load(write(tmp_path), {"KIOSK_CHECKIN__LICENCE_SCANNING": "false"}).checkin.licence_scanning is False
    )


@pytest.mark.parametrize(
    ("host", "address"),
    [("192.0.2.7", "http://192.0.2.7:8000"), ("::1", "http://[::1]:8000"), ("kiosk", "http://kiosk:8000")],
)
def test_an_ipv6_address_stands_in_brackets(host: str, address: str) -> None:
    assert Config.from_dict({**cast.CLINIC, "server": {"host": host}}).public_url == address


def test_a_name_falls_back_to_the_sites_first_language(tmp_path: Path) -> None:
    config = cast.config(tmp_path)
    assert config.service_name("laboratory", "es") == "Laboratorio"
    assert config.service_name("laboratory", "ar") == "Laboratory"
    assert config.desk_name("room-1") == "Room 1"
    assert config.desk_name("gone") == "gone"


def test_a_panel_knows_how_many_pixels_a_millimetre_has(tmp_path: Path) -> None:
    station = cast.config(tmp_path).station("front")
    assert station is not None
    assert round(station.mm * 20) == 81
