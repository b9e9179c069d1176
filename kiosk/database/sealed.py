"""Whether anything is sealed: then a key that is gone must be put back, and none made in its place."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kiosk.database.engine import open_engine
from kiosk.database.schema import appointment, checkin, coverage, visit


def holds_sealed(url: str) -> bool:
    """Tell whether the database at `url` has something that only the clinic's key opens."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _any(connection)
    finally:
        engine.dispose()


def _any(connection: Connection) -> bool:
    there = sa.inspect(connection).has_table
    return any(
        there(table.name)
        and connection.execute(sa.select(table.c.id).where(table.c.sealed.is_not(None)).limit(1)).first()
        for table in (visit, appointment, coverage, checkin)
    )
