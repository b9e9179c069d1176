"""The appointments' pages, with a coordinator's browser and one that nobody signed in."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.access import Role
from kiosk.app import create_app
from kiosk.appointments import records
from kiosk.appointments.records import Appointment
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database import Transaction
from kiosk.database.migrations import migrate
from kiosk.guards import STAFF_COOKIE
from kiosk.staff import records as staff
from tests.cast import NINE, minutes

PAGE = "/console/appointments"
PASSWORD = "three plain words"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
BORN = date(1980, 2, 29)


@dataclass
class Desk:
    """A coordinator's browser on the appointments' pages of a running clinic."""

    app: Flask
    here: Clinic
    client: FlaskClient
    csrf: str = field(default="", init=False)

    def look(self, path: str = PAGE) -> str:
        """Open a page."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status
        if found := TOKEN.search(answer.text):
            self.csrf = found[1]
        return answer.text

    def send(self, path: str, **form: object) -> TestResponse:
        """Send a form."""
        fields = {"csrf_token": self.csrf, "command": uuid.uuid4().hex, **form}
        return self.client.post(path, data=fields)

    def load(self, data: bytes, name: str = "export.csv") -> TestResponse:
        """Upload a file."""
        return self.send(f"{PAGE}/import", file=(BytesIO(data), name))

    def book(self) -> list[Appointment]:
        """Who is expected today."""
        with self.here.database.snapshot(at=NINE) as reading:
            return records.today(reading, NINE)

    def expect(self, family: str = "Vega", given: str = "Ana") -> Appointment:
        """Somebody is expected in half an hour."""
        with self.here.database.begin(at=NINE) as tx:
            return add(tx, family, given)


def add(tx: Transaction, family: str = "Vega", given: str = "Ana") -> Appointment:
    """Expect somebody in half an hour."""
    return records.add(
        tx,
        slot=NINE + minutes(30),
        services=["laboratory"],
        family_name=family,
        given_name=given,
        birth_date=BORN,
    )


@pytest.fixture
def desk(config: Config) -> Iterator[Desk]:
    """An open clinic at nine, and Ana signed in."""
    migrate(config)
    app = create_app(config, now=lambda: NINE)
    here: Clinic = app.extensions["clinic"]
    with here.database.begin(at=NINE) as tx:
        staff.add(tx, username="ana", name="Ana Silva", role=Role.COORDINATOR, password=PASSWORD, by="test")
    token = staff.sign_in(here.database, "ana", PASSWORD, at=NINE)
    assert token is not None
    client = app.test_client()
    client.set_cookie(STAFF_COOKIE, token)
    made = Desk(app, here, client)
    made.look()
    yield made
    here.database.close()
