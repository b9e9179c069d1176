"""The schema's history (Alembic). `migrate` brings a database up to date; a second run changes nothing.

A step is frozen once it has shipped: it names its own columns and never reads `schema`. There is no step
back: the way back is the copy that an upgrade makes first.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kiosk.config import Config
from kiosk.database.engine import open_engine
from kiosk.database.schema import site


def migrate(config: Config) -> None:
    """Create or upgrade the tables, and the site's row."""
    settings = _settings()
    engine = open_engine(config.database_url)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        known = connection.execute(sa.select(site.c.id).where(site.c.id == config.site.id)).scalar()
        if known is None:
            connection.execute(site.insert().values(id=config.site.id))
    engine.dispose()


def pending(config: Config) -> bool:
    """Tell whether the database still has to be migrated."""
    engine = open_engine(config.database_url)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return current != ScriptDirectory.from_config(_settings()).get_current_head()


def _settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    return settings
