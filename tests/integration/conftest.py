"""What more than one room of the integration tests needs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kiosk.app import create_app
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database.migrations import migrate
from tests.cast import NINE, Clock


@pytest.fixture
def clock() -> Clock:
    """Nine o'clock."""
    return Clock(NINE)


@pytest.fixture
def app(config: Config, clock: Clock) -> Iterator[Flask]:
    """The clinic's app, not serving."""
    migrate(config)
    made = create_app(config, now=clock)
    yield made
    made.extensions["clinic"].database.close()


@pytest.fixture
def here(app: Flask) -> Clinic:
    """The clinic."""
    clinic: Clinic = app.extensions["clinic"]
    return clinic


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(20)
        yield heard
