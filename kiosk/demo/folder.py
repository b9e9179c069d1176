"""The demo's data folder: its configuration, database and keys. Made anew when its day is over."""

import fcntl
import json
import os
import random
import re
import shutil
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.app import open_database
from kiosk.config import Config, ConfigError, load
from kiosk.database.migrations import MigrationError, migrate, pending
from kiosk.demo.clinic_day import seed
from kiosk.demo.insurer import publish_keys
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind

LIFE = timedelta(hours=3)
"""An older folder is made anew: its patients would be in the past."""
OPENING_HOURS = range(8, 17)
MARK = "demo.json"
HOST = "127.0.0.1"
STATION = "front"
CHANCE = 4
"""What is left to chance is the same every day: whoever explains the demo knows what is on the screens."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is during this start."""

    data: Path
    port: int
    control_port: int
    printer_port: int
    payers_port: int
    preview_port: int

    @property
    def config(self) -> Path:
        """The configuration that server and device host read."""
        return self.data / "kiosk.toml"

    @property
    def devices(self) -> Path:
        """The folder of the simulated lines."""
        return self.data / "devices"

    @property
    def address(self) -> str:
        """Where the clinic opens."""
        return f"http://{HOST}:{self.port}"

    @property
    def control(self) -> str:
        """Where the simulated devices are told what to do."""
        return f"http://{HOST}:{self.control_port}"

    @property
    def payers(self) -> str:
        """Where the simulated clearing house takes questions."""
        return f"http://{HOST}:{self.payers_port}/"


def places(data: Path, port: int) -> Places:
    """Find free ports for the simulated devices. Raises ConfigError when `port` is taken."""
    if not 0 < port < 2**16:
        raise ConfigError(f"{port} is not a port: choose one from 1024 to 65535.")
    try:
        with socket.create_server((HOST, port)):
            pass
    except OSError as error:
        advice = "Choose another, for example: make run PORT=9000"
        raise ConfigError(f"Port {port} cannot be used: {error.strerror}. {advice}") from None
    with ExitStack() as held:
        free = [held.enter_context(socket.create_server((HOST, 0))).getsockname()[1] for _ in range(4)]
    return Places(data.absolute(), port, *free)


def lock(data: Path) -> IO[str]:
    """Hold the folder while the returned file is open. Raises ConfigError when another demo holds it."""
    data.parent.mkdir(parents=True, exist_ok=True)
    file = data.with_name(data.name + ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ConfigError(
            f"A demo runs already in {data}. Stop it first, or choose another --data."
        ) from None
    return file


def prepare(where: Places, *, at: datetime, fresh: bool = False) -> tuple[Config, bool]:
    """Make the folder ready to serve. Returns its configuration, and whether the day was made anew."""
    mark = _mark(where.data)
    anew = fresh or mark is None or not timedelta(0) <= at - mark[0] < LIFE or _of_another_release(where)
    if anew:
        _clear(where.data)
        mark = (at, zone_in_daytime(at))
    assert mark is not None  # noqa: S101
    _write(where, mark[1])
    publish_keys(where.data)
    config = load(where.config, {})
    if anew:
        _fill(config, where, at)
        (where.data / MARK).write_text(json.dumps({"at": at.isoformat(), "timezone": mark[1]}))
    return config, anew


def _of_another_release(where: Places) -> bool:
    """Tell whether the day was written by an earlier or newer release: it is no use to this one."""
    try:
        return pending(load(where.config, {}))
    except (ConfigError, MigrationError):
        return True


def zone_in_daytime(at: datetime) -> str:
    """This machine's time zone, or where it is ten in the morning if the clinic would be closed here now."""
    name = _local_zone()
    if at.astimezone(ZoneInfo(name)).hour in OPENING_HOURS:
        return name
    ahead = (10 - at.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _local_zone() -> str:
    linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), linked):
        try:
            return str(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"


def _mark(data: Path) -> tuple[datetime, str] | None:
    try:
        mark = json.loads((data / MARK).read_text())
        return datetime.fromisoformat(mark["at"]), str(ZoneInfo(mark["timezone"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _clear(data: Path) -> None:
    """Remove what an earlier demo left, and nothing that is not a demo's."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists() and not (data / "kiosk.toml").exists():
            raise ConfigError(f"{data} holds other files: it is not a demo's folder. Choose another --data.")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)


def _write(where: Places, timezone: str) -> None:
    """Copy the demo's kiosk.toml with the addresses of this start."""
    lines = {
        'timezone = "America/New_York"': f'timezone = "{timezone}"',
        "port = 8000": f"port = {where.port}",
        'data = ".demo"': f"data = {json.dumps(str(where.data))}",
        'bench = "http://127.0.0.1:8100"': f'bench = "{where.control}"',
        'server = "http://127.0.0.1:8000"': f'server = "{where.address}"',
        'token_file = ".demo/host.token"': f"token_file = {json.dumps(str(where.data / 'host.token'))}",
        'port = ".demo/devices/scanner"': f"port = {json.dumps(str(where.devices / 'scanner'))}",
        'clearing_house = "http://127.0.0.1:8200/"': f'clearing_house = "{where.payers}"',
        'device = "folder:.demo/devices/camera"': f"device = {json.dumps(f'folder:{where.devices}/camera')}",
        "preview_port = 8765": f"preview_port = {where.preview_port}",
        "port = 9100": f"port = {where.printer_port}",
    }
    text = Path(__file__).with_name("kiosk.toml").read_text(encoding="utf-8")
    for shipped in lines:
        if shipped not in text:
            raise ConfigError(f"The demo's kiosk.toml lacks the line {shipped!r}.")
    # In one pass: a port that was chosen may be the shipped one of something else.
    shipped_lines = re.compile("|".join(map(re.escape, lines)))
    text = shipped_lines.sub(lambda found: lines[found[0]], text)
    where.config.write_text(text, encoding="utf-8")


def _fill(config: Config, where: Places, at: datetime) -> None:
    """Tables, the day so far, and the pairing of the demo's own device host."""
    migrate(config)
    database = open_database(config)
    try:
        seed(database, config, at=at, chance=random.Random(CHANCE))
        with database.begin(at=at) as tx:
            token = stations.enrol(tx, Kind.HOST, STATION, "demo")
    finally:
        database.close()
    path = where.data / "host.token"
    path.touch(mode=0o600)
    path.write_text(token)
