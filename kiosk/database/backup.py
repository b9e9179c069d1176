"""Copies of the database, made while it is in use and checked. The keys are not in them.

SQLite only: a PostgreSQL server has its own tools (`pg_dump`, WAL archiving).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, count
from pathlib import Path

from sqlalchemy.engine import make_url

from kiosk.config import Config

PAGES_AT_ONCE = 256


class BackupError(Exception):
    """The copy could not be made or used."""


def backup(config: Config, target: Path) -> int:
    """Write a checked copy to `target`; return its size. Raises BackupError. A bad copy replaces none."""
    source = _database_file(config)
    if not source.exists():
        raise BackupError(f"There is no database at {source}.")
    _check_distinct(source, target)
    with _copied(source, target.with_name(target.name + ".partial")) as partial:
        _check(partial, of=source)
        partial.replace(target)
    return target.stat().st_size


def restore(config: Config, source: Path) -> Path | None:
    """Put a copy in the database's place; return where the present one was set aside. Raises BackupError."""
    target = _database_file(config)
    if not source.exists():
        raise BackupError(f"There is no file {source}.")
    _check_distinct(target, source)
    _check(source)
    if target.exists() and _in_use(target):
        raise BackupError("The server is running. Stop it first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = None
    with _copied(source, target.with_name(target.name + ".restoring")) as partial:
        if target.exists():
            kept = _set_aside(target)
        for leftover in ("-wal", "-shm"):
            target.with_name(target.name + leftover).unlink(missing_ok=True)
        partial.replace(target)
    return kept


@contextmanager
def _copied(source: Path, partial: Path) -> Iterator[Path]:
    """A copy that lies safe on the disk, for its owner alone; gone afterwards, if nobody took it."""
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        try:
            with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
                live.backup(copy, pages=PAGES_AT_ONCE)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise BackupError(f"{source} could not be copied: {error}.") from None
        _to_disk(partial)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _set_aside(target: Path) -> Path:
    """Give the present database another name: a new one each time, or a second try would lose the first."""
    first = f"{target.name}.before-restore"
    names = chain([first], (f"{first}-{number}" for number in count(2)))
    kept = next(path for name in names if not (path := target.with_name(name)).exists())
    return target.rename(kept)


def _database_file(config: Config) -> Path:
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError("This clinic's records are in PostgreSQL: use pg_dump and pg_restore.")
    return Path(url.database)


def _check_distinct(database: Path, copy: Path) -> None:
    """Nobody means to put the database in its own place: that would cut off a server that is running."""
    if copy.exists() and database.exists() and copy.samefile(database):
        raise BackupError(f"{copy} is the clinic's database itself. Name another file.")


def _check(file: Path, of: Path | None = None) -> None:
    """Raise BackupError unless `file`, a copy `of` what the message names, is a whole clinic database."""
    named = of or file
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            copy.execute("SELECT version FROM site").fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{named} is not a clinic's database: {error}.") from None
    if verdict != "ok":
        raise BackupError(f"{named} is damaged: {verdict}.")


def _in_use(file: Path) -> bool:
    """Tell whether another process has the database open. If not, the log is folded back into the file."""
    try:
        with closing(sqlite3.connect(file, timeout=0.5)) as connection:
            return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) or (
                connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete"
            )
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False  # damaged beyond reading: that is why somebody restores


def _to_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
