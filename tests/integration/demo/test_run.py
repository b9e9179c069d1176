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


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Start demos; none is left behind."""
    started: list[Demo] = []

    def start(*options: str, data: Path | None = None) -> Demo:
        port, output = free_port(), tmp_path / f"output-{len(started)}"
        data = data or tmp_path / "demo"
        command = [sys.executable, "-m", "kiosk", "demo", "--port", str(port), "--data", str(data), *options]
        with output.open("w") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, text=True)
        one = Demo(process, port, data, output)
        started.append(one)
        until(lambda: "Ready after" in one.said() or process.poll() is not None)
        assert process.poll() is None, one.said()
        return one

    yield start
    for one in started:
        one.process.terminate()
        one.process.wait(20)


def test_it_opens_with_every_address_and_a_sign_in_that_works(demo: Callable[..., Demo]) -> None:
    running = demo()
    said = running.said()
    for path in ("/kiosk/front", "/board/lobby", "/console", "/bench"):
        assert f"http://127.0.0.1:{running.port}{path}" in said
        assert running.get(path).status in (200, 303)
    assert "invented" in said
    assert re.search(r"sign in as +coordinator +\S+", said)


def test_the_device_host_is_paired_and_its_devices_become_ready(demo: Callable[..., Demo]) -> None:
    running = demo()
    database = open_database(load(running.data / "kiosk.toml", {}))

    def ready() -> bool:
        with database.snapshot(at=utc_now()) as reading:
            hosts = [d for d in stations.devices(reading, utc_now()) if d.kind is Kind.HOST]
        return len(hosts) == 1 and [str(part.state) for part in hosts[0].parts] == ["ready", "ready"]

    until(ready)
    database.close()


def test_a_screen_that_asks_for_its_place_is_let_in(demo: Callable[..., Demo]) -> None:
    running = demo()
    asked = running.get("/pair/board/lobby")
    cookies = [header.split(";")[0] for header in asked.headers.getlist("Set-Cookie")]
    let_in = until(
        lambda: (
            (answer := running.get("/pair/board/lobby", Cookie="; ".join(cookies))).status == 303 and answer
        )
    )
    assert isinstance(let_in, urllib3.BaseHTTPResponse)
    assert let_in.headers["Location"] == "/board/lobby"


def test_a_child_that_dies_is_started_again(demo: Callable[..., Demo]) -> None:
    running = demo()
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_seconds_and_leaves_nothing_running(demo: Callable[..., Demo], number: int) -> None:
    running = demo()
    children = running.children()
    assert len(children) == 3
    running.process.send_signal(number)
    assert running.process.wait(10) == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert "The demo has ended." in running.said()


def test_the_day_goes_on_after_a_restart(demo: Callable[..., Demo]) -> None:
    first = demo()
    first.process.terminate()
    first.process.wait(20)
    assert "The day goes on" in demo(data=first.data).said()


def test_auto_play_brings_patients_and_serves_them(demo: Callable[..., Demo]) -> None:
    running = demo("--auto-play", "--speed", "40")
    database = open_database(load(running.data / "kiosk.toml", {}))

    def tickets() -> dict[str, State]:
        with database.snapshot(at=utc_now()) as reading:
            return {ticket.id: ticket.state for ticket in reading.snapshot.tickets.values()}

    before = tickets()
    until(lambda: len(tickets()) > len(before) + 1)
    until(lambda: sum(tickets()[t] is State.SERVED and before[t] is not State.SERVED for t in before) > 1)
    database.close()
    assert "pauses" not in running.said()
