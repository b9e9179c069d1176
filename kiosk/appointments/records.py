"""The book of appointments in SQL. Names and birth dates are sealed; they are found by keyed hash alone."""

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.appointments.rules import Entry, Person
from kiosk.coverage.rules import Card, from_plain, to_plain
from kiosk.database import Reading, Transaction
from kiosk.database.schema import appointment, ticket, visit
from kiosk.identity.booking import reference_of
from kiosk.identity.documents import Personal
from kiosk.identity.manual_code import manual_code

REFERENCE_BYTES = 10
AT_ONCE = 500
"""How many rows one statement names: SQLite counts its parameters."""


class Status(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Appointment(Personal):
    """Somebody expected at `slot` for `services`, in their order. After the purge the names are empty."""

    id: str
    slot: datetime
    services: tuple[str, ...]
    status: Status
    reference: str
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    source: str | None = None
    cancelled_by: str | None = None
    coverage: Card | None = None

    @property
    def person(self) -> Person:
        """Who is expected."""
        return Person(self.family_name, self.given_name, self.middle_name, self.suffix, self.birth_date)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did: how many entries of each kind."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    arrived: int = 0
    kept_cancelled: int = 0


def add(
    tx: Transaction,
    *,
    slot: datetime,
    services: Sequence[str],
    family_name: str,
    given_name: str,
    birth_date: date | None,
    middle_name: str = "",
    suffix: str = "",
    source: str | None = None,
    coverage: Card | None = None,
) -> Appointment:
    """Expect somebody."""
    person = Person(family_name, given_name, middle_name, suffix, birth_date)
    entry = Entry(source=source, slot=slot, services=tuple(services), person=person, coverage=coverage)
    row = _new_row(tx, entry)
    tx.connection.execute(appointment.insert().values(row))
    return _appointment(tx, row)


def load(tx: Transaction, entries: Sequence[Entry]) -> Loaded:
    """Take over an import: an entry whose `source` is known changes that appointment, any other is added.

    Who arrived stays as they are, and what a person cancelled here stays cancelled.
    """
    known = _by_source(tx, [entry.source for entry in entries if entry.source])
    outcomes: list[str] = []
    new = []
    for entry in entries:
        before = known.get(entry.source) if entry.source else None
        if before is None:
            new.append(_new_row(tx, entry))
            outcomes.append("added")
        else:
            outcomes.append(_change(tx, before, entry))
    if new:
        tx.connection.execute(appointment.insert(), new)
    return Loaded(**{name: outcomes.count(name) for name in Loaded.__dataclass_fields__})


def today(reading: Reading, at: datetime) -> list[Appointment]:
    """Everybody expected on the site's day, cancelled ones too, by slot."""
    return on(reading, reading.day(at))


def on(reading: Reading, day: date) -> list[Appointment]:
    """Everybody expected on that day, cancelled ones too, by slot."""
    return _read(reading, appointment.c.day == day)


def codes(reading: Reading, day: date) -> dict[str, str]:
    """The ticket code of each appointment of that day whose patient has one."""
    rows = reading.connection.execute(
        sa.select(visit.c.appointment, ticket.c.code)
        .join(ticket, ticket.c.visit == visit.c.id)
        .where(visit.c.site == reading.site, visit.c.day == day, visit.c.appointment.is_not(None))
        .order_by(ticket.c.serial)
    )
    return {row.appointment: row.code for row in rows}


def born_on(reading: Reading, birth_date: date, at: datetime) -> list[Appointment]:
    """Today's patients of that birth date: booked, or arrived already."""
    return _read(
        reading,
        appointment.c.day == reading.day(at),
        appointment.c.birth_date_hash == _hash(reading, birth_date),
        appointment.c.status != Status.CANCELLED,
    )


def by_reference(reading: Reading, reference: str) -> Appointment | None:
    """The appointment that a booking code names, of whatever day and status."""
    return _first(reading, appointment.c.reference == reference)


def by_manual_code(reading: Reading, code: str, at: datetime) -> Appointment | None:
    """Today's appointment of the code on its letter (`kiosk.identity.manual_code`), cancelled ones too."""
    query = sa.select(appointment.c.reference).where(
        appointment.c.site == reading.site, appointment.c.day == reading.day(at)
    )
    references = [one for one in reading.connection.execute(query).scalars() if manual_code(one) == code]
    return by_reference(reading, references[0]) if len(references) == 1 else None


def find(reading: Reading, appointment_id: str) -> Appointment | None:
    """The appointment of that id."""
    return _first(reading, appointment.c.id == appointment_id)


def mark_arrived(tx: Transaction, appointment_id: str) -> bool:
    """The patient checked in. False: there is no such appointment to arrive for (any more)."""
    return _set_status(tx, appointment_id, Status.ARRIVED, {Status.BOOKED, Status.ARRIVED})


def cancel(tx: Transaction, appointment_id: str, *, by: str | None = None) -> bool:
    """Nobody is expected any more. False when the patient arrived already."""
    possible = {Status.BOOKED, Status.CANCELLED}
    return _set_status(tx, appointment_id, Status.CANCELLED, possible, cancelled_by=by)


def reinstate(tx: Transaction, appointment_id: str) -> bool:
    """The patient is expected after all: a cancellation is taken back."""
    return _set_status(tx, appointment_id, Status.BOOKED, {Status.CANCELLED})


def renew_code(tx: Transaction, appointment_id: str) -> bool:
    """Make every letter of this appointment void: its code names another reference from now on."""
    changed = tx.connection.execute(
        appointment.update()
        .where(
            appointment.c.site == tx.site,
            appointment.c.id == appointment_id,
            appointment.c.status == Status.BOOKED,
        )
        .values(reference=_new_reference())
    )
    return changed.rowcount == 1


def _new_reference() -> str:
    return reference_of(secrets.token_bytes(REFERENCE_BYTES))


def _set_status(
    tx: Transaction, appointment_id: str, status: Status, sources: Iterable[Status], **values: Any
) -> bool:
    changed = tx.connection.execute(
        appointment.update()
        .where(
            appointment.c.site == tx.site,
            appointment.c.id == appointment_id,
            appointment.c.status.in_(sources),
        )
        .values({"status": status, "cancelled_by": None, **values})
    )
    return changed.rowcount == 1


def _change(tx: Transaction, before: Appointment, entry: Entry) -> str:
    """Bring one known appointment up to date; say what came of it."""
    if before.status is Status.ARRIVED:
        return "arrived"
    if before.status is Status.CANCELLED and before.cancelled_by and not entry.cancelled:
        return "kept_cancelled"
    now = (entry.slot, entry.services, entry.person, entry.cancelled, entry.coverage)
    cancelled = before.status is Status.CANCELLED
    if now == (before.slot, before.services, before.person, cancelled, before.coverage):
        return "unchanged"
    values = _values(tx, before.id, entry)
    tx.connection.execute(appointment.update().where(appointment.c.id == before.id).values(values))
    return "changed"


def _new_row(tx: Transaction, entry: Entry) -> dict[str, Any]:
    row_id = uuid.uuid4().hex
    return {
        "id": row_id,
        "site": tx.site,
        "reference": _new_reference(),
        "source": entry.source,
        **_values(tx, row_id, entry),
    }


def _values(tx: Transaction, row_id: str, entry: Entry) -> dict[str, Any]:
    person = entry.person
    names = [person.family_name, person.given_name, person.middle_name, person.suffix]
    born = person.birth_date.isoformat() if person.birth_date else None
    card = to_plain(entry.coverage) if entry.coverage else None
    return {
        "day": tx.day(entry.slot),
        "slot": entry.slot,
        "services": " ".join(entry.services),
        "status": Status.CANCELLED if entry.cancelled else Status.BOOKED,
        "cancelled_by": None,
        "sealed": tx.vault.seal([*names, born, card], _context(row_id)),
        "birth_date_hash": _hash(tx, person.birth_date) if person.birth_date else None,
    }


def _by_source(reading: Reading, sources: Sequence[str]) -> Mapping[str, Appointment]:
    found: dict[str, Appointment] = {}
    for start in range(0, len(sources), AT_ONCE):
        some = sources[start : start + AT_ONCE]
        found |= {str(known.source): known for known in _read(reading, appointment.c.source.in_(some))}
    return found


def _read(reading: Reading, *conditions: sa.ColumnElement[bool]) -> list[Appointment]:
    query = sa.select(appointment).where(appointment.c.site == reading.site, *conditions)
    rows = reading.connection.execute(query.order_by(appointment.c.slot, appointment.c.id))
    return [_from_row(reading, row) for row in rows]


def _first(reading: Reading, condition: sa.ColumnElement[bool]) -> Appointment | None:
    return next(iter(_read(reading, condition)), None)


def _from_row(reading: Reading, row: Row[Any]) -> Appointment:
    return _appointment(reading, row._mapping)


def _appointment(reading: Reading, row: Mapping[str, Any] | sa.RowMapping) -> Appointment:
    family, given, middle, suffix, born, card = ("", "", "", "", None, None)
    if row["sealed"] is not None:
        family, given, middle, suffix, born, card = reading.vault.open(row["sealed"], _context(row["id"]))
    return Appointment(
        id=row["id"],
        slot=row["slot"],
        services=tuple(row["services"].split()),
        status=Status(row["status"]),
        reference=row["reference"],
        family_name=family,
        given_name=given,
        middle_name=middle,
        suffix=suffix,
        birth_date=date.fromisoformat(born) if born else None,
        source=row["source"],
        cancelled_by=row["cancelled_by"],
        coverage=from_plain(card) if card else None,
    )


def _context(row_id: str) -> str:
    return f"appointment:{row_id}"


def _hash(reading: Reading, birth_date: date) -> bytes:
    return reading.vault.lookup("birth_date", birth_date.isoformat())
