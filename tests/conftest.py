"""Fixtures that every tier shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import open_database
from kiosk.config import Config
from kiosk.database import Database
from kiosk.database.migrations import migrate
from tests import cast
from tests.servers import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, on a private port in a temporary folder."""
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """The clinic's configuration, on each database."""
    if request.param == "sqlite":
        return cast.config(tmp_path)
    url = request.getfixturevalue("postgres").new_database()
    return cast.config(tmp_path, database={"url": url})


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    """The clinic's records, migrated and empty."""
    migrate(config)
    opened = open_database(config)
    yield opened
    opened.close()
