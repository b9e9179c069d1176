"""The demo's folder: kept while its day lasts, made anew after, and never somebody else's."""

import socket
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.config import load as load_drivers
from kiosk.config import ConfigError
from kiosk.demo import folder
from tests.cast import NINE
from tests.servers import free_port


def test_a_day_goes_on_and_an_old_one_is_made_anew(tmp_path: Path) -> None:
    where = folder.places(tmp_path / "demo", free_port())
    _, anew = folder.prepare(where, at=NINE)
    assert anew
    assert not folder.prepare(where, at=NINE + timedelta(hours=1))[1]
    assert folder.prepare(where, at=NINE + timedelta(hours=2), fresh=True)[1]
    assert folder.prepare(where, at=NINE + timedelta(hours=6))[1]


@pytest.mark.parametrize("release", ["0001", "of next year"])
def test_a_day_of_another_release_is_made_anew(tmp_path: Path, release: str) -> None:
    where = folder.places(tmp_path / "demo", free_port())
    config, _ = folder.prepare(where, at=NINE)
    database = sqlite3.connect(config.data / "kiosk.db")
    with database:
        database.execute("UPDATE alembic_version SET version_num = ?", [release])
    database.close()

    assert folder.prepare(where, at=NINE + timedelta(hours=1))[1]


def test_the_configuration_holds_this_starts_addresses_for_server_and_device_host(tmp_path: Path) -> None:
    where = folder.places(tmp_path / "demo", free_port())
    config, _ = folder.prepare(where, at=NINE)
    assert (config.server.port, config.data) == (where.port, where.data)
    assert config.demo is not None
    assert config.demo.bench == where.control
    devices = load_drivers(where.config, {})
    assert devices.server == where.address
    assert devices.token_file.stat().st_mode & 0o077 == 0
    assert devices.scanners[0].port == str(where.devices / "scanner")
    assert [getattr(printer, "port", None) for printer in devices.printers] == [where.printer_port]


@pytest.mark.parametrize("port", [8100, 8200, 8765, 9100])
def test_a_port_that_another_part_of_the_shipped_configuration_has_can_be_chosen(
    tmp_path: Path, port: int
) -> None:
    where = replace(folder.places(tmp_path / "demo", free_port()), port=port)
    config, _ = folder.prepare(where, at=NINE)
    hardware = load_drivers(where.config, {})
    assert config.server.port == port
    assert hardware.server == where.address
    assert [printer.port for printer in hardware.printers] == [where.printer_port]
    assert hardware.preview_port == where.preview_port


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="not a demo's folder"):
        folder.prepare(folder.places(tmp_path, free_port()), at=NINE, fresh=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_taken_port_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"Port {port} cannot be used.*make run PORT="):
            folder.places(tmp_path, port)
    with pytest.raises(ConfigError, match="not a port"):
        folder.places(tmp_path, 70000)


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with folder.lock(tmp_path / "demo"), pytest.raises(ConfigError, match="runs already"):
        folder.lock(tmp_path / "demo")


@pytest.mark.parametrize("hour", range(24))
def test_it_is_always_daytime_at_the_demos_clinic(hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    at = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    zone = folder.zone_in_daytime(at)
    assert at.astimezone(ZoneInfo(zone)).hour in folder.OPENING_HOURS
    if hour == 15:
        assert zone == "America/New_York"
