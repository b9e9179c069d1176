"""The schema's history (Alembic). `migrate` brings a database up to date; a second run changes nothing.

A step is frozen once it has shipped: it names its own columns and never reads `schema`. There is no step
back: the way back is the copy that an upgrade makes first.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from kiosk.config import Config
from kiosk.database.engine import open_engine
from kiosk.database.schema import site


class MigrationError(Exception):
    """This database was written by a newer release. Install that one, or restore an older copy."""


def migrate(config: Config) -> None:
    """Create or upgrade the tables, and the site's row. Raises MigrationError."""
    engine = open_engine(config.database_url)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if _is_behind(connection):
            settings = _settings()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
        known = connection.execute(sa.select(site.c.id).where(site.c.id == config.site.id)).scalar()
        if known is None:
            connection.execute(site.insert().values(id=config.site.id))
    engine.dispose()


def pending(config: Config) -> bool:
    """Tell whether the database still has to be migrated. Raises MigrationError when it is ahead of us."""
    engine = open_engine(config.database_url)
    with engine.connect() as connection:
        behind = _is_behind(connection)
    engine.dispose()
    return behind


def _is_behind(connection: Connection) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    newest, *_ = steps = _steps()
    if current is not None and current not in steps:
        raise MigrationError(MigrationError.__doc__)
    return current != newest


@cache
def _steps() -> tuple[str, ...]:
    """Every step that this release knows, the newest first."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_settings()).walk_revisions())


def _settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    return settings
