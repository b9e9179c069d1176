"""Forgetting: personal data of visits and appointments that are over. Statistics keep working without it.

Run by a timer (`python -m kiosk purge`). It also closes the tickets that earlier days left open, with events.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.database import Database, Transaction
from kiosk.database.schema import (
    appointment,
    checkin,
    command,
    coverage,
    coverage_photo,
    failed_try,
    pairing,
    visit,
)
from kiosk.queueing.tickets import OPEN

KEPT = timedelta(hours=24)
"""How long after a visit or slot its personal data stays."""
LEFT_OPEN = timedelta(hours=12)
"""A ticket of an earlier day is left over when it is also this old: a clinic may be open at midnight."""
ABANDONED = timedelta(minutes=30)
"""A check-in untouched for so long. The kiosk wipes its own; this is for one that lost its power."""
RETRIES_KEPT = timedelta(days=2)

BY = "timer"


@dataclass(frozen=True, slots=True)
class Wiped:
    """How much was forgotten and closed."""

    visits: int
    appointments: int
    checkins: int
    tickets: int


def purge(database: Database, *, at: datetime) -> Wiped:
    """Wipe what is older than `KEPT` and close what was left open; then take the bytes off the disk."""
    with database.begin(at=at) as tx:
        wiped = Wiped(
            _wipe_visits(tx), _wipe_appointments(tx), _wipe_checkins(tx), _close_left_open(tx, database)
        )
        _wipe_insurance(tx)
        _forget_retries(tx)
        if any((wiped.visits, wiped.appointments, wiped.checkins)):
            tx.record("purged", by=BY)
    _clean_files(database)
    return wiped


def _close_left_open(tx: Transaction, database: Database) -> int:
    today = tx.at.astimezone(database.zone).date()
    left = [
        ticket
        for ticket in tx.room
        if ticket.state in OPEN
        and ticket.arrived.astimezone(database.zone).date() < today
        and ticket.arrived < tx.at - LEFT_OPEN
    ]
    for ticket in left:
        tx.room.cancel(ticket.id, at=tx.at, by=BY)
    return len(left)


def _wipe_visits(tx: Transaction) -> int:
    over = sa.and_(visit.c.site == tx.site, visit.c.created_at < tx.at - KEPT, visit.c.purged_at.is_(None))
    wipe = visit.update().where(over).values(sealed=None, link_hash=None, purged_at=tx.at)
    return tx.connection.execute(wipe).rowcount


def _wipe_appointments(tx: Transaction) -> int:
    table = appointment
    over = sa.and_(table.c.site == tx.site, table.c.slot < tx.at - KEPT, table.c.purged_at.is_(None))
    wipe = table.update().where(over).values(sealed=None, birth_date_hash=None, purged_at=tx.at)
    return tx.connection.execute(wipe).rowcount


def _wipe_insurance(tx: Transaction) -> None:
    """Cards, photographs and what payers said go with their visits."""
    over = sa.exists().where(
        visit.c.id == coverage.c.visit, visit.c.site == tx.site, visit.c.purged_at.is_not(None)
    )
    of_them = sa.and_(coverage.c.site == tx.site, coverage.c.sealed.is_not(None), over)
    rows = sa.select(coverage.c.id).where(of_them)
    tx.connection.execute(coverage_photo.delete().where(coverage_photo.c.coverage.in_(rows)))
    tx.connection.execute(coverage.update().where(of_them).values(sealed=None, answer=None))


def _wipe_checkins(tx: Transaction) -> int:
    over = sa.and_(checkin.c.site == tx.site, checkin.c.updated_at < tx.at - ABANDONED)
    return tx.connection.execute(checkin.delete().where(over)).rowcount


def _forget_retries(tx: Transaction) -> None:
    """Answers to commands and pairing codes that nobody can come back with, and tries of earlier days."""
    for old in (
        command.delete().where(command.c.site == tx.site, command.c.at < tx.at - RETRIES_KEPT),
        pairing.delete().where(pairing.c.site == tx.site, pairing.c.expires_at < tx.at),
        failed_try.delete().where(failed_try.c.site == tx.site, failed_try.c.day < tx.day(tx.at)),
    ):
        tx.connection.execute(old)


def _clean_files(database: Database) -> None:
    """Empty the write-ahead log, where the old bytes still lie; SQLite's `secure_delete` zeroed the rest."""
    if database.engine.dialect.name != "sqlite":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(
                "VACUUM visit, appointment, coverage, coverage_photo, checkin, failed_try"
            )
        return
    with closing(database.engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        cursor.execute("PRAGMA incremental_vacuum").fetchall()
        for _attempt in range(20):
            busy, *_pages = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                break
            time.sleep(0.25)
