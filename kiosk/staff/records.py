"""Staff accounts and sessions in SQL. Passwords are argon2id hashes, session tokens SHA-256."""

import secrets
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.engine import Row

from kiosk.access import Principal, Role
from kiosk.database import Database, Reading, Transaction
from kiosk.database.schema import staff, staff_session
from kiosk.staff import rules

ROLES = (Role.COORDINATOR, Role.SUPERVISOR)
SEEN_EVERY = timedelta(minutes=1)

hasher = PasswordHasher()
_unknown = hasher.hash(secrets.token_hex())
_two_at_once = threading.Semaphore(2)
"""Each check takes 64 MiB: a burst of sign-ins must not take the machine's memory."""


class StaffError(Exception):
    """The account could not be changed."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who works here."""

    id: str
    username: str
    name: str
    role: Role
    disabled_at: datetime | None
    locked_until: datetime | None


def sign_in(database: Database, username: str, password: str, *, at: datetime) -> str | None:
    """Return the token of a new session, or None: for a wrong name, a wrong password, a locked account.

    The slow check happens outside the transaction; the lock is looked at inside, so that guesses made at
    the same time are counted one after the other. A password that was changed meanwhile is not good any more.
    """
    with database.snapshot(at=at) as reading:
        known = _find(reading, username)
    right = _matches(known.password_hash if known else _unknown, password)
    if known is None:
        return None
    with database.begin(at=at) as tx:
        row = _find(tx, username)
        if row is None or row.disabled_at or (row.locked_until and at < row.locked_until):
            return None
        if right and row.password_hash == known.password_hash:
            return _start_session(tx, row)
        _count_failure(tx, row)
    return None


def identify(database: Database, token: str, at: datetime, *, active: bool = True) -> Principal | None:
    """Return whose session this is. `active`: a person asked, so the session stays alive."""
    with database.snapshot(at=at) as reading:
        row = reading.connection.execute(
            sa.select(staff_session, staff.c.username, staff.c.role)
            .join(staff, staff.c.id == staff_session.c.staff)
            .where(
                staff_session.c.token_hash == _hash(token),
                staff.c.site == reading.site,
                staff.c.disabled_at.is_(None),
            )
        ).first()
    if row is None or not rules.lasts(row.created_at, row.seen_at, at):
        return None
    if active and at - row.seen_at >= SEEN_EVERY:
        with database.begin(at=at) as tx:
            tx.connection.execute(
                staff_session.update().where(staff_session.c.token_hash == _hash(token)).values(seen_at=at)
            )
    return Principal(Role(row.role), row.username, row.staff)


def sign_out(tx: Transaction, token: str) -> None:
    """End the session."""
    tx.connection.execute(staff_session.delete().where(staff_session.c.token_hash == _hash(token)))


def accounts(reading: Reading) -> list[Account]:
    """Return every account of the site, by user name."""
    rows = reading.connection.execute(
        sa.select(staff).where(staff.c.site == reading.site).order_by(staff.c.username)
    )
    return [Account(r.id, r.username, r.name, Role(r.role), r.disabled_at, r.locked_until) for r in rows]


def add(tx: Transaction, *, username: str, name: str, role: Role, password: str, by: str) -> Account:
    """Make an account. Raises StaffError."""
    username = username.strip().lower()
    if not username or _find(tx, username) is not None:
        raise StaffError(
            f"There is already somebody called {username!r}." if username else "A user name is needed."
        )
    if role not in ROLES:
        raise StaffError(f"{role} is not a role of people. Choose one of: {', '.join(ROLES)}.")
    made = Account(uuid.uuid4().hex, username, name.strip() or username, role, None, None)
    tx.connection.execute(
        staff.insert().values(
            id=made.id, site=tx.site, username=username, name=made.name, role=str(role), failures=0,
            password_hash=_new_hash(password, username), created_at=tx.at,
        )
    )  # fmt: skip
    tx.record("staff_added", by=by)
    return made


def change_password(tx: Transaction, username: str, password: str, *, by: str) -> None:
    """Give a new password; a lock and all sessions of the account end. Raises StaffError."""
    row = _known(tx, username)
    values = {"password_hash": _new_hash(password, row.username), "failures": 0, "locked_until": None}
    _update(tx, row.id, **values)
    _end_sessions(tx, row.id)
    tx.record("password_changed", by=by)


def disable(tx: Transaction, username: str, *, by: str) -> None:
    """Close an account; whoever is signed in with it is out at once. Raises StaffError."""
    row = _known(tx, username)
    _update(tx, row.id, disabled_at=tx.at)
    _end_sessions(tx, row.id)
    tx.record("staff_disabled", by=by)


def standing(reading: Reading, ids: set[str]) -> set[str]:
    """Return which of these accounts are still open and signed in somewhere."""
    query = sa.select(staff.c.id).join(staff_session, staff_session.c.staff == staff.c.id)
    rows = reading.connection.execute(query.where(staff.c.id.in_(ids), staff.c.disabled_at.is_(None)))
    return set(rows.scalars())


def _start_session(tx: Transaction, row: Row[Any]) -> str:
    token = secrets.token_urlsafe(32)
    old = sa.or_(
        staff_session.c.created_at < tx.at - rules.LONGEST, staff_session.c.seen_at < tx.at - rules.IDLE
    )
    tx.connection.execute(staff_session.delete().where(old))
    tx.connection.execute(
        staff_session.insert().values(token_hash=_hash(token), staff=row.id, created_at=tx.at, seen_at=tx.at)
    )
    _update(tx, row.id, failures=0, locked_until=None)
    tx.record("signed_in", by=row.username)
    return token


def _count_failure(tx: Transaction, row: Row[Any]) -> None:
    failures = row.failures + 1
    wait = rules.lock_after(failures)
    _update(tx, row.id, failures=failures, locked_until=tx.at + wait if wait else None)
    tx.record("sign_in_failed", by=row.username)


def _end_sessions(tx: Transaction, account: str) -> None:
    tx.connection.execute(staff_session.delete().where(staff_session.c.staff == account))


def _update(tx: Transaction, account: str, **values: Any) -> None:
    tx.connection.execute(staff.update().where(staff.c.id == account).values(values))


def _known(reading: Reading, username: str) -> Row[Any]:
    row = _find(reading, username)
    if row is None:
        raise StaffError(f"There is nobody called {username!r}.")
    return row


def _find(reading: Reading, username: str) -> Row[Any] | None:
    query = sa.select(staff).where(staff.c.site == reading.site, staff.c.username == username.strip().lower())
    return reading.connection.execute(query).first()


def _matches(password_hash: str, password: str) -> bool:
    with _two_at_once:
        try:
            return hasher.verify(password_hash, password[: rules.LONGEST_PASSWORD])
        except VerificationError:
            return False


def _new_hash(password: str, username: str) -> str:
    if problem := rules.password_problem(password, username):
        raise StaffError(problem)
    return hasher.hash(password)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
