"""`python -m kiosk demo`: server, device host and simulated hardware as child processes, around a synthetic day."""

import random
import signal
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

from kiosk.app import open_database
from kiosk.clinic import utc_now
from kiosk.config import Config, ConfigError
from kiosk.database import Database
from kiosk.demo import folder
from kiosk.demo.auto_play import AutoPlay
from kiosk.demo.children import Child, Hopeless, stop
from kiosk.demo.clinic_day import STAFF
from kiosk.demo.folder import HOST, STATION, Places
from kiosk.stations import records as stations

DATA = Path(".demo")
LOOK_EVERY_S = 0.4
UP_WITHIN_S = 30.0


def run(
    port: int = 8000,
    data: Path = DATA,
    *,
    fresh: bool = False,
    auto_play: bool = False,
    speed: float = 1.0,
    open_host: bool = True,
) -> None:
    """Run until Ctrl-C or SIGTERM. `open_host=False` leaves device host and hardware out. Raises ConfigError."""
    began = time.monotonic()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    with folder.lock(data):
        where = folder.places(data, port)
        hardware = _hardware(where) if open_host else []
        for child in hardware[:1]:
            child.start()
        try:
            config, anew = folder.prepare(where, at=utc_now(), fresh=fresh)
            _run(config, where, hardware, stopping, anew=anew, began=began, speed=speed if auto_play else None)
        except Hopeless as error:
            raise ConfigError(str(error)) from None
        finally:
            stop(hardware)
    print("The demo has ended.", flush=True)


def _run(
    config: Config,
    where: Places,
    hardware: list[Child],
    stopping: threading.Event,
    *,
    anew: bool,
    began: float,
    speed: float | None,
) -> None:
    server = Child("server", ["-m", "kiosk", "serve", "--no-migrate", "--config", str(where.config)], _log(where, "server"))
    children = [*reversed(hardware), server]
    database = open_database(config)
    player = AutoPlay(config, where, speed) if speed else None
    try:
        server.start()
        _wait(server, where, stopping)
        for child in hardware[1:]:
            child.start()
        if not stopping.is_set():
            print(_welcome(config, where, anew=anew, seconds=time.monotonic() - began, playing=speed), flush=True)
        if player:
            player.start()
        while not stopping.wait(LOOK_EVERY_S):
            for child in children:
                if told := child.watch():
                    print(told, flush=True)
            let_in(database)
    finally:
        if player:
            player.stop()
        stop(children)
        database.close()


def let_in(database: Database) -> int:
    """Approve the screens that ask for a place by name, as a coordinator would on the console."""
    at = utc_now()
    with database.snapshot(at=at) as reading:
        if not any(asked.wanted for asked in stations.requests(reading, at)):
            return 0
    with database.begin(at=at) as tx:
        return stations.approve_wishes(tx, by="demo")
