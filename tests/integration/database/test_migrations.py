"""The history of the schema ends where the code believes it to be."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.config import Config
from kiosk.database import schema
from kiosk.database.engine import open_engine
from kiosk.database.migrations import migrate, pending
from tests import cast


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """A configuration whose database has never been touched."""
    if request.param == "sqlite":
        return cast.config(tmp_path)
    return cast.config(tmp_path, database={"url": request.getfixturevalue("postgres").new_database()})


def tables(engine: sa.Engine) -> dict[str, Any]:
    """All that the database itself knows of each table but Alembic's."""
    look = sa.inspect(engine)
    return {
        name: {
            "columns": [{**column, "type": str(column["type"])} for column in look.get_columns(name)],
            "primary key": look.get_pk_constraint(name),
            "foreign keys": by_name(look.get_foreign_keys(name)),
            "unique": by_name(look.get_unique_constraints(name)),
            "indexes": by_name({**one, "dialect_options": conditions(one)} for one in look.get_indexes(name)),
        }
        for name in look.get_table_names()
        if name != "alembic_version"
    }


def conditions(index: Any) -> dict[str, str]:
    """What makes an index partial, as text."""
    return {key: str(value) for key, value in index.get("dialect_options", {}).items()}


def by_name(found: Iterable[Any]) -> list[Any]:
    """The order in which they were made tells nothing."""
    return sorted(found, key=lambda one: str(one["name"]))


def test_a_migrated_database_has_the_tables_that_the_code_declares(fresh: Config) -> None:
    migrate(fresh)
    engine = open_engine(fresh.database_url)
    migrated = tables(engine)
    schema.metadata.drop_all(engine)
    schema.metadata.create_all(engine)

    declared = tables(engine)
    engine.dispose()

    assert migrated == declared
    assert migrated.keys() == schema.metadata.tables.keys()


def test_a_database_is_pending_until_it_is_migrated(fresh: Config) -> None:
    assert pending(fresh)

    migrate(fresh)
    migrate(fresh)

    assert not pending(fresh)
