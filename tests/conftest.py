"""Fixtures that every tier shares."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from argon2 import PasswordHasher, profiles
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from kiosk.app import open_database
from kiosk.config import Config
from kiosk.database import Database
from kiosk.database.migrations import migrate
from kiosk.database.vault import read_or_make_key
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


class CompiledRule(Rule):
    """A route whose builder was compiled for the first app that has it."""

    builders: ClassVar[dict[tuple[str, str, bool], Any]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        key = (self.rule, repr(self.defaults), append_unknown)
        if key not in self.builders:
            self.builders[key] = super()._compile_builder(append_unknown)
        return self.builders[key]


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A thousand apps share what became of templates and routes: half of the time of a test with pages."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}
    Flask.url_rule_class = CompiledRule


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
    """An empty clinic's folder, to copy: the SQLite file and the keys."""
    made = cast.config(tmp_path_factory.mktemp("migrated"))
    migrate(made)
    for name in ("field", "session"):
        read_or_make_key(made.data / f"keys/{name}.key")
    return made.data


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Config]:
    """The clinic's configuration, on each database. Its tables may be there already."""
    if request.param == "sqlite":
        shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
        yield cast.config(tmp_path)
        return
    shutil.copytree(migrated / "keys", tmp_path / "keys")
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
