"""Copies of the database, made while it is in use and checked. The keys are not in them.

SQLite only: a PostgreSQL server has its own tools (`pg_dump`, WAL archiving).
"""

import os
import sqlite3
from contextlib import closing
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
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        try:
            with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
                live.backup(copy, pages=PAGES_AT_ONCE)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise BackupError(f"{source} could not be copied: {error}.") from None
        _check(partial, of=source)
        _to_disk(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(config: Config, source: Path) -> Path | None:
    """Put a copy in the database's place; return where the present one was set aside. Raises BackupError."""
    target = _database_file(config)
    if not source.exists():
        raise BackupError(f"There is no file {source}.")
    _check(source)
    if target.exists() and _in_use(target):
        raise BackupError("The server is running. Stop it first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".restoring")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(partial)) as fresh:
        copy.backup(fresh)
    _to_disk(partial)
    kept = None
    if target.exists():
        kept = target.with_name(target.name + ".before-restore")
        target.replace(kept)
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    partial.replace(target)
    return kept


def _database_file(config: Config) -> Path:
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError("This clinic's records are in PostgreSQL: use pg_dump and pg_restore.")
    return Path(url.database)


def _check(file: Path, of: Path | None = None) -> None:
    """Raise BackupError unless `file`, a copy `of` what the message names, is a whole clinic database."""
    named = of or file
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
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


def _to_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
