"""A server that speaks the station API and remembers what it heard, and the virtual hardware."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner

DOCUMENT: dict[str, Any] = {
    "code": "B042",
    "site": "Riverside Clinic",
    "service": "Laboratory",
    "issued": "Mon 23 Nov 2026, 09:12",
    "lines": ["Please take a seat.", "Watch the screen for your number."],
    "language": "en",
    "direction": "ltr",
    "url": "https://kiosk.example/t#0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
    "url_label": "Follow your place on your phone",
    "copy": None,
}


@dataclass
class FakeServer:
    """`docs/station-api.md`, just enough of it."""

    token: str = "s3cret"
    approved: bool = True
    broken: bool = False
    sending_status: int = 200
    jobs: list[dict[str, Any]] = field(default_factory=list)
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    codes: int = 0
    port: int = 0

    def said(self, path: str) -> list[dict[str, Any]]:
        return [body for heard, body in list(self.heard) if heard == path]

    def wait_for(self, what: Callable[[], Any], within_s: float = 30.0) -> Any:
        with self.changed:
            if not self.changed.wait_for(what, within_s):
                raise TimeoutError(f"heard only {self.heard}")
            return what()

    def add_job(self, number: int, **changes: Any) -> None:
        with self.changed:
            self.jobs.append(
                {"id": number, "kind": "ticket", "attempt": 3, "lease_s": 20, "document": DOCUMENT | changes}
            )
            self.changed.notify_all()

    def outcome(self, number: int) -> tuple[str, dict[str, Any]]:
        def found() -> tuple[str, dict[str, Any]] | None:
            ends = (f"/api/station/jobs/{number}/done", f"/api/station/jobs/{number}/failed")
            return next(((path, body) for path, body in self.heard if path in ends), None)

        path, body = self.wait_for(found)
        return path.rpartition("/")[2], body

    def devices(self) -> dict[str, tuple[str, str | None]]:
        reports = self.said("/api/station/health")
        return {d["name"]: (d["state"], d["cause"]) for d in reports[-1]["devices"]} if reports else {}

    def answer(
        self, method: str, path: str, body: dict[str, Any], token: str
    ) -> tuple[int, dict[str, Any] | None]:
        with self.changed:
            self.heard.append((path, body))
            self.changed.notify_all()
        if self.broken:
            return 503, {"error": "The server is busy."}
        if path.startswith("/api/pairing"):
            return self.pairing(path)
        if token != f"Bearer {self.token}":
            return 401, {"error": "This token is not known."}
        if path.startswith("/api/station/jobs/next"):
            return self.next_job()
        if path.endswith("/sending"):
            return self.sending_status, {}
        return (204, None) if path.endswith("/health") else (202, {})

    def pairing(self, path: str) -> tuple[int, dict[str, Any]]:
        if path.endswith("/claim"):
            return (200, {"token": self.token, "station": "front"}) if self.approved else (202, {})
        self.codes += 1
        return 201, {"code": f"K7M2-{self.codes:04}", "claim": "c", "expires_s": 600}

    def next_job(self) -> tuple[int, dict[str, Any] | None]:
        deadline = time.monotonic() + 0.5
        with self.changed:
            while not self.jobs and time.monotonic() < deadline:
                self.changed.wait(0.1)
            return (200, self.jobs.pop(0)) if self.jobs else (204, None)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        status, answer = self.fake.answer(
            self.command, self.path, body, self.headers.get("Authorization", "")
        )
        data = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A host that stops hangs up in the middle of a long poll."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    http = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    fake.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield fake
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def virtual_printer(tmp_path: Path) -> Iterator[VirtualPrinter]:
    printer = VirtualPrinter(tmp_path / "printer").start()
    yield printer
    printer.stop()


@pytest.fixture
def virtual_scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    scanner = VirtualScanner(tmp_path / "scanner").plug()
    yield scanner
    scanner.unplug()
