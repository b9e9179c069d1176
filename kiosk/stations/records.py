"""Paired devices and pairing in SQL. A token is given once; only its hash is kept.

A code is asked for by a screen or device host, typed on the console by a person who stands before it, and
then fetched with a claim that only the asking device knows.
"""

import json
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.access import Principal, Role
from kiosk.clinic import clinic
from kiosk.database import Reading, Transaction
from kiosk.database.schema import EPOCH, MICROSECOND, device, event, pairing
from kiosk.stations import rules
from kiosk.stations.rules import Device, Kind, Part, State

ROLES = {Kind.HOST: Role.HOST, Kind.KIOSK: Role.KIOSK, Kind.BOARD: Role.BOARD}
SEEN_EVERY = timedelta(seconds=30)
REFUSED = "pairing_refused"


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
            claim_hash=_hash(claim), site=tx.site, code_hash=tx.vault.lookup("pairing", code), kind=str(kind),
            wanted=wanted, address=address, created_at=tx.at, expires_at=expires_at,
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
            pairing.c.claim_hash == _hash(secret),
            pairing.c.expires_at > tx.at,
            pairing.c.approved_name.is_not(None),
        )
        .returning(pairing)
    ).first()
    if row is None:
        return None
    token = enrol(tx, Kind(row.kind), row.approved_name, row.approved_by)
    return Claimed(Kind(row.kind), row.approved_name, token)


def expiry(reading: Reading, secret: str, at: datetime) -> datetime | None:
    """Return until when this claim waits for approval. None: approved, expired, used or never there."""
    query = sa.select(pairing.c.expires_at).where(
        pairing.c.site == reading.site,
        pairing.c.claim_hash == _hash(secret),
        pairing.c.expires_at > at,
        pairing.c.approved_name.is_(None),
    )
    return reading.connection.execute(query).scalar()


def enrol(tx: Transaction, kind: Kind, name: str, by: str) -> str:
    """Pair a device; return its token."""
    token = secrets.token_urlsafe(32)
    tx.connection.execute(
        device.insert().values(
            id=uuid.uuid4().hex, site=tx.site, kind=str(kind), name=name, token_hash=_hash(token),
            renewed_at=tx.at, paired_at=tx.at, paired_by=by, seen_at=tx.at,
        )
    )  # fmt: skip
    tx.record("device_paired", by=by)
    return token


def identify(token: str, at: datetime) -> Principal | None:
    """Return which screen or device host holds this token."""
    database = clinic().database
    with database.snapshot(at=at) as reading:
        row = _by_token(reading, token)
    if row is None:
        return None
    first_use = row.old_token_hash is not None and row.token_hash == _hash(token)
    if first_use or row.seen_at is None or at - row.seen_at >= SEEN_EVERY:
        with database.begin(at=at) as tx:
            seen(tx, [row.id])
            if first_use:
                _update(tx, row.id, old_token_hash=None)
    return Principal(ROLES[Kind(row.kind)], row.name, row.id)


def is_old(reading: Reading, token: str, at: datetime) -> bool:
    """Tell whether `renewed` would replace this token."""
    row = _by_token(reading, token)
    return row is not None and at - row.renewed_at >= rules.TOKEN_AGE


def renewed(tx: Transaction, token: str) -> str | None:
    """Replace a screen's token that is old. None: it is young, or no token of ours.

    The old one stays good until the new one is seen, because the answer that carries it may get lost.
    """
    row = _by_token(tx, token)
    if row is None or not is_old(tx, token, tx.at):
        return None
    fresh = secrets.token_urlsafe(32)
    _update(tx, row.id, token_hash=_hash(fresh), old_token_hash=_hash(token), renewed_at=tx.at)
    return fresh


def seen(tx: Transaction, ids: Collection[str]) -> None:
    """Remember that these devices were heard of just now; whoever was silent is back."""
    here = sa.and_(device.c.site == tx.site, device.c.id.in_(ids), device.c.revoked_at.is_(None))
    back = tx.connection.execute(sa.select(device).where(here, device.c.lost_at.is_not(None))).all()
    tx.connection.execute(device.update().where(here).values(seen_at=tx.at, lost_at=None))
    for row in back:
        tx.record("health_changed", by=f"{row.kind}:{row.name}")


def lost(tx: Transaction, device_id: str) -> None:
    """Remember since when a device is silent."""
    _update(tx, device_id, lost_at=tx.at)


def reported(tx: Transaction, device_id: str, version: str, parts: Sequence[Part]) -> None:
    """Write down what a host said of its scanners and printers."""
    plain = [asdict(part) | {"since": (part.since - EPOCH) // MICROSECOND} for part in parts]
    _update(tx, device_id, health=json.dumps({"version": version, "devices": plain}))


def revoke(tx: Transaction, device_id: str, by: str) -> Device | None:
    """End a pairing; its sockets are cut after the commit (`live.cut`). None: it was not paired any more."""
    gone = next((known for known in devices(tx, tx.at) if known.id == device_id), None)
    if gone is not None:
        _update(tx, device_id, revoked_at=tx.at)
        tx.record("device_revoked", by=by)
        tx.touch(f"station:{gone.name}")
    return gone


def standing(reading: Reading, ids: Collection[str]) -> set[str]:
    """Return which of these devices are still paired."""
    query = sa.select(device.c.id).where(
        device.c.site == reading.site, device.c.id.in_(ids), device.c.revoked_at.is_(None)
    )
    return set(reading.connection.execute(query).scalars())


def devices(reading: Reading, at: datetime) -> list[Device]:
    """Return every paired device and how it is: hosts, kiosks, boards, by name, the oldest first."""
    query = sa.select(device).where(device.c.site == reading.site, device.c.revoked_at.is_(None))
    rows = reading.connection.execute(query.order_by(device.c.name, device.c.paired_at, device.c.id))
    order = list(Kind)
    return sorted((_device(row, at) for row in rows), key=lambda known: order.index(known.kind))


def _device(row: Row[Any], at: datetime) -> Device:
    kind = Kind(row.kind)
    parts = _parts(row.health)
    known = Device(
        row.id, kind, row.name, State.READY, "", "", "", parts, row.paired_at, row.paired_by, row.seen_at,
        row.lost_at,
    )  # fmt: skip
    if rules.silent(row.seen_at, at):
        words = rules.trouble(rules.subject(kind), "silent")
        return replace(known, state=State.DOWN, cause="silent", words=words, advice=rules.advice("silent"))
    bad = rules.worst(parts)
    if bad is None:
        return known
    if bad.state is State.OPENING:
        return replace(known, state=State.OPENING)
    words = rules.trouble(rules.called(bad.name, bad.kind), bad.cause)
    return replace(known, state=bad.state, cause=bad.cause, words=words, advice=rules.advice(bad.cause))


def _parts(health: str | None) -> tuple[Part, ...]:
    told: list[dict[str, Any]] = json.loads(health)["devices"] if health else []
    return tuple(
        Part(**part | {"state": State(part["state"]), "since": EPOCH + part["since"] * MICROSECOND})
        for part in told
    )


def _by_token(reading: Reading, token: str) -> Row[Any] | None:
    hashed = _hash(token)
    query = sa.select(device).where(
        device.c.site == reading.site,
        sa.or_(device.c.token_hash == hashed, device.c.old_token_hash == hashed),
        device.c.revoked_at.is_(None),
    )
    return reading.connection.execute(query).first()


def _tries(tx: Transaction, by: str) -> int:
    query = sa.select(sa.func.count()).where(
        event.c.site == tx.site,
        event.c.kind == REFUSED,
        event.c.at > tx.at - rules.TRIES_WITHIN,
        event.c.by == by,
    )
    return int(tx.connection.execute(query).scalar_one())


def _update(tx: Transaction, device_id: str, **values: Any) -> None:
    here = sa.and_(device.c.site == tx.site, device.c.id == device_id)
    tx.connection.execute(device.update().where(here).values(values))


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
