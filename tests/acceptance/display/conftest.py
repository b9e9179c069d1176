"""A served clinic, its board and a patient's phone in real Chromium, and a cable that can be pulled."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute
from werkzeug.serving import make_server

from kiosk.app import create_app
from kiosk.clinic import Clinic, utc_now
from kiosk.database.migrations import migrate
from kiosk.guards import DEVICE_COOKIE
from kiosk.queueing.tickets import Ticket
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests import cast
from tests.integration.display.conftest import WaitingRoom

DESKS = [
    {"id": f"room-{n}", "name": f"Room {n}", "services": ["registration", "laboratory", "consultation"]}
    for n in range(1, 9)
]
BOARDS: list[dict[str, Any]] = [
    {"id": "lobby", "name": "Lobby", "inches": 43, "pixels": [1920, 1080]},
    {"id": "tower", "name": "Tower", "inches": 43, "pixels": [1080, 1920]},
    {"id": "hall", "name": "Hall", "inches": 55, "pixels": [3840, 2160]},
]
SIZES = {board["id"]: tuple(board["pixels"]) for board in BOARDS}


@dataclass
class Cable:
    """Between a page and the server; while it is pulled, nothing gets through."""

    pulled: bool = False
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def run_through(self, page: Page) -> None:
        """Lead all of the page's traffic through this cable."""
        page.route("**/*", self._request)
        page.route_web_socket("**/socket.io/**", self._socket)

    def pull(self) -> None:
        """Cut the connection: nobody is told."""
        self.pulled = True

    def plug(self) -> None:
        """Connect again; the dead sockets are found out."""
        self.pulled = False
        for socket in self.sockets:
            socket.close()
        self.sockets.clear()

    def _request(self, route: Route) -> None:
        if self.pulled:
            route.abort()
        else:
            route.continue_()

    def _socket(self, socket: WebSocketRoute) -> None:
        if self.pulled:
            socket.close()
            return
        self.sockets.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if self.pulled else server.send(message))
        server.on_message(lambda message: None if self.pulled else socket.send(message))


@dataclass
class Served:
    """A clinic that answers at `url`, and the browser in front of it."""

    here: Clinic
    url: str
    room: WaitingRoom
    browser: Browser
    complaints: list[str]

    def open(self, path: str, width: int, height: int, cable: Cable | None = None, **options: Any) -> Page:
        """Open an address in a browser of its own; boards are paired."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        if path.startswith("/board/"):
            with self.here.database.begin(at=utc_now()) as tx:
                token = stations.enrol(tx, Kind.BOARD, path.removeprefix("/board/"), "test")
            context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": self.url}])
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if cable is not None:
            cable.run_through(page)
        page.goto(self.url + path)
        return page

    def board(self, name: str = "lobby", cable: Cable | None = None, **options: Any) -> Page:
        """Open a board on a screen of its size, and wait until it listens."""
        page = self.open(f"/board/{name}", *SIZES[name], cable=cable, **options)
        page.wait_for_load_state("networkidle")
        return page

    def call(self, count: int, first_desk: int = 1) -> list[str]:
        """So many patients arrive and are called, to one desk after the other; return the tickets' ids."""
        tickets = [self.room.arrive()[0] for _ in range(count)]
        for desk, ticket in enumerate(tickets, start=first_desk):
            self.room.act("call", ticket, f"room-{desk}")
        return tickets

    def ticket(self, ticket: str) -> Ticket:
        """The ticket as it is written down."""
        with self.here.database.snapshot(at=utc_now()) as reading:
            return reading.snapshot.tickets[ticket]


def serve(folder: Path, browser: Browser, **tables: Any) -> Iterator[Served]:
    """Serve a clinic until the test is done."""
    config = cast.config(folder, **{"desks": DESKS, "boards": BOARDS, **tables})
    migrate(config)
    app = create_app(config)
    here: Clinic = app.extensions["clinic"]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here.live.start()
    complaints: list[str] = []
    address = f"http://127.0.0.1:{server.server_port}"
    yield Served(here, address, WaitingRoom(here, utc_now), browser, complaints)
    for context in browser.contexts:
        context.close()
    here.live.stop()
    server.shutdown()
    server.server_close()
    here.database.close()


@pytest.fixture
def served(tmp_path: Path, chromium: Browser) -> Iterator[Served]:
    """Eight desks, three boards, nobody waiting; in the end no page may have complained."""
    for clinic in serve(tmp_path, chromium):
        yield clinic
        assert clinic.complaints == []


@pytest.fixture
def cable() -> Cable:
    """A cable that is plugged in."""
    return Cable()
