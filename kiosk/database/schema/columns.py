"""What the tables are made of: instants, the columns that many of them have, and the names of constraints."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: exact, sortable and the same everywhere."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive datetimes: nobody can tell what instant they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An aware datetime is required.")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


def id_column() -> Column[str]:
    """An opaque id that the program makes."""
    return Column("id", String(32), primary_key=True)


def site_column() -> Column[str]:
    """The clinic whose row it is."""
    return Column("site", String(64), ForeignKey("site.id"), nullable=False)


def autonumber() -> Column[int]:
    """An id that the database counts."""
    return Column("id", sa.BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def index_of_few(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of those rows alone that `where` means."""
    condition = sa.text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
