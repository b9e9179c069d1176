"""Sockets as they really are: a served app, raw handshakes, and two processes behind one Redis."""

import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import make_server

from kiosk.access import Role
from kiosk.app import create_app
from kiosk.config import Config
from kiosk.database.migrations import migrate
from kiosk.guards import FOR_PAGES
from tests import cast
from tests.acceptance.running import to_toml, until
from tests.integration.shell.conftest import signed_in
from tests.servers import Postgres, Redis, free_port, wait_for_port


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve on a private port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    app.extensions["clinic"].live.stop()
    server.shutdown()
    server.server_close()
    app.extensions["clinic"].database.close()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A clinic that is open."""
    config = cast.config(tmp_path)
    migrate(config)
    with served(create_app(config)) as number:
        yield number


@contextmanager
def connected(port: int, **cookies: str) -> Iterator[Client]:
    """A WebSocket that speaks Socket.IO by hand: what is on the wire is what is tested."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    wire = Client.connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", headers=headers)
    try:
        # Before listening: this client overlooks what came with the handshake until something more comes.
        wire.send("40")
        assert wire.receive(20).startswith("0{")
        assert wire.receive(20).startswith("40{")
        yield wire
    finally:
        with suppress(ConnectionClosed):
            wire.close()
        wire.sock.close()


def handshake(port: int, origin: str | None) -> str:
    """Ask for a WebSocket as a browser does; return the answer's head."""
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        *([f"Origin: {origin}"] if origin else []),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return wire.recv(4096).split(b"\r\n\r\n")[0].decode()


def test_a_page_of_our_own_gets_its_socket_without_compression(port: int) -> None:
    answer = handshake(port, f"http://127.0.0.1:{port}")

    assert answer.startswith("HTTP/1.1 101")
    assert "permessage-deflate" not in answer


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1.evil.example", "http://["],
)
def test_a_page_of_somebody_else_gets_none(port: int, origin: str) -> None:
    assert handshake(port, origin).startswith("HTTP/1.1 400")


def test_long_polling_is_not_offered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(4096).startswith(b"HTTP/1.1 400")


def test_a_message_that_is_too_long_ends_the_connection(port: int) -> None:
    with connected(port) as wire:
        wire.send('42["announced",{"ticket":"' + "x" * 20_000 + '"}]')

        with pytest.raises(ConnectionClosed):
            until(lambda: wire.receive(20) is None, 40)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "4",
        "42[]",
        "42[",
        "4x",
        "42" + "[" * 15_000,
        '4599999999-["announced",{"_placeholder":true,"num":0}]',
        b"x",
    ],
    ids=["empty", "no_packet", "no_event", "no_json", "no_type", "deep", "attachments", "binary"],
)
def test_what_is_no_message_of_a_page_ends_the_connection_and_is_not_kept(
    port: int, said: str | bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with connected(port) as wire:
        wire.send(said)

        with suppress(ConnectionClosed):
            while wire.receive(20):
                pass
        assert not wire.connected
    assert "Traceback" not in capfd.readouterr().err


def test_sockets_leave_threads_to_the_pages_and_those_that_close_make_room(tmp_path: Path) -> None:
    config = cast.config(tmp_path, server={"threads": FOR_PAGES + 2})
    migrate(config)
    with served(create_app(config)) as port:
        with connected(port), connected(port):
            assert handshake(port, None).startswith("HTTP/1.1 503")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
                assert page.status == 200
        until(lambda: handshake(port, None).startswith("HTTP/1.1 101"), 20)


@contextmanager
def process(config: Config, folder: Path) -> Iterator[int]:
    """A server process of the clinic."""
    port = free_port()
    path = folder / f"{port}.toml"
    path.write_text(to_toml(tables(config, port)))
    command = [sys.executable, "-m", "kiosk", "serve", "--no-migrate", "--config", str(path)]
    with (
        (folder / f"{port}.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as running,
    ):
        try:
            wait_for_port(port)
            yield port
        finally:
            running.terminate()


def test_a_request_that_is_half_sent_ends_and_one_that_is_no_http_is_not_written_down(tmp_path: Path) -> None:
    config = cast.config(tmp_path)
    migrate(config)
    with process(config, tmp_path) as port, socket.create_connection(("127.0.0.1", port), 60) as half:
        half.sendall(b"GET /t/SECRET HTTP/1.1\r\nHost: cli")
        with connected(port) as screen:
            for line in (b"GET /t/SECRET\x01 HTTP/1.1", b"GET / HTTP/1.1\r\nA SECRET: 1"):
                with socket.create_connection(("127.0.0.1", port), 60) as other:
                    other.sendall(line + b"\r\n\r\n")
                    assert other.recv(100).startswith(b"HTTP/1.1 400")
            while half.recv(100):
                pass
            assert screen.connected
    said = (tmp_path / f"{port}.log").read_text()

    assert "server.refused" in said
    assert "SECRET" not in said


def tables(config: Config, port: int) -> dict[str, Any]:
    """The configuration as it is written in kiosk.toml."""
    server = {"data": config.server.data, "redis": config.server.redis, "threads": 16, "port": port}
    return {**cast.CLINIC, "server": server, "database": {"url": config.database.url}}


def fail_to_sign_in(port: int) -> None:
    """Try a wrong password, which is an event."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(f"http://127.0.0.1:{port}/sign-in") as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
    assert token is not None
    form = {"username": str(Role.COORDINATOR), "password": "wrong", "csrf_token": token[1]}
    with suppress(urllib.error.HTTPError):
        browser.open(f"http://127.0.0.1:{port}/sign-in", urllib.parse.urlencode(form).encode())


def test_what_one_process_commits_reaches_the_screens_of_another(tmp_path: Path, postgres: Postgres) -> None:
    with ExitStack() as stack:
        redis = stack.enter_context(Redis(tmp_path))
        server = {"redis": redis.url, "threads": 16}
        config = cast.config(tmp_path, server=server, database={"url": postgres.new_database()})
        migrate(config)
        app = create_app(cast.config(tmp_path, database={"url": config.database.url}))
        here = app.extensions["clinic"]
        stack.callback(here.database.close)
        token = signed_in(here, Role.COORDINATOR, here.now())
        one, other = (stack.enter_context(process(config, tmp_path)) for _ in range(2))
        wire = stack.enter_context(connected(other, staff=token))
        with here.database.snapshot(at=here.now()) as reading:
            version = reading.snapshot.version + 1
        fail_to_sign_in(one)

        wanted = f'42["nudge",{{"version":{version},"html":null}}]'
        told: list[str | None] = []
        until(lambda: told.append(wire.receive(1)) or wanted in told, 20)
