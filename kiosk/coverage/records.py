"""Insurance in SQL: what was shown, the question to the payer, its answer. All sealed.

Nothing here stops a check-in. Trouble becomes a task that carries the ticket and no more.
"""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.appointments import records as appointments
from kiosk.checkin.records import person_of
from kiosk.config import Coverage as Settings
from kiosk.coverage import eligibility, questions, rules
from kiosk.coverage.eligibility import Answer
from kiosk.coverage.photos import SIDES, check_all
from kiosk.coverage.rules import Card, Finding, Obstacle, Source
from kiosk.database import Reading, Transaction
from kiosk.database.schema import coverage, coverage_photo, visit
from kiosk.identity.documents import Personal
from kiosk.tasks import records as tasks

FINDING_TASKS = frozenset(rules.TASKS.values())
ANSWER_TASKS = frozenset(eligibility.TASKS.values())
TASKS = FINDING_TASKS | ANSWER_TASKS


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cover(Personal):
    """What a visit's patient showed. `job` is the latest question to the payer, `answer` what came of it."""

    id: str
    visit: str
    finding: Finding
    card: Card | None
    on_file: Card | None
    shown_at: datetime
    photos: tuple[str, ...] = ()
    job: int | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None
    checked_at: datetime | None = None
    checked_by: str | None = None


def on_file(reading: Reading, appointment_id: str | None) -> Card | None:
    """The cover that the import brought with this appointment."""
    found = appointments.find(reading, appointment_id) if appointment_id else None
    return found.coverage if found else None


def filed_for(reading: Reading, visit_id: str) -> Card | None:
    """The cover on file for the appointment of this visit."""
    query = sa.select(visit.c.appointment).where(visit.c.site == reading.site, visit.c.id == visit_id)
    return on_file(reading, reading.connection.execute(query).scalar())


def take(
    tx: Transaction,
    settings: Settings,
    *,
    visit: str,
    card: Card | None,
    finding: Finding,
    station: str | None,
    by: str,
    photos: Mapping[str, bytes] | None = None,
) -> str:
    """Write down what the patient of `visit` showed, ask a person where it needs one, and ask the payer.

    Returns the id of the record. Raises PhotoRefused.
    """
    kept = photos or {}
    check_all(kept)
    filed = filed_for(tx, visit)
    shown = rules.complete(card, filed) if card else None
    row_id = uuid.uuid4().hex
    row = {
        "id": row_id,
        "site": tx.site,
        "visit": visit,
        "finding": finding,
        "sealed": _sealed(tx, row_id, shown, filed),
        "shown_at": tx.at,
    }
    tx.connection.execute(coverage.insert(), row)
    for side, data in kept.items():
        sealed = tx.vault.seal(base64.b64encode(data).decode(), _photo_context(row_id, side))
        tx.connection.execute(coverage_photo.insert().values(coverage=row_id, side=side, sealed=sealed))
    ticket = ticket_of(tx, visit)
    tx.record("insurance_shown", by=by, ticket=ticket)
    if kind := rules.TASKS.get(finding):
        tasks.open(tx, kind, ticket=ticket)
    _ask(tx, settings, row_id, shown, visit)
    return row_id


def correct(
    tx: Transaction, settings: Settings, cover: Cover, *, payer: str, member_id: str, by: str
) -> None:
    """Staff read the card: this is the payer and the number. It is held against the file, the payer asked."""
    before = cover.card or Card(source=Source.TYPED)
    source = before.source if member_id == before.member_id else Source.TYPED
    verified = before.verified and (payer, member_id) == (before.payer, before.member_id)
    card = replace(before, payer=payer, member_id=member_id, source=source, verified=verified)
    finding = rules.compare(cover.on_file, card, tx.day(tx.at))
    values = {"finding": finding, "sealed": _sealed(tx, cover.id, card, cover.on_file)}
    change(tx, cover.id, **values, checked_at=None, checked_by=None, answer=None, answered_at=None)
    ticket = ticket_of(tx, cover.visit)
    close_tasks(tx, ticket, TASKS, by=by)
    if kind := rules.TASKS.get(finding):
        tasks.open(tx, kind, ticket=ticket)
    tx.record("insurance_corrected", by=by, ticket=ticket)
    _ask(tx, settings, cover.id, card, cover.visit)


def ask_again(tx: Transaction, settings: Settings, cover: Cover, *, by: str) -> bool:
    """Ask the payer once more. False: there is nothing to ask with."""
    if not _ask(tx, settings, cover.id, cover.card, cover.visit):
        return False
    change(tx, cover.id, answer=None, answered_at=None, checked_at=None, checked_by=None)
    tx.record("insurance_asked", by=by, ticket=ticket_of(tx, cover.visit))
    return True


def check(tx: Transaction, cover: Cover, *, by: str) -> None:
    """Somebody saw to the insurance: what it needed a person for is done."""
    ticket = ticket_of(tx, cover.visit)
    change(tx, cover.id, checked_at=tx.at, checked_by=by)
    close_tasks(tx, ticket, TASKS, by=by)
    tx.record("insurance_checked", by=by, ticket=ticket)


def uncheck(tx: Transaction, cover: Cover, *, by: str) -> None:
    """Take a `check` back, with the tasks that it closed."""
    if cover.checked_at is None:
        return
    ticket = ticket_of(tx, cover.visit)
    tasks.reopen(tx, TASKS, ticket=ticket or "", closed_at=cover.checked_at)
    change(tx, cover.id, checked_at=None, checked_by=None)
    tx.record("insurance_unchecked", by=by, ticket=ticket)


def of_visit(reading: Reading, visit_id: str) -> Cover | None:
    """What the patient of this visit showed last; None when nobody asked, or after the purge."""
    query = sa.select(coverage).where(coverage.c.site == reading.site, coverage.c.visit == visit_id)
    return _first(reading, query.order_by(coverage.c.shown_at.desc(), coverage.c.id))


def find(reading: Reading, cover_id: str) -> Cover | None:
    """The record of that id; None after the purge."""
    query = sa.select(coverage).where(coverage.c.site == reading.site, coverage.c.id == cover_id)
    return _first(reading, query)


def photo(reading: Reading, cover_id: str, side: str) -> bytes | None:
    """One photograph of the card."""
    query = (
        sa.select(coverage_photo.c.sealed)
        .join(coverage, coverage.c.id == coverage_photo.c.coverage)
        .where(coverage.c.site == reading.site, coverage.c.id == cover_id, coverage_photo.c.side == side)
    )
    sealed = reading.connection.execute(query).scalar()
    return base64.b64decode(reading.vault.open(sealed, _photo_context(cover_id, side))) if sealed else None


def ticket_of(tx: Transaction, visit_id: str) -> str | None:
    """Today's ticket of the visit, also one that is issued in this transaction."""
    return next((ticket.id for ticket in tx.room if ticket.visit == visit_id), None)


def close_tasks(tx: Transaction, ticket: str | None, kinds: frozenset[str], *, by: str) -> None:
    """Close the ticket's open tasks of these kinds."""
    for task in tasks.open_tasks(tx):
        if ticket is not None and task.ticket == ticket and task.kind in kinds:
            tasks.close(tx, task.id, by)


def change(tx: Transaction, cover_id: str, **values: Any) -> None:
    """Write new values into one record."""
    of = sa.and_(coverage.c.site == tx.site, coverage.c.id == cover_id)
    tx.connection.execute(coverage.update().where(of).values(values))


def answer_context(cover_id: str) -> str:
    """What a sealed answer belongs to."""
    return f"coverage:{cover_id}:answer"


def obstacle(reading: Reading, settings: Settings, card: Card | None, visit_id: str) -> Obstacle | None:
    """Tell what is missing for a question to the payer."""
    person = person_of(reading, visit_id)
    return rules.obstacle(card, settings.payers, person.birth_date if person else None)


def _ask(tx: Transaction, settings: Settings, cover_id: str, card: Card | None, visit_id: str) -> bool:
    if not settings.clearing_house or obstacle(tx, settings, card, visit_id):
        return False
    change(tx, cover_id, job=questions.queue(tx, cover_id))
    return True


def _first(reading: Reading, query: sa.Select[Any]) -> Cover | None:
    row = reading.connection.execute(query.where(coverage.c.sealed.is_not(None)).limit(1)).first()
    return _cover(reading, row) if row else None


def _cover(reading: Reading, row: Row[Any]) -> Cover:
    card, filed = reading.vault.open(row.sealed, _context(row.id))
    sides = sa.select(coverage_photo.c.side).where(coverage_photo.c.coverage == row.id)
    answer = reading.vault.open(row.answer, answer_context(row.id)) if row.answer else None
    return Cover(
        id=row.id,
        visit=row.visit,
        finding=Finding(row.finding),
        card=rules.from_plain(card) if card else None,
        on_file=rules.from_plain(filed) if filed else None,
        shown_at=row.shown_at,
        photos=tuple(sorted(reading.connection.execute(sides).scalars(), key=SIDES.index)),
        job=row.job,
        answer=eligibility.from_plain(answer) if answer else None,
        answered_at=row.answered_at,
        checked_at=row.checked_at,
        checked_by=row.checked_by,
    )


def _sealed(tx: Transaction, cover_id: str, card: Card | None, filed: Card | None) -> bytes:
    plain = [rules.to_plain(one) if one else None for one in (card, filed)]
    return tx.vault.seal(plain, _context(cover_id))


def _context(cover_id: str) -> str:
    return f"coverage:{cover_id}"


def _photo_context(cover_id: str, side: str) -> str:
    return f"coverage:{cover_id}:{side}"
