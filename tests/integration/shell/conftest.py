"""People and devices with valid credentials."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.guards import DEVICE_COOKIE, STAFF_COOKIE
from kiosk.staff import records as staff
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests.cast import Clock

PASSWORD = "three plain words"


Enter = Callable[[Role], FlaskClient]


@pytest.fixture
def as_role(app: Flask, here: Clinic, clock: Clock) -> Enter:
    """A client with the credentials of a role: the kiosk `front`, the board `lobby`, the host of `front`."""

    def enter(role: Role) -> FlaskClient:
        client = app.test_client()
        if role in (Role.COORDINATOR, Role.SUPERVISOR):
            client.set_cookie(STAFF_COOKIE, signed_in(here, role, clock()))
        elif role in (Role.KIOSK, Role.BOARD, Role.HOST):
            name = "lobby" if role is Role.BOARD else "front"
            with here.database.begin(at=clock()) as tx:
                token = stations.enrol(tx, Kind(str(role)), name, "test")
            if role is Role.HOST:
                client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
            else:
                client.set_cookie(DEVICE_COOKIE, token)
        return client

    return enter


def signed_in(here: Clinic, role: Role, at: datetime) -> str:
    """Make an account of that role, sign in, return the session's token."""
    username = str(role)
    with here.database.begin(at=at) as tx:
        if username not in {account.username for account in staff.accounts(tx)}:
            staff.add(tx, username=username, name="Ana Ortiz", role=role, password=PASSWORD, by="test")
    token = staff.sign_in(here.database, username, PASSWORD, at=at)
    assert token is not None
    return token
