"""A paired device host, and somebody at the console."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.access import Role
from kiosk.checkin.arrival import check_in
from kiosk.clinic import Clinic
from kiosk.guards import STAFF_COOKIE
from kiosk.queueing.tickets import Ticket
from kiosk.staff import records as staff
from kiosk.stations import records
from kiosk.stations.rules import Kind

PASSWORD = "three plain words"
SINCE = "2026-11-23T14:00:00Z"


class Host:
    """A device host that talks to the server."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any = None) -> TestResponse:
        """Say something."""
        return self.client.post(f"/api/station/{path}", json=body or {}, headers=self.headers)

    def tell(self, job: Mapping[str, Any], what: str, **said: Any) -> TestResponse:
        """Say how it goes with a job."""
        return self.post(f"jobs/{job['id']}/{what}", {"attempt": job["attempt"], **said})

    def next_job(self, wait: int = 0) -> dict[str, Any] | None:
        """Ask for work; None when there is none."""
        answer = self.client.get(f"/api/station/jobs/next?wait={wait}", headers=self.headers)
        assert answer.status_code in (200, 204), answer.text
        return answer.json if answer.status_code == 200 else None

    def health(self, *devices: tuple[str, str, str, str | None]) -> TestResponse:
        """Report devices: name, kind, state, cause."""
        told = [
            {"name": name, "kind": kind, "state": state, "cause": cause, "since": SINCE}
            for name, kind, state, cause in devices
        ]
        return self.post("health", {"version": "0.1.0", "devices": told})


Pair = Callable[..., Host]


@pytest.fixture
def pair(app: Flask, here: Clinic) -> Pair:
    """Pairs another device host, as that of the front door unless said otherwise."""

    def make(station: str = "front") -> Host:
        with here.database.begin(at=here.now()) as tx:
            token = records.enrol(tx, Kind.HOST, station, "ana")
        return Host(app.test_client(), token)

    return make


@pytest.fixture
def host(pair: Pair) -> Host:
    """The device host of the front door."""
    return pair()


@pytest.fixture
def ana(app: Flask, here: Clinic) -> FlaskClient:
    """A coordinator at the console, whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    with here.database.begin(at=here.now()) as tx:
        staff.add(tx, username="ana", name="Ana", role=Role.COORDINATOR, password=PASSWORD, by="test")
    token = staff.sign_in(here.database, "ana", PASSWORD, at=here.now())
    assert token is not None
    client = app.test_client()
    client.set_cookie(STAFF_COOKIE, token)
    return client


Arrive = Callable[..., Ticket]


@pytest.fixture
def arrive(here: Clinic) -> Arrive:
    """Somebody checks in at the front door; the ticket waits to be printed."""

    def come(language: str = "en", station: str = "front") -> Ticket:
        with here.database.begin(at=here.now()) as tx:
            command = f"arrive-{tx.room.serial}"
            return check_in(
                tx, station=station, services=["laboratory"], language=language, command=command, by="test"
            )

    return come
