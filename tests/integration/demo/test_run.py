"""`python -m kiosk demo` as a newcomer starts it: real processes, one port, gone when told to."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from kiosk.app import open_database
from kiosk.bench.devices import Devices, DevicesAway
from kiosk.clinic import utc_now
from kiosk.config import load
from kiosk.queueing.tickets import State
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests.servers import free_port

UP_WITHIN_S = 60


@dataclass
class Demo:
    """A running demo."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", f"http://127.0.0.1:{self.port}{path}", headers=headers, retries=False)

    def children(self) -> list[int]:
        """The processes that it started, by id."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


def until(happened: Callable[[], object], within_s: float = UP_WITHIN_S) -> object:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := happened():
            return found
        time.sleep(0.1)
    raise TimeoutError("It did not happen.")


def start(folder: Path, *options: str) -> Demo:
    """Start a demo in `folder` and wait until it is ready."""
    folder.mkdir(exist_ok=True)
    port, output = free_port(), folder / f"output-{free_port()}"
    command = [
        sys.executable,
        "-m",
        "kiosk",
        "demo",
        "--port",
        str(port),
        "--data",
        str(folder / "demo"),
        *options,
    ]
    with output.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, text=True)
    made = Demo(process, port, folder / "demo", output)
    until(lambda: "Ready after" in made.said() or process.poll() is not None)
    assert process.poll() is None, made.said()
    return made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that several tests look at."""
    made = start(tmp_path_factory.mktemp("demo"))
    yield made
    made.process.terminate()
    made.process.wait(20)


def test_it_opens_with_every_address_and_a_sign_in_that_works(running: Demo) -> None:
    said = running.said()
    for path in ("/kiosk/front", "/board/lobby", "/console", "/bench"):
        assert f"http://127.0.0.1:{running.port}{path}" in said
        assert running.get(path).status in (200, 303)
    assert "invented" in said
    assert re.search(r"sign in as +coordinator +\S+", said)


def test_the_device_host_is_paired_and_its_devices_become_ready(running: Demo) -> None:
    database = open_database(load(running.data / "kiosk.toml", {}))

    def ready() -> bool:
        with database.snapshot(at=utc_now()) as reading:
            hosts = [d for d in stations.devices(reading, utc_now()) if d.kind is Kind.HOST]
        return len(hosts) == 1 and [str(part.state) for part in hosts[0].parts] == ["ready"] * 3

    until(ready)
    database.close()


def test_a_screen_that_asks_for_its_place_is_let_in(running: Demo) -> None:
    asked = running.get("/pair/board/lobby")
    cookies = [header.split(";")[0] for header in asked.headers.getlist("Set-Cookie")]
    let_in = until(
        lambda: (
            (answer := running.get("/pair/board/lobby", Cookie="; ".join(cookies))).status == 303 and answer
        )
    )
    assert isinstance(let_in, urllib3.BaseHTTPResponse)
    assert let_in.headers["Location"] == "/board/lobby"


def test_a_child_that_dies_is_started_again(running: Demo) -> None:
    config = load(running.data / "kiosk.toml", {})
    assert config.demo is not None
    devices = Devices(config.demo.bench)
    until(lambda: answers(devices))
    for child in running.children():
        if b"drivers.simulated" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, signal.SIGKILL)
    until(lambda: "was started again" in running.said())
    until(lambda: answers(devices))


def answers(devices: Devices) -> bool:
    try:
        return bool(devices.state())
    except DevicesAway:
        return False


def test_it_stops_within_seconds_and_leaves_nothing_running_and_its_day_goes_on(tmp_path: Path) -> None:
    for number, told in ((signal.SIGINT, "A new day was made"), (signal.SIGTERM, "The day goes on")):
        running = start(tmp_path)
        assert told in running.said()
        children = running.children()
        assert len(children) == 4
        running.process.send_signal(number)
        assert running.process.wait(10) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
        assert "The demo has ended." in running.said()


def test_auto_play_brings_patients_and_serves_them(tmp_path: Path) -> None:
    running = start(tmp_path, "--auto-play", "--speed", "40")
    database = open_database(load(running.data / "kiosk.toml", {}))

    def tickets() -> dict[str, State]:
        with database.snapshot(at=utc_now()) as reading:
            return {ticket.id: ticket.state for ticket in reading.snapshot.tickets.values()}

    before = tickets()
    try:
        until(lambda: len(tickets()) > len(before) + 1)
        until(lambda: sum(tickets()[t] is not before[t] for t in before) > 2)
        assert "pauses" not in running.said()
    finally:
        database.close()
        running.process.terminate()
        running.process.wait(20)
