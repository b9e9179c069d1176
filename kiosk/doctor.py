"""`python -m kiosk doctor`: what is wrong with this installation, in plain words, and what to do about it."""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kiosk.clinic import utc_now
from kiosk.config import Config, ConfigError, load
from kiosk.database import schema
from kiosk.database.engine import open_engine
from kiosk.database.migrations import pending
from kiosk.database.purge import KEPT
from kiosk.database.vault import KEY_BYTES, Vault, VaultError

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that shows less than this is wrong."""
ENOUGH_BYTES, FEW_BYTES = 2**30, 2**28
SPARE_THREADS = 20


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and what to do about it."""

    level: Level
    words: str
    cure: str = ""


def report(path: Path) -> int:
    """Print every finding; return 1 when something is wrong."""
    findings = list(examine(path))
    for finding in findings:
        print(f"{finding.level:<6} {finding.words}")
        if finding.cure:
            print(f"       → {finding.cure}")
    wrong = sum(finding.level is Level.WRONG for finding in findings)
    print(f"\n{wrong} to mend." if wrong else "\nNothing is wrong.")
    return 1 if wrong else 0


def examine(path: Path, *, now: Callable[[], datetime] = utc_now) -> Iterator[Finding]:
    """Yield what is found, beginning with what all else rests on."""
    try:
        config = load(path)
    except ConfigError as error:
        yield wrong(str(error), "docs/configuration.md describes every key.")
        return
    yield good(f"{path}: {config.site.name}, {len(config.services)} services, {len(config.desks)} desks.")
    yield from _data_folder(config)
    yield from _keys(config)
    yield from _disk(config)
    yield from _clock(now())
    yield from _fonts()
    yield from _address(config)
    yield from _threads(config)
    yield from _redis(config)
    yield from _database(config, now())


def good(words: str) -> Finding:
    """All is well."""
    return Finding(Level.GOOD, words)


def note(words: str, cure: str = "") -> Finding:
    """Worth knowing."""
    return Finding(Level.NOTE, words, cure)


def wrong(words: str, cure: str) -> Finding:
    """To be mended."""
    return Finding(Level.WRONG, words, cure)


def _data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data
    if not folder.is_dir():
        yield wrong(
            f"The data folder {folder} does not exist.", "Run `python -m kiosk migrate`, which makes it."
        )
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(f"The data folder {folder} cannot be written by {_me()}.", f"chown {_me()} {folder}")
    else:
        yield good(f"The data folder {folder} can be written.")


def _keys(config: Config) -> Iterator[Finding]:
    for name in ("field.key", "session.key"):
        path = config.data / "keys" / name
        if not path.exists():
            yield note(f"There is no {path} yet.", "The server makes it at its first start.")
            continue
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            yield wrong(f"{path} can be read by others (mode {mode:o}).", f"chmod 600 {path}")
        elif not os.access(path, os.R_OK):
            yield wrong(f"{path} cannot be read by {_me()}.", f"chown {_me()} {path}")
        elif not _is_key(path):
            yield wrong(
                f"{path} is not a key of {KEY_BYTES} bytes in hex.",
                "Put back the right one from your safe copy.",
            )
        else:
            yield good(f"{path} is a key that only its owner reads.")


def _is_key(path: Path) -> bool:
    try:
        return len(bytes.fromhex(path.read_text().strip())) == KEY_BYTES
    except ValueError:
        return False


def _disk(config: Config) -> Iterator[Finding]:
    folder = next(
        (place for place in (config.data, *config.data.absolute().parents) if place.exists()), Path("/")
    )
    free = shutil.disk_usage(folder).free
    words = f"{free / 2**30:.1f} GB are free on the disk of {folder}."
    if free < FEW_BYTES:
        yield wrong(words, "Make room now: when the disk is full nobody can be checked in.")
    elif free < ENOUGH_BYTES:
        yield note(words, "Make room before it gets less.")
    else:
        yield good(words)


def _clock(now: datetime) -> Iterator[Finding]:
    if now < WRITTEN:
        yield wrong(
            f"The clock shows {now:%Y-%m-%d %H:%M} UTC, which is past.", "Set it: timedatectl set-ntp true"
        )
    elif Path("/run/systemd/system").exists() and not Path("/run/systemd/timesync/synchronized").exists():
        yield note(
            "Nothing says that the clock is synchronised.", "timedatectl set-ntp true, or look after chrony."
        )
    else:
        yield good(f"The clock shows {now:%Y-%m-%d %H:%M} UTC.")


def _fonts() -> Iterator[Finding]:
    from kiosk.app import static_folder

    fonts = list((static_folder() / "fonts").glob("*.woff2"))
    if fonts:
        yield good(f"{len(fonts)} font files are there.")
    else:
        yield wrong(f"There are no fonts in {static_folder() / 'fonts'}.", "Install the package again.")


def _address(config: Config) -> Iterator[Finding]:
    server = config.server
    if not server.public_url:
        yield note(
            f"server.public_url is not set: the QR code on tickets leads to {config.public_url}.",
            "Set it to the address that patients' phones reach.",
        )
    elif not config.https:
        yield note(
            f"server.public_url is {server.public_url}: sign-in and tickets' links travel unencrypted.",
            "Put TLS in front (docs/operations.md) and use https://.",
        )
    else:
        yield good(f"Phones and browsers come in at {config.public_url}.")
    host = "127.0.0.1" if server.host in ("0.0.0.0", "::") else server.host  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{server.port}/healthz", timeout=3) as answer:  # noqa: S310
            yield (
                good(f"The server answers on port {server.port}.")
                if answer.status == 200
                else _silent(config)
            )
    except urllib.error.HTTPError as error:
        yield wrong(
            f"The server on port {server.port} is not well: it answers {error.code}.", "Read its log."
        )
    except OSError:
        yield _silent(config)


def _silent(config: Config) -> Finding:
    return note(f"No server answers on port {config.server.port}.", "Start it: python -m kiosk serve")


def _threads(config: Config) -> Iterator[Finding]:
    screens = 3 * len(config.stations) + len(config.boards) + len(config.desks)
    if config.server.threads < screens + SPARE_THREADS:
        yield wrong(
            f"server.threads is {config.server.threads}: too few for {screens} screens and device hosts.",
            f"Set it to {screens + SPARE_THREADS} or more; each connected screen holds one.",
        )
    else:
        yield good(f"{config.server.threads} threads are enough for {screens} screens and device hosts.")


def _redis(config: Config) -> Iterator[Finding]:
    if not config.server.redis:
        return
    if config.database_url.startswith("sqlite"):
        yield wrong(
            "server.redis is set, so several server processes are meant, but the records are in SQLite.",
            "Set database.url to a PostgreSQL server, or remove server.redis.",
        )
    import redis

    try:
        redis.Redis.from_url(config.server.redis, socket_timeout=3).ping()
        yield good("Redis answers.")
    except redis.RedisError as error:
        yield wrong(f"Redis does not answer: {error}.", "Start it, or correct server.redis.")


def _database(config: Config, now: datetime) -> Iterator[Finding]:
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
    except (DBAPIError, SQLAlchemyError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        yield wrong(
            f"The database does not answer: {str(cause).strip()}.", "Correct database.url, or start it."
        )


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
    if row is None or not path.exists() or not _is_key(path):
        return
    try:
        Vault(bytes.fromhex(path.read_text().strip())).open(row.sealed, f"visit:{row.id}")
    except VaultError:
        yield wrong(
            f"{path} does not open what is in the database: it is not the key that sealed it.",
            "Put back the right key from your safe copy.",
        )


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
    wanted += [("host", s.id, "`python -m kiosk devices` on its box") for s in config.stations]
    wanted += [("board", b.id, f"/board/{b.id} on its screen") for b in config.boards]
    for kind, name, where in wanted:
        if (kind, name) not in paired:
            yield note(
                f"The {'device host' if kind == 'host' else kind} {name!r} is not paired.",
                f"Open {where} and type the code on the console."
                if kind != "host"
                else f"Start {where} and type the code on the console.",
            )


def _me() -> str:
    import getpass

    return getpass.getuser()
