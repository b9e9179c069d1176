"""Is the database there, whole, readable with our key, and used as it should be?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kiosk.config import Config
from kiosk.database import schema
from kiosk.database.engine import open_engine
from kiosk.database.migrations import MigrationError, pending
from kiosk.database.purge import KEPT
from kiosk.database.vault import Vault, VaultError, read_or_make_key
from kiosk.doctor.findings import Finding, good, note, wrong


def database(config: Config, now: datetime) -> Iterator[Finding]:
    if (
        config.database_url.startswith("sqlite")
        and not Path(config.database_url.removeprefix("sqlite:///")).exists()
    ):
        yield wrong("There is no database yet.", "Run `python -m kiosk migrate`.")
        return
    try:
        if pending(config):
            yield wrong("The database is not up to date.", "Run `python -m kiosk migrate`.")
            return
        engine = open_engine(config.database_url)
        with engine.connect() as connection:
            yield good(f"The {engine.dialect.name} database answers and is up to date.")
            yield from _records(config, connection, now)
        engine.dispose()
    except MigrationError:
        yield wrong(
            "This database was written by a newer release.", "Install that one, or restore an older copy."
        )
    except (DBAPIError, SQLAlchemyError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        words = " ".join(str(cause).split()).rstrip(".")
        if config.database_url.startswith("sqlite"):
            yield wrong(
                f"The database cannot be read: {words}.",
                "Look who owns it. If that is right, stop the server and restore the last backup.",
            )
        else:
            yield wrong(f"The database does not answer: {words}.", "Correct database.url, or start it.")


def _records(config: Config, connection: sa.Connection, now: datetime) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar()
        if verdict != "ok":
            yield wrong(
                f"The database file is damaged: {verdict}.", "Stop the server and restore the last backup."
            )
    yield from _sealed(config, connection)
    latest = connection.execute(sa.select(sa.func.max(schema.event.c.at))).scalar()
    if latest is not None and latest > now + timedelta(minutes=5):
        yield wrong(
            f"The last event is from {latest:%Y-%m-%d %H:%M} UTC, which is to come.",
            "The clock was wrong: set it.",
        )
    kept = sa.select(sa.func.count()).where(
        schema.visit.c.purged_at.is_(None), schema.visit.c.created_at < now - KEPT - timedelta(hours=24)
    )
    if overdue := connection.execute(kept).scalar():
        yield wrong(
            f"{overdue} visits still hold personal data that should be forgotten.",
            "Enable the purge timer (docs/operations.md), or run `python -m kiosk purge`.",
        )
    yield from _people_and_screens(config, connection)


def _sealed(config: Config, connection: sa.Connection) -> Iterator[Finding]:
    """Try the key on one sealed row."""
    newest = (
        sa.select(schema.visit.c.id, schema.visit.c.sealed)
        .where(schema.visit.c.sealed.is_not(None))
        .order_by(schema.visit.c.created_at.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    path = config.data / "keys" / "field.key"
    if row is None:
        return
    cure = "Put back the right key from your safe copy."
    if not path.exists():
        yield wrong(f"{path} is gone, and nothing else opens what is sealed.", cure)
        return
    try:
        Vault(read_or_make_key(path)).open(row.sealed, f"visit:{row.id}")
    except VaultError:
        words = f"{path} does not open what is in the database: it is not the key that sealed it."
        yield wrong(words, cure)


def _people_and_screens(config: Config, connection: sa.Connection) -> Iterator[Finding]:
    people = sa.select(sa.func.count()).where(
        schema.staff.c.site == config.site.id, schema.staff.c.disabled_at.is_(None)
    )
    if not connection.execute(people).scalar():
        yield wrong(
            "Nobody can sign in: there is no staff account.", "Run `python -m kiosk staff add <username>`."
        )
    device = schema.device
    rows = connection.execute(
        sa.select(device.c.kind, device.c.name).where(
            device.c.site == config.site.id, device.c.revoked_at.is_(None)
        )
    )
    paired = {(row.kind, row.name) for row in rows}
    wanted = [("kiosk", s.id, f"/kiosk/{s.id} on its screen") for s in config.stations]
    wanted += [("host", s.id, "the device host on its box") for s in config.stations]
    wanted += [("board", b.id, f"/board/{b.id} on its screen") for b in config.boards]
    for kind, name, where in wanted:
        if (kind, name) not in paired:
            yield note(
                f"The {'device host' if kind == 'host' else kind} {name!r} is not paired.",
                f"Open {where} and type the code on the console."
                if kind != "host"
                else f"Start {where}; its log shows a code: type it on the console.",
            )
