"""The one transaction boundary: `begin` decides and writes, `snapshot` reads.

`begin` locks the site, gives the waiting room as plain objects, and on exit writes the difference, appends
the events, raises `site.version`, commits, and only then tells `committed`. An exception rolls all back.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kiosk.database import events, schema
from kiosk.database.engine import open_engine
from kiosk.database.fair_lock import FairLock
from kiosk.database.vault import Vault
from kiosk.queueing import records
from kiosk.queueing.room import Room
from kiosk.queueing.snapshot import Decision, RoomRules, Snapshot
from kiosk.queueing.tickets import Ticket

_LOOK = sa.select(schema.site.c.version, schema.site.c.serial).where(
    schema.site.c.id == sa.bindparam("site_id")
)
_LOCK = _LOOK.with_for_update()
_ANSWERED = sa.select(schema.command.c.result).where(
    schema.command.c.site == sa.bindparam("site_id"), schema.command.c.id == sa.bindparam("command_id")
)


class Reading:
    """A consistent view of one site: its connection, vault, time zone and waiting room."""

    def __init__(
        self, connection: Connection, site: str, vault: Vault, room: Snapshot, zone: ZoneInfo
    ) -> None:
        self.connection = connection
        self.site = site
        self.vault = vault
        self.snapshot = room
        self.zone = zone

    def day(self, at: datetime) -> date:
        """The site's day of that instant."""
        return at.astimezone(self.zone).date()


class Transaction(Reading):
    """A `Reading` that holds the site's lock and writes."""

    def __init__(
        self,
        connection: Connection,
        site: str,
        vault: Vault,
        room: Snapshot,
        zone: ZoneInfo,
        rules: RoomRules,
        at: datetime,
    ) -> None:
        super().__init__(connection, site, vault, room, zone)
        self.at = at
        self.room = Room(rules, room)
        self.touched: set[str] = set()

    def undo(self, ticket_id: str, *, by: str) -> Ticket:
        """Take back the ticket's latest transition."""
        past = events.latest_standing(self.connection, self.site, ticket_id)
        return self.room.undo(ticket_id, past, at=self.at, by=by)

    def record(self, kind: str, *, by: str, ticket: str | None = None, desk: str | None = None) -> None:
        """Append an event that changes no ticket: a task opened, a device revoked. Screens look again."""
        self.room.decisions.append(Decision(kind, self.at, by, ticket, desk))

    def touch(self, topic: str) -> None:
        """Nudge one screen (`station:front`) after the commit, without an event."""
        self.touched.add(topic)

    def answered(self, command: str) -> dict[str, Any] | None:
        """Return what this command answered when it came before: retries are harmless."""
        result = self.connection.execute(_ANSWERED, {"site_id": self.site, "command_id": command}).scalar()
        return None if result is None else json.loads(result)

    def answer(self, command: str, result: dict[str, Any]) -> None:
        """Remember the command's answer (opaque ids only)."""
        row = {"site": self.site, "id": command, "result": json.dumps(result), "at": self.at}
        self.connection.execute(schema.command.insert(), row)


class Database:
    """One site's records. `committed(site version, touched topics)` is called after every commit."""

    def __init__(self, url: str, *, site: str, zone: ZoneInfo, rules: RoomRules, vault: Vault) -> None:
        self.engine = open_engine(url)
        self.site = site
        self.zone = zone
        self.rules = rules
        self.vault = vault
        self.committed: Callable[[int, set[str]], None] = lambda version, touched: None
        self._turn = FairLock() if self.engine.dialect.name == "sqlite" else nullcontext()
        self._known: tuple[date, Snapshot] | None = None

    @contextmanager
    def begin(self, *, at: datetime) -> Iterator[Transaction]:
        """Lock the site and decide. Commits on exit, rolls back on an exception."""
        with self._turn:
            with self._connect(writes=True) as connection, connection.begin():
                room = self._read(connection, at, lock=True)
                tx = Transaction(connection, self.site, self.vault, room, self.zone, self.rules, at)
                yield tx
                after = self._write(tx)
            self._known = (self._day(at), after)
        if tx.room.decisions or tx.touched:
            self.committed(after.version, tx.touched)

    @contextmanager
    def snapshot(self, *, at: datetime) -> Iterator[Reading]:
        """Read, without waiting for writers."""
        with self._connect(writes=False) as connection, connection.begin():
            room = self._read(connection, at, lock=False)
            yield Reading(connection, self.site, self.vault, room, self.zone)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _connect(self, *, writes: bool) -> Connection:
        connection = self.engine.connect()
        if self.engine.dialect.name == "sqlite":
            return connection.execution_options(writes=writes)
        return connection if writes else connection.execution_options(isolation_level="REPEATABLE READ")

    def _read(self, connection: Connection, at: datetime, *, lock: bool) -> Snapshot:
        row = connection.execute(_LOCK if lock else _LOOK, {"site_id": self.site}).one()
        known, day = self._known, self._day(at)
        if known is not None and known[0] == day and known[1].version == row.version:
            return known[1]
        room = records.read(connection, self.site, day, self._midnight(day), row.version, row.serial)
        self._known = (day, room)
        return room

    def _write(self, tx: Transaction) -> Snapshot:
        room, before = tx.room, tx.snapshot
        if not room.decisions:
            return before
        records.write(tx.connection, self.site, self._day(tx.at), room)
        version = events.append(tx.connection, self.site, before.version, room.decisions)
        records.raise_version(tx.connection, self.site, version, room.serial)
        return Snapshot(
            version,
            room.serial,
            {**before.tickets, **room.changes},
            frozenset(room.open_desks),
            room.numbers,
        )

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _midnight(self, day: date) -> datetime:
        """When the site's day began."""
        return datetime.combine(day, time(), self.zone)
