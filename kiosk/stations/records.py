"""Paired devices in SQL: their tokens, when they were heard of, how they are.

A token is given once; only its hash is kept.
"""

import json
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from kiosk.access import Principal, Role
from kiosk.database import Database, Reading, Transaction
from kiosk.database.schema import EPOCH, MICROSECOND, device
from kiosk.stations import rules
from kiosk.stations.rules import Count, Device, Kind, Part, Preview, State

ROLES = {Kind.HOST: Role.HOST, Kind.KIOSK: Role.KIOSK, Kind.BOARD: Role.BOARD}
ONE_EACH = frozenset({Kind.HOST, Kind.KIOSK})
"""A board may hang on two walls, and one of them be switched off; a station has one panel and one box."""

SEEN_EVERY = timedelta(seconds=30)


def enrol(tx: Transaction, kind: Kind, name: str, by: str) -> str:
    """Pair a device; return its token. It takes the place of one that is silent, where only one can stand."""
    for known in devices(tx, tx.at):
        replaced = (known.kind, known.name) == (kind, name) and kind in ONE_EACH
        if replaced and rules.silent(known.seen_at, tx.at):
            revoke(tx, known.id, by)
    token = secrets.token_urlsafe(32)
    tx.connection.execute(
        device.insert().values(
            id=uuid.uuid4().hex, site=tx.site, kind=str(kind), name=name, token_hash=hashed(token),
            renewed_at=tx.at, paired_at=tx.at, paired_by=by, seen_at=tx.at,
        )
    )  # fmt: skip
    tx.record("device_paired", by=by)
    return token


def identify(database: Database, token: str, at: datetime) -> Principal | None:
    """Return which screen or device host holds this token."""
    with database.snapshot(at=at) as reading:
        row = _by_token(reading, token)
    if row is None:
        return None
    first_use = row.old_token_hash is not None and row.token_hash == hashed(token)
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
    _update(tx, row.id, token_hash=hashed(fresh), old_token_hash=hashed(token), renewed_at=tx.at)
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


def reported(
    tx: Transaction, device_id: str, version: str, parts: Sequence[Part], preview: Preview | None = None
) -> None:
    """Write down what a host said of its scanners and printers."""
    plain = [asdict(part) | {"since": (part.since - EPOCH) // MICROSECOND} for part in parts]
    shown = asdict(preview) if preview else None
    _update(tx, device_id, health=json.dumps({"version": version, "devices": plain, "preview": shown}))


def painted(tx: Transaction, ids: Collection[str]) -> None:
    """Remember that these screens drew a frame just now."""
    if ids:
        health = json.dumps({"devices": [], "painted": (tx.at - EPOCH) // MICROSECOND})
        here = sa.and_(device.c.site == tx.site, device.c.id.in_(ids))
        tx.connection.execute(device.update().where(here).values(health=health))


def painted_at(reading: Reading, kind: Kind, name: str) -> datetime | None:
    """Return when that screen drew its last frame, to ten seconds. None: it never told."""
    query = sa.select(device.c.health).where(
        device.c.site == reading.site, device.c.kind == str(kind), device.c.name == name,
        device.c.revoked_at.is_(None), device.c.health.is_not(None),
    )  # fmt: skip
    told = [json.loads(health).get("painted") for health in reading.connection.execute(query).scalars()]
    latest = max((at for at in told if at is not None), default=None)
    return None if latest is None else EPOCH + latest * MICROSECOND


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


def hosts(reading: Reading, station: str, at: datetime) -> list[Device]:
    """Return the device hosts of a station."""
    return [host for host in devices(reading, at) if (host.kind, host.name) == (Kind.HOST, station)]


def _device(row: Row[Any], at: datetime) -> Device:
    kind = Kind(row.kind)
    told: dict[str, Any] = json.loads(row.health) if row.health else {}
    parts = tuple(rules.settled(_part(**part), at) for part in told.get("devices", ()))
    shown = Preview(**told["preview"]) if told.get("preview") else None
    known = Device(
        row.id, kind, row.name, State.READY, "", "", "", parts, row.paired_at, row.paired_by, row.seen_at,
        row.lost_at, shown,
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


def _part(state: str, since: int, count: dict[str, int] | None = None, **rest: Any) -> Part:
    used = Count(**count) if count else None
    return Part(state=State(state), since=EPOCH + since * MICROSECOND, count=used, **rest)


def _by_token(reading: Reading, token: str) -> Row[Any] | None:
    kept = hashed(token)
    query = sa.select(device).where(
        device.c.site == reading.site,
        sa.or_(device.c.token_hash == kept, device.c.old_token_hash == kept),
        device.c.revoked_at.is_(None),
    )
    return reading.connection.execute(query).first()


def _update(tx: Transaction, device_id: str, **values: Any) -> None:
    here = sa.and_(device.c.site == tx.site, device.c.id == device_id)
    tx.connection.execute(device.update().where(here).values(values))


def hashed(token: str) -> bytes:
    """Return what is kept of a secret."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
