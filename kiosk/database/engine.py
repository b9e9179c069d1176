"""SQLite or PostgreSQL, opened the way that loses nothing."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

BUSY_TIMEOUT_MS = 10_000
"""How long another process may hold SQLite's write lock before we give up."""


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://…`; a SQLite file's folder is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"), pool_size=20, max_overflow=20, hide_parameters=True
    )


def _open_sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=20, max_overflow=40, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is deferred, and fails with "database is locked" under load: see `begin`.
        connection.isolation_level = None
        if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
            # It must be said before the first table; later it would want the write lock for each connection.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL").close()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL was measured to lose acknowledged rows on a power cut
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
