"""A full disk and a locked database: a clear answer, nothing half done, and well again afterwards."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.app import create_app, open_database
from kiosk.config import Config
from kiosk.database import Database, engine
from kiosk.database.migrations import migrate
from tests import cast
from tests.cast import NINE
from tests.integration.database.test_transaction import arrive


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """SQLite: PostgreSQL's disk and locks are its own."""
    return cast.config(tmp_path)


@pytest.fixture
def full(database: Database) -> Iterator[Database]:
    """A database that may not grow by one page more."""

    @sa.event.listens_for(database.engine, "checkout")
    def no_more_pages(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    yield database
    sa.event.remove(database.engine, "checkout", no_more_pages)


def fill_up(database: Database) -> int:
    """Give tickets until the disk is full; return how many were given."""
    given: list[str] = []
    with pytest.raises(sa.exc.OperationalError, match="full"):
        give(database, given)
    return len(given)


def give(database: Database, given: list[str]) -> None:
    """Give tickets without end."""
    while True:
        with database.begin(at=NINE) as tx:
            code = arrive(tx).code
        given.append(code)


def test_a_full_disk_gives_no_ticket_and_loses_none(full: Database) -> None:
    given = fill_up(full)
    full._known = None
    with full.snapshot(at=NINE) as seen:
        assert [t.serial for t in seen.snapshot.in_order()] == list(range(1, given + 1))
        assert seen.snapshot.version == given


def test_numbers_go_on_without_a_gap_when_there_is_room_again(full: Database, config: Config) -> None:
    given = fill_up(full)
    healed = open_database(config)
    with healed.begin(at=NINE) as tx:
        assert arrive(tx).code == f"B{given + 1:03d}"
    healed.close()


def test_a_locked_database_is_waited_for_and_then_said(
    database: Database, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    impatient = open_database(config)
    other = sqlite3.connect(config.data / "kiosk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError, match="locked"), impatient.begin(at=NINE):
        pass
    with impatient.snapshot(at=NINE) as seen:
        assert seen.snapshot.version == 0
    other.execute("ROLLBACK")
    other.close()
    with impatient.begin(at=NINE) as tx:
        assert arrive(tx).code == "B001"
    impatient.close()


def test_a_page_says_that_the_records_do_not_answer(config: Config) -> None:
    migrate(config)
    app = create_app(config)
    here = app.extensions["clinic"].database
    with here.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("ALTER TABLE site RENAME TO elsewhere")
    answer = app.test_client().get("/kiosk/front", follow_redirects=True)
    assert answer.status_code == 503
    assert "records do not answer" in answer.get_data(as_text=True)
    here.close()
