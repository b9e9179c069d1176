"""`python -m kiosk demo`: server, device host and simulated hardware, around a synthetic day."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kiosk.app import open_database
from kiosk.clinic import utc_now
from kiosk.config import Config, ConfigError
from kiosk.database import Database
from kiosk.demo import folder
from kiosk.demo.auto_play.play import AutoPlay
from kiosk.demo.children import Child, Hopeless, stop
from kiosk.demo.clinic_day import STAFF
from kiosk.demo.folder import HOST, Places
from kiosk.serving.alive import health
from kiosk.stations import pairing

DATA = Path(".demo")
PORT = 8000
LOOK_EVERY_S = 0.3
UP_WITHIN_S = 30.0


def run(
    port: int = PORT,
    data: Path = DATA,
    *,
    fresh: bool = False,
    auto_play: bool = False,
    speed: float = 1.0,
    open_host: bool = True,
) -> None:
    """Run until Ctrl-C or SIGTERM. `open_host=False`: without hardware and its host. Raises ConfigError."""
    began = time.monotonic()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    with folder.lock(data):
        where = folder.places(data, port)
        config, anew = folder.prepare(where, at=utc_now(), fresh=fresh)
        children = _children(where, open_host=open_host)
        database = open_database(config)
        player = None
        try:
            _start(children, where, stopping)
            print(_welcome(config, where, anew=anew, took_s=time.monotonic() - began), flush=True)
            if auto_play and not stopping.is_set():
                player = AutoPlay(config, database, speed)
                player.start()
            _watch(children, database, stopping)
        except Hopeless as error:
            raise ConfigError(str(error)) from None
        finally:
            if player is not None:
                player.stop()
            stop(children)
            database.close()
    print("The demo has ended.", flush=True)


def _children(where: Places, *, open_host: bool) -> list[Child]:
    log = where.data / "log"
    config = str(where.config)
    server = Child("server", ["-m", "kiosk", "serve", "--no-migrate", "--config", config], log / "server.log")
    at = ["-m", "kiosk.coverage.simulated", "--port", str(where.payers_port)]
    payers = Child("simulated clearing house", at, log / "payers.log")
    if not open_host:
        return [server, payers]
    lines = [
        *("--dir", str(where.devices)),
        *("--control-port", str(where.control_port)),
        *("--printer-port", str(where.printer_port)),
    ]
    hardware = Child("simulated hardware", ["-m", "drivers.simulated", *lines], log / "hardware.log")
    host = Child("device host", ["-m", "drivers", "--config", config], log / "host.log")
    return [server, payers, hardware, host]


def _start(children: Sequence[Child], where: Places, stopping: threading.Event) -> None:
    """Start all, and wait until the server answers. Raises Hopeless."""
    for child in children:
        child.start()
    server = children[0]
    deadline = time.monotonic() + UP_WITHIN_S
    while not stopping.wait(LOOK_EVERY_S / 3):
        if health(HOST, where.port, within_s=2) == 200:
            return
        if server.ended() or time.monotonic() > deadline:
            raise Hopeless(f"The server does not start. It said last:\n{server.said()}")


def _watch(children: Sequence[Child], database: Database, stopping: threading.Event) -> None:
    """Keep the children up and let our screens in, until told to stop. Raises Hopeless."""
    while not stopping.wait(LOOK_EVERY_S):
        for child in children:
            if told := child.watch():
                print(told, flush=True)
        let_in(database)


def let_in(database: Database) -> int:
    """Approve the screens that ask for a place by name, as a coordinator would on the console."""
    at = utc_now()
    with database.snapshot(at=at) as reading:
        if not any(asked.wanted for asked in pairing.requests(reading, at)):
            return 0
    with database.begin(at=at) as tx:
        return pairing.approve_wishes(tx, by="demo")


def _welcome(config: Config, where: Places, *, anew: bool, took_s: float) -> str:
    """What a newcomer needs, in one block."""
    zone = config.site.timezone
    day = "A new day was made" if anew else "The day goes on from the last start"
    addresses = [
        ("way in", "/"),
        *((f"kiosk, {one.name.lower()}", f"/kiosk/{one.id}") for one in config.stations),
        *((f"board, {one.name.lower()}", f"/board/{one.id}") for one in config.boards),
        ("console", "/console"),
        ("hardware bench", "/bench"),
    ]
    lines = [
        "",
        f"  {config.site.name}: a demo. Every patient is invented; no card, name or birth date is real.",
        "",
        *(f"    {words:<24}{where.address}{path}" for words, path in addresses),
        "",
        "    sign in as              "
        + "\n                            ".join(
            f"{username:<14}{password}" for username, _, _, password in STAFF
        ),
        "",
        f"  {day}; the clinic's clock shows {utc_now().astimezone(config.site.zone):%H:%M} ({zone}).",
        f"  Ready after {took_s:.1f} s. Logs are in {_short(where.data / 'log')}. Ctrl-C ends everything.",
        "",
    ]
    return "\n".join(lines)


def _short(path: Path) -> str:
    return os.path.relpath(path)
