"""What a box asks for, against the real server and the real pages: when did this screen last paint?"""

import json
import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from tests.acceptance.running import RunningClinic, until
from tests.acceptance.stage import Stage

GROWN_S = 25
"""More than the server's rounds and a heartbeat together: no young frame looks so old."""


def seconds(running: RunningClinic, screen: str) -> int | None:
    """How long ago a screen drew its last frame."""
    with urllib.request.urlopen(f"{running.url}/api/painted/{screen}", timeout=10) as answer:
        found: int | None = json.load(answer)["seconds"]
    return found


@pytest.mark.slow
def test_a_page_that_lives_but_paints_nothing_is_told_from_one_that_paints(
    running: RunningClinic, stage: Stage
) -> None:
    for screen in ("kiosk/front", "board/lobby"):
        until(lambda screen=screen: seconds(running, screen) is not None, 60, f"{screen} never painted.")

    stage.board.evaluate("window.requestAnimationFrame = () => 0")
    until(lambda: (seconds(running, "board/lobby") or 0) > GROWN_S, 90, "The board still seems to paint.")
    until(lambda: (seconds(running, "kiosk/front") or 0) <= GROWN_S, 60, "The kiosk seems not to paint.")
    assert stage.errors == []


@pytest.mark.slow
def test_the_server_is_ready_when_it_answers_and_silent_when_it_hangs(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.settimeout(60)
        os.environ.update(NOTIFY_SOCKET=address, WATCHDOG_USEC="1500000")
        try:
            with RunningClinic(tmp_path) as clinic:
                assert heard.recv(99) == b"READY=1\nWATCHDOG=1"
                assert heard.recv(99) == b"WATCHDOG=1"
                group = clinic.processes["server"].pid
                os.killpg(group, signal.SIGSTOP)
                heard.setblocking(False)
                silent_since = time.monotonic()
                while time.monotonic() - silent_since < 3:
                    try:
                        heard.recv(99)  # what was on its way when it stopped
                    except BlockingIOError:
                        time.sleep(0.1)
                with pytest.raises(BlockingIOError):
                    heard.recv(99)
                os.killpg(group, signal.SIGCONT)
                heard.settimeout(60)
                assert heard.recv(99) == b"WATCHDOG=1"
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
