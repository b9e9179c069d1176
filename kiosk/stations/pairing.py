"""Pairing in SQL: codes that are shown, typed and fetched. Codes and claims are kept as hashes only.

A code is asked for by a screen or device host, typed on the console by a person who stands before it, and
then fetched with a claim that only the asking device knows.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from kiosk.database import Reading, Transaction
from kiosk.database.schema import event, pairing
from kiosk.stations import records, rules
from kiosk.stations.rules import Kind

REFUSED = "pairing_refused"
MOST_EVENTS = 10_000
"""More do not happen within `rules.TRIES_WITHIN`, and years of them lie behind."""


@dataclass(frozen=True, slots=True)
class Request:
    """A code that was asked for: what for, from which network address."""

    kind: Kind
    wanted: str | None
    address: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to who wants to be paired: `code` for people, `claim` for the device alone."""

    code: str
    claim: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an approved claim is worth: the token, as what and for which station or board."""

    kind: Kind
    name: str
    token: str


class Approval(StrEnum):
    """How the typed code was received."""

    APPROVED = "approved"
    UNKNOWN_CODE = "unknown_code"
    OTHER_KIND = "other_kind"
    NAME_NEEDED = "name_needed"
    TOO_MANY_TRIES = "too_many_tries"


def ask(tx: Transaction, kind: Kind, address: str, wanted: str | None = None) -> Asked | None:
    """Make a pairing code. None: too many of this kind wait at that address already."""
    tx.connection.execute(pairing.delete().where(pairing.c.site == tx.site, pairing.c.expires_at <= tx.at))
    waiting = sa.select(sa.func.count()).where(
        pairing.c.site == tx.site, pairing.c.address == address, pairing.c.kind == kind
    )
    if tx.connection.execute(waiting).scalar_one() >= rules.MOST_OPEN:
        return None
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
    claim = secrets.token_urlsafe(32)
    expires_at = tx.at + rules.CODE_LIFE
    tx.connection.execute(
        pairing.insert().values(
            claim_hash=records.hashed(claim), site=tx.site, kind=str(kind),
            code_hash=tx.vault.lookup("pairing", code), wanted=wanted, address=address,
            created_at=tx.at, expires_at=expires_at,
        )
    )  # fmt: skip
    return Asked(rules.shown(code), claim, expires_at)


def requests(reading: Reading, at: datetime) -> list[Request]:
    """Return who waits for approval, oldest first."""
    query = sa.select(pairing).where(
        pairing.c.site == reading.site, pairing.c.expires_at > at, pairing.c.approved_name.is_(None)
    )
    rows = reading.connection.execute(query.order_by(pairing.c.created_at))
    return [Request(Kind(r.kind), r.wanted, r.address, r.created_at, r.expires_at) for r in rows]


def approve(
    tx: Transaction,
    code: str,
    kind: Kind | str | None,
    name: str | None,
    by: str,
    *,
    host_of: str | None = None,
) -> Approval:
    """Let the device that shows `code` in, as `kind` and `name`; None for both: as it asks.

    A host asks for no station: it becomes that of `host_of`. A wrong code counts against who types it.
    """
    if _tries(tx, by) >= rules.TRIES:
        return Approval.TOO_MANY_TRIES
    typed = rules.normal(code)
    found = pairing.c.code_hash == tx.vault.lookup("pairing", typed or "")
    query = sa.select(pairing).where(
        pairing.c.site == tx.site, found, pairing.c.expires_at > tx.at, pairing.c.approved_name.is_(None)
    )
    row = tx.connection.execute(query).first()
    if row is None:
        tx.record(REFUSED, by=by)
        return Approval.UNKNOWN_CODE
    if kind is not None and row.kind != kind:
        return Approval.OTHER_KIND
    name = name or row.wanted or (host_of if row.kind == Kind.HOST else None)
    if name is None:
        return Approval.NAME_NEEDED
    change = pairing.update().where(pairing.c.claim_hash == row.claim_hash)
    tx.connection.execute(change.values(approved_name=name, approved_by=by))
    tx.record("pairing_approved", by=by)
    return Approval.APPROVED


def approve_wishes(tx: Transaction, by: str) -> int:
    """Let in every screen that asks for a place by name, without its code: for the demo alone."""
    wish = pairing.update().where(
        pairing.c.site == tx.site,
        pairing.c.expires_at > tx.at,
        pairing.c.wanted.is_not(None),
        pairing.c.approved_name.is_(None),
    )
    approved = tx.connection.execute(wish.values(approved_name=pairing.c.wanted, approved_by=by)).rowcount
    if approved:
        tx.record("pairing_approved", by=by)
    return approved


def claim(tx: Transaction, secret: str) -> Claimed | None:
    """Fetch the token of an approved pairing, once. None: not approved, expired, used or never there."""
    row = tx.connection.execute(
        pairing.delete()
        .where(
            pairing.c.site == tx.site,
            pairing.c.claim_hash == records.hashed(secret),
            pairing.c.expires_at > tx.at,
            pairing.c.approved_name.is_not(None),
        )
        .returning(pairing)
    ).first()
    if row is None:
        return None
    token = records.enrol(tx, Kind(row.kind), row.approved_name, row.approved_by)
    return Claimed(Kind(row.kind), row.approved_name, token)


def expiry(reading: Reading, secret: str, at: datetime) -> datetime | None:
    """Return until when this claim waits for approval. None: approved, expired, used or never there."""
    query = sa.select(pairing.c.expires_at).where(
        pairing.c.site == reading.site,
        pairing.c.claim_hash == records.hashed(secret),
        pairing.c.expires_at > at,
        pairing.c.approved_name.is_(None),
    )
    return reading.connection.execute(query).scalar()


def _tries(tx: Transaction, by: str) -> int:
    query = sa.select(sa.func.count()).where(
        event.c.site == tx.site,
        event.c.seq > tx.snapshot.version - MOST_EVENTS,
        event.c.kind == REFUSED,
        event.c.at > tx.at - rules.TRIES_WITHIN,
        event.c.by == by,
    )
    return int(tx.connection.execute(query).scalar_one())
