"""Visits, check-ins, failed tries in SQL. What a patient typed, scanned or is called is sealed or hashed."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.appointments.rules import Person
from kiosk.checkin.rules.steps import Dialogue, Who
from kiosk.checkin.rules.tries import STATION_SPAN, Failures, subject
from kiosk.database import Reading, Transaction
from kiosk.database.schema import checkin, failed_try, visit
from kiosk.database.vault import VaultError


@dataclass(frozen=True, slots=True)
class Record:
    """The dialogue at a station. `version` rises with every change: an answer to an older page is stale."""

    id: str
    version: int
    state: Dialogue
    updated_at: datetime | None = None

    def expired(self, at: datetime, life: timedelta) -> bool:
        """Tell whether the patient left it behind."""
        return not self.state.pristine and self.updated_at is not None and at - self.updated_at > life


def at_station(reading: Reading, station: str) -> Record:
    """Return the station's dialogue; one that nobody began when there is none."""
    query = sa.select(checkin).where(checkin.c.site == reading.site, checkin.c.station == station)
    row = reading.connection.execute(query).first()
    if row is None:
        return Record(uuid.uuid4().hex, 0, Dialogue())
    try:
        state = msgspec.convert(reading.vault.open(row.sealed, _context(row.id)), Dialogue)
    except (VaultError, msgspec.ValidationError):
        # Sealed with another key, or by another version of this program: the patient starts again.
        state = Dialogue()
    return Record(row.id, row.version, state, row.updated_at)


def save(tx: Transaction, station: str, before: Record, state: Dialogue) -> Record:
    """Write the next state of `before`."""
    after = Record(before.id, before.version + 1, state, tx.at)
    values = {
        "step": state.step,
        "version": after.version,
        "sealed": tx.vault.seal(_plain(state), _context(before.id)),
        "updated_at": tx.at,
    }
    if before.version == 0:
        tx.connection.execute(checkin.insert().values(id=before.id, site=tx.site, station=station, **values))
    else:
        tx.connection.execute(checkin.update().where(checkin.c.id == before.id).values(values))
    return after


def keep(tx: Transaction, before: Record) -> None:
    """Remember that the patient is still there."""
    tx.connection.execute(checkin.update().where(checkin.c.id == before.id).values(updated_at=tx.at))


def left_behind(reading: Reading, before: datetime) -> list[str]:
    """Return the stations whose dialogue nobody touched since `before`."""
    query = sa.select(checkin.c.station).where(checkin.c.site == reading.site, checkin.c.updated_at < before)
    return list(reading.connection.execute(query).scalars())


def failures(reading: Reading, station: str, who: Who, at: datetime) -> Failures:
    """Count the failed look-ups of `who` today, and those at this station lately."""
    here = failed_try.c.site == reading.site
    of_subject = sa.and_(
        here,
        failed_try.c.day == reading.day(at),
        failed_try.c.subject == reading.vault.lookup("tries", subject(who)),
    )
    at_station = sa.and_(here, failed_try.c.station == station, failed_try.c.at > at - STATION_SPAN)
    counts = (sa.select(sa.func.count()).select_from(failed_try).where(w) for w in (of_subject, at_station))
    return Failures(*(reading.connection.execute(query).scalar_one() for query in counts))


def add_failure(tx: Transaction, station: str, who: Who) -> None:
    """Remember that a look-up of `who` failed; of whom, only a keyed hash tells."""
    tx.connection.execute(
        failed_try.insert().values(
            site=tx.site, day=tx.day(tx.at), subject=tx.vault.lookup("tries", subject(who)),
            station=station, at=tx.at,
        )
    )  # fmt: skip


def add_visit(tx: Transaction, *, station: str | None, appointment: str | None, person: Person | None) -> str:
    """Write down that somebody is here; return the visit's id."""
    visit_id = uuid.uuid4().hex
    link = tx.vault.lookup("link", tx.vault.link_secret(visit_id))
    sealed = None if person is None else tx.vault.seal(_named(person), f"visit:{visit_id}")
    row = {
        "id": visit_id, "site": tx.site, "day": tx.day(tx.at), "station": station, "appointment": appointment,
        "sealed": sealed, "link_hash": link, "created_at": tx.at,
    }  # fmt: skip
    tx.connection.execute(visit.insert(), row)
    return visit_id


def visit_of(reading: Reading, appointment: str) -> str | None:
    """Return the visit that this appointment began."""
    query = sa.select(visit.c.id).where(visit.c.site == reading.site, visit.c.appointment == appointment)
    return reading.connection.execute(query.order_by(visit.c.created_at.desc()).limit(1)).scalar()


def person_of(reading: Reading, visit_id: str) -> Person | None:
    """Return whose visit it is; None when nobody asked, or after the purge."""
    return people_of(reading, [visit_id]).get(visit_id)


def people_of(reading: Reading, visits: Collection[str]) -> dict[str, Person]:
    """Return whose visits these are, by visit id: those of which the name was asked for and is not purged."""
    query = sa.select(visit.c.id, visit.c.sealed).where(
        visit.c.site == reading.site, visit.c.id.in_(visits), visit.c.sealed.is_not(None)
    )
    found = {}
    for row in reading.connection.execute(query):
        family, given, middle, suffix, born = reading.vault.open(row.sealed, f"visit:{row.id}")
        found[row.id] = Person(family, given, middle, suffix, date.fromisoformat(born) if born else None)
    return found


def _named(person: Person) -> list[str | None]:
    born = person.birth_date.isoformat() if person.birth_date else None
    return [person.family_name, person.given_name, person.middle_name, person.suffix, born]


def _context(row_id: str) -> str:
    return f"checkin:{row_id}"


def _plain(state: Dialogue) -> dict[str, Any]:
    """The state as JSON: what nobody has said yet is left out."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return {name: value for name, value in plain.items() if getattr(state, name) != getattr(BLANK, name)}


BLANK = Dialogue()
