"""What systemd hears."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.heartbeat import Heartbeat, Pulse

LONG = 3600.0


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@kiosk-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(name.replace("@", "\0"))
        line.settimeout(10)
        yield line, name


def heard(line: socket.socket) -> str:
    return line.recv(1000).decode()


def test_it_says_ready_then_feeds_the_watchdog_then_says_that_it_stops(systemd: tuple[socket.socket, str]):
    line, name = systemd
    stopping = threading.Event()
    pulse = Pulse()
    pulse.beat(LONG)
    beat = Heartbeat({"scans": pulse}, {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000"})
    thread = threading.Thread(target=beat.run, args=(stopping,))
    thread.start()
    assert heard(line) == "READY=1"
    assert heard(line).startswith("WATCHDOG=1\n")
    stopping.set()
    thread.join()
    while (last := heard(line)) != "STOPPING=1":
        assert last.startswith("WATCHDOG=1")


def test_systemd_hears_what_there_is_to_do(systemd: tuple[socket.socket, str]):
    line, name = systemd
    Heartbeat({}, {"NOTIFY_SOCKET": name}, lambda: "Not paired, type K7M2-9QPX on the console").look()
    assert heard(line) == "WATCHDOG=1\nSTATUS=Not paired, type K7M2-9QPX on the console"


def test_a_loop_that_hangs_starves_the_watchdog_and_is_named_once(
    systemd: tuple[socket.socket, str], caplog: pytest.LogCaptureFixture
):
    line, name = systemd
    turning, stuck = Pulse(), Pulse()
    turning.beat(LONG)
    stuck.beat(-1)
    beat = Heartbeat({"scans": turning, "ticket printer": stuck}, {"NOTIFY_SOCKET": name})
    with caplog.at_level(logging.ERROR):
        beat.look()
        beat.look()
    assert [heard(line), heard(line)] == ["STATUS=Stuck: ticket printer"] * 2
    assert [record.message for record in caplog.records] == ["Stuck: ticket printer"]
    stuck.beat(LONG)
    beat.look()
    assert heard(line).startswith("WATCHDOG=1")


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_systemd_nothing_happens(environ: dict[str, str]):
    Heartbeat({}, environ).look()
