"""The console's app with two coordinators, Ana and Ben, whose browsers are told apart by their cookies."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import to_builtins
from werkzeug.test import TestResponse

from kiosk.access import Role
from kiosk.app import create_app
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import check_in
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.console.rules import occupant, stamp
from kiosk.database import schema
from kiosk.database.migrations import migrate
from kiosk.guards import STAFF_COOKIE
from kiosk.queueing.tickets import Ticket
from tests.cast import NINE

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One coordinator at the console."""

    client: FlaskClient
    page: str = ""
    csrf: str = field(default="", init=False)

    def look(self, path: str = "/console") -> str:
        """Open the page; return its words."""
        self.page = self.client.get(path, follow_redirects=True).get_data(as_text=True)
        self.csrf = TOKEN.search(self.page)[1]  # type: ignore[index]
        return words(self.page)

    def post(self, path: str, command: str | None = None, **form: str) -> TestResponse:
        """Send a form of the page."""
        fields = {"csrf_token": self.csrf, "command": command or uuid.uuid4().hex, **form}
        return self.client.post("/console" + path, data=fields)

    def send(self, path: str, command: str | None = None, **form: str) -> str:
        """Send a form and follow to the page that tells what came of it; return its words."""
        answer = self.post(path, command, **form)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.look(answer.location)


def words(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@dataclass
class Floor:
    """The clinic, its clock, and what happens there."""

    app: Flask
    here: Clinic
    ana: Browser
    ben: Browser
    at: datetime = NINE

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.at = datetime.fromtimestamp(self.at.timestamp() + seconds, self.at.tzinfo)

    def arrive(self, *services: str, person: Person | None = None, priority: str | None = None) -> Ticket:
        """Somebody takes a ticket at the kiosk, for the laboratory unless told otherwise."""
        with self.app.app_context(), self.here.database.begin(at=self.at) as tx:
            return check_in(
                tx,
                station="front",
                services=services or ["laboratory"],
                language="en",
                command=uuid.uuid4().hex,
                by="station:front",
                person=person,
                priority=priority,
            )

    def ticket(self, ticket: Ticket) -> Ticket:
        """How the ticket stands now."""
        with self.here.database.snapshot(at=self.at) as seen:
            return seen.snapshot.tickets[ticket.id]

    def seen(self, ticket: Ticket) -> str:
        """What a fresh page's form remembers of the ticket."""
        return stamp(self.ticket(ticket))

    def at_desk(self, desk: str) -> str:
        """What a fresh page's form remembers of the desk."""
        with self.here.database.snapshot(at=self.at) as seen:
            return stamp(occupant(seen.snapshot.tickets.values(), desk))

    def open_desk(self, *desks: str) -> None:
        """Open desks."""
        with self.here.database.begin(at=self.at) as tx:
            for desk in desks:
                tx.room.open_desk(desk, at=self.at, by="ana")

    def call_next(self, who: Browser, desk: str, command: str | None = None) -> str:
        """Press "Call next" on a fresh page."""
        return who.send(f"/desks/{desk}/next", command, seen=self.at_desk(desk))

    def act(self, who: Browser, action: str, ticket: Ticket, command: str | None = None, **form: str) -> str:
        """Press an action's button on a fresh page."""
        return who.send(f"/tickets/{ticket.id}/{action}", command, seen=self.seen(ticket), **form)


def signed_in(app: Flask, here: Clinic, username: str, name: str) -> FlaskClient:
    """A browser with a session, spared the slow check of a password."""
    token = f"token of {username}"
    with here.database.begin(at=NINE) as tx:
        tx.connection.execute(
            schema.staff.insert().values(
                id=username, site=tx.site, username=username, name=name, role=str(Role.COORDINATOR),
                password_hash="", created_at=NINE,
            )
        )  # fmt: skip
        tx.connection.execute(
            schema.staff_session.insert().values(
                token_hash=sha256(token.encode()).digest(), staff=username, created_at=NINE, seen_at=NINE
            )
        )
    client = app.test_client()
    client.set_cookie(STAFF_COOKIE, token)
    return client


def reopened(before: Floor, config: Config, **tables: object) -> Floor:
    """The same clinic and coordinators after a restart with other tables in kiosk.toml."""
    other = Config.from_dict({**to_builtins(config), **tables})
    app = create_app(other, now=lambda: before.at)
    browsers = [Browser(app.test_client()) for _ in range(2)]
    for browser, name in zip(browsers, ("ana", "ben"), strict=True):
        browser.client.set_cookie(STAFF_COOKIE, f"token of {name}")
    return Floor(app, app.extensions["clinic"], *browsers, at=before.at)


@pytest.fixture
def floor(config: Config) -> Iterator[Floor]:
    """An open clinic at nine: Rooms 1 and 2 are open, Ana works for Room 1, Ben for Room 2."""
    migrate(config)
    made: Floor | None = None
    app = create_app(config, now=lambda: made.at if made else NINE)
    here: Clinic = app.extensions["clinic"]
    browsers = [Browser(signed_in(app, here, *who)) for who in (("ana", "Ana Silva"), ("ben", "Ben Adeyemi"))]
    made = Floor(app, here, *browsers)
    made.open_desk("room-1", "room-2")
    for browser, desk in zip(browsers, ("room-1", "room-2"), strict=True):
        browser.look(f"/console?desk={desk}")
    yield made
    here.database.close()
