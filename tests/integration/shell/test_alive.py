"""systemd hears that the server is ready and alive when it answers, and nothing while it hangs."""

import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kiosk.clinic import Clinic
from kiosk.serving import alive
from kiosk.serving.alive import Systemd
from tests.servers import free_port


def test_the_units_address_is_taken_out_of_the_environment() -> None:
    environment = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "60000000", "HOME": "/"}
    assert Systemd.taken_from(environment) == Systemd("@x", 20.0)
    assert environment == {"HOME": "/"}
    assert Systemd.taken_from(environment) is None
    assert Systemd.taken_from({"NOTIFY_SOCKET": "/x"}) == Systemd("/x", 0)


def test_nothing_is_said_before_all_is_well_and_nothing_while_it_is_not(unit: socket.socket) -> None:
    well, stopped = iter([False, False, True, False, True]), threading.Event()

    def next_well() -> bool:
        verdict = next(well, None)
        if verdict is None:
            stopped.set()
        return bool(verdict)

    alive.watch(Systemd(unit.getsockname(), 0.01), next_well, stopped)
    assert [unit.recv(99) for _ in range(2)] == [b"READY=1\nWATCHDOG=1", b"WATCHDOG=1"]
    unit.setblocking(False)
    with pytest.raises(BlockingIOError):
        unit.recv(99)


def test_a_unit_without_a_watchdog_is_told_once(unit: socket.socket) -> None:
    alive.watch(Systemd(unit.getsockname(), 0), lambda: True, threading.Event())
    assert unit.recv(99).startswith(b"READY=1")


def test_an_abstract_address_is_understood() -> None:
    name = f"kiosk-test-{os.getpid()}-{free_port()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{name}")
        heard.settimeout(20)
        Systemd(f"@{name}", 0).tell("READY=1")
        assert heard.recv(99) == b"READY=1"


class Answer(BaseHTTPRequestHandler):
    """A server that answers with the status in its address book."""

    status = 200

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("status", "alive_then"), [(200, True), (503, True), (500, False), (404, False)])
def test_an_answer_about_the_records_is_a_sign_of_life(status: int, alive_then: bool) -> None:
    handler = type("Answer", (Answer,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert alive.answers("0.0.0.0", server.server_port) is alive_then


def test_silence_is_none() -> None:
    assert not alive.answers("127.0.0.1", free_port())


def test_a_publisher_that_came_round_lately_goes_round(here: Clinic) -> None:
    live = here.live
    live.turned_at = time.monotonic()
    assert alive.goes_round(live)
    live.turned_at -= alive.MOST_ROUND_S + 1
    assert not alive.goes_round(live)
