"""The launcher of a screen: a clean profile, a cookie that stays, a watchdog fed by painted frames."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LAUNCHER = Path(__file__).parents[2] / "systemd" / "kiosk-browser"


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    """The script, as a module."""
    loader = SourceFileLoader("kiosk_browser", str(LAUNCHER))
    spec = spec_from_loader("kiosk_browser", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def cookies(path: Path, *names: str) -> None:
    """A browser's cookies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE cookies (name TEXT)")
        file.executemany("INSERT INTO cookies VALUES (?)", [(name,) for name in names])


def names(path: Path) -> list[str]:
    """Which cookies there are."""
    with closing(sqlite3.connect(path)) as file:
        return [name for (name,) in file.execute("SELECT name FROM cookies")]


def test_of_a_session_only_the_pairing_stays(launcher: ModuleType, tmp_path: Path) -> None:
    kept, profile = tmp_path / "state" / "Cookies", tmp_path / "run" / "profile"
    kept.parent.mkdir()
    cookies(profile / "Default" / "Cookies", "device-kiosk-front", "session", "staff")
    (profile / "Default" / "History").write_text("where somebody was")

    launcher.keep_cookies(profile, kept)
    assert names(kept) == ["device-kiosk-front"]

    fresh = launcher.fresh_profile(tmp_path / "run", kept)
    assert [path.name for path in (fresh / "Default").iterdir()] == ["Cookies"]
    assert names(fresh / "Default" / "Cookies") == ["device-kiosk-front"]


def test_a_session_that_lost_its_pairing_does_not_replace_the_one_that_is_kept(
    launcher: ModuleType, tmp_path: Path
) -> None:
    kept, profile = tmp_path / "Cookies", tmp_path / "profile"
    cookies(kept, "device-kiosk-front")
    os.utime(kept, (0, 0))
    cookies(profile / "Default" / "Cookies", "session")
    launcher.keep_cookies(profile, kept)
    assert names(kept) == ["device-kiosk-front"]


def test_a_broken_copy_is_neither_kept_nor_given_back(launcher: ModuleType, tmp_path: Path) -> None:
    kept, profile = tmp_path / "Cookies", tmp_path / "profile"
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Cookies").write_bytes(b"half a page")
    launcher.keep_cookies(profile, kept)
    assert not kept.exists()

    kept.write_bytes(b"half a page")
    fresh = launcher.fresh_profile(tmp_path, kept)
    assert list((fresh / "Default").iterdir()) == []


@pytest.mark.parametrize(
    ("said", "is_drawn", "words"),
    [
        ({"seconds": 3}, True, "The last frame was drawn 3 s ago"),
        ({"seconds": 600}, False, "The last frame was drawn 600 s ago"),
        ({"seconds": None}, True, "This screen is not paired, or has not told of a frame yet"),
        ({}, True, "The server does not answer"),
        ("", True, "The server does not answer"),
    ],
)
def test_only_an_old_frame_starves_the_watchdog(
    launcher: ModuleType, said: Any, is_drawn: bool, words: str
) -> None:
    with answering(said) as address:
        seconds = launcher.drawn(address)
    assert launcher.is_drawn(seconds) is is_drawn
    assert launcher.words(seconds) == words


def test_a_server_that_is_away_starves_nobody(launcher: ModuleType) -> None:
    with answering({}) as address:
        pass
    assert launcher.drawn(address) == "The server does not answer"


class answering:
    """A server that says one thing; with `with`, its address."""

    def __init__(self, said: Any) -> None:
        text = json.dumps(said) if said != "" else "<html>"

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize("seconds", [2, 900])
def test_a_screen_runs_until_its_browser_ends(tmp_path: Path, unit: socket.socket, seconds: int) -> None:
    programs, run, state = (tmp_path / name for name in ("bin", "run", "state"))
    for folder in (programs, run, state):
        folder.mkdir()
    (programs / "cage").write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/started\nenv > {tmp_path}/env\nread wait\n'
    )
    (programs / "cage").chmod(0o755)
    with answering({"seconds": seconds}) as url:
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}", "KIOSK_URL": url, "RUNTIME_DIRECTORY": str(run),
            "STATE_DIRECTORY": str(state), "NOTIFY_SOCKET": unit.getsockname(),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, LAUNCHER, "kiosk", "front"], env=environment, stdin=subprocess.PIPE
        )
        said = [unit.recv(200).decode() for _ in range(3 if seconds == 2 else 2)]
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 1
    status = f"STATUS=The last frame was drawn {seconds} s ago"
    assert said == (["READY=1", "WATCHDOG=1", status] if seconds == 2 else ["READY=1", status])
    assert (tmp_path / "started").read_text().split()[-1] == f"{url}/kiosk/front"
    assert f"--user-data-dir={run}/profile" in (tmp_path / "started").read_text()
    assert "LIBSEAT_BACKEND=seatd" in (tmp_path / "env").read_text()
