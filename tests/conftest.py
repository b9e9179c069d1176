"""Fixtures that every tier shares."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher, profiles
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser

from kiosk.app import open_database
from kiosk.config import Config
from kiosk.database import Database
from kiosk.database.migrations import migrate
from kiosk.staff import records as staff
from tests import browser, cast
from tests.servers import Postgres

# A machine that is busy with something else says nothing about the code: no example is judged by its time.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A hash that is meant to be slow would be most of the suite's time. Other processes keep it."""
    usual, staff.hasher = staff.hasher, PasswordHasher.from_parameters(profiles.CHEAPEST)
    yield
    staff.hasher = usual


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A thousand apps share what Jinja made of the templates: half of the time of a test with pages."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, on a private port in a temporary folder."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one for all: a second Playwright in the same process is refused."""
    with browser.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty clinic's SQLite file, to copy."""
    made = cast.config(tmp_path_factory.mktemp("migrated"))
    migrate(made)
    return made.data / "kiosk.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Config]:
    """The clinic's configuration, on each database. Its tables may be there already."""
    if request.param == "sqlite":
        shutil.copy(migrated, tmp_path)
        yield cast.config(tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.lend()
    yield cast.config(tmp_path, database={"url": url})
    server.give_back(url)


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    """The clinic's records, migrated and empty."""
    migrate(config)
    opened = open_database(config)
    yield opened
    opened.close()
