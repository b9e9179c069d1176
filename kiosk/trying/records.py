"""Tries are jobs: a scan that is awaited for a minute, and a test ticket. Nothing scanned is kept.

What became of one stands in the job: the finding of a scan in `last_error`, as words of `rules`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.config import Config
from kiosk.database import Reading, Transaction, jobs
from kiosk.database.jobs import Job
from kiosk.database.schema import job
from kiosk.trying import rules
from kiosk.trying.drawing import png
from kiosk.trying.rules import Code, Finding, Outcome
from kiosk.trying.settings import Maker, maker

SCAN, TICKET, SETTINGS = "try_scan", "try_ticket", "try_settings"
PAPERS = frozenset({TICKET, SETTINGS})
"""What is printed for whoever sets up a kiosk."""
TRIED = "tried"
"""The event that makes the page look again."""
LISTENS = timedelta(seconds=60)
REST = timedelta(seconds=5)
"""So long after the first piece, others of the same scan may follow: they are no patient's either."""
SHOWN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Try:
    """The latest try of one thing. `finding` is that of a scan, `cause` is why a ticket did not come out."""

    state: str
    code: Code | None
    finding: Finding | None
    cause: str


def listen(tx: Transaction, station: str, code: Code) -> None:
    """From now on, for a minute, the station's next scan is a try."""
    _stop(tx, station)
    jobs.add(tx.connection, tx.site, _ear(station), SCAN, {"code": code}, at=tx.at, life=LISTENS)
    tx.record(TRIED, by=f"station:{station}")


def is_heard(reading: Reading, station: str, at: datetime) -> bool:
    """Tell whether a scan of this station is a try now, or still a part of one."""
    awaited = sa.and_(job.c.state == "queued", job.c.expires_at > at)
    just = sa.and_(job.c.state == "done", job.c.finished_at > at - REST)
    mine = sa.and_(job.c.site == reading.site, job.c.target == _ear(station), job.c.created_at > at - SHOWN)
    return reading.connection.execute(sa.select(job.c.id).where(mine, awaited | just)).first() is not None


def hear(tx: Transaction, station: str, scan_id: str, data: bytes) -> bool:
    """Judge the scan that was awaited. False: nobody tries this scanner, or the scan was heard before."""
    once = f"scan:{scan_id}"
    if not is_heard(tx, station, tx.at) or tx.answered(once) is not None:
        return False
    tx.answer(once, {})
    if awaited := jobs.claim(tx.connection, tx.site, _ear(station), at=tx.at):
        found = rules.judge(Code(awaited.payload["code"]), data)
        told = f"{found.outcome} {found.detail}"
        jobs.finish(tx.connection, tx.site, awaited.id, "done", at=tx.at, error=told)
        tx.record(TRIED, by=f"station:{station}")
    return True


def print_ticket(tx: Transaction, station: str) -> None:
    """Have a test ticket printed."""
    jobs.add(tx.connection, tx.site, f"station:{station}", TICKET, {}, at=tx.at, life=LISTENS)
    tx.record(TRIED, by=f"station:{station}")
    tx.touch(f"station:{station}")


def print_settings(tx: Transaction, station: str, maker_id: str) -> None:
    """Have the settings codes of a scanner's maker printed."""
    target = f"station:{station}"
    jobs.add(tx.connection, tx.site, target, SETTINGS, {"maker": maker_id}, at=tx.at, life=LISTENS)
    tx.touch(target)


def paper(config: Config, job: Job, at: datetime) -> dict[str, Any]:
    """Return what the job prints. `at` is the clinic's time."""
    wanted = maker(job.payload.get("maker", ""))
    return document(config, at) if wanted is None else _codes(config, wanted, at)


def _codes(config: Config, wanted: Maker, at: datetime) -> dict[str, Any]:
    """Return the settings codes of a maker, in the order in which they are scanned."""
    look_up = [f"Look up in its manual: {wanted.missing}."] if wanted.missing else []
    return document(config, at) | {
        "code": "SET", "service": f"{wanted.name} scanner", "url": None,
        "lines": [wanted.models + ".", f"From: {wanted.source}."],
        "figures": [
            {"words": f"{place}. {setting.name}", "png": png(setting)}
            for place, setting in enumerate(wanted.settings, 1)
        ],
        "footer": look_up,
    }  # fmt: skip


def document(config: Config, at: datetime) -> dict[str, Any]:
    """Return the test ticket: every part that a patient's may have. `at` is the clinic's time."""
    return {
        "code": "TEST", "site": config.site.name, "logo": None, "header": [], "service": "Test ticket",
        "issued": at.strftime("%Y-%m-%d %H:%M"), "lines": ["Accents: Ä É Ñ Ç ß", "No patient's ticket."],
        "footer": [], "language": "en", "direction": "ltr", "large": False, "url": config.public_url,
        "url_label": "Opens the clinic's address", "copy": None,
    }  # fmt: skip


def ended(tx: Transaction, ticket: Job, holder: str, state: str, cause: str | None = None) -> None:
    """The test ticket came out, or not; it is never printed again by itself."""
    if jobs.finish(tx.connection, tx.site, ticket.id, state, at=tx.at, error=cause, holder=holder):
        tx.record(TRIED, by=ticket.target)


def sweep(tx: Transaction) -> None:
    """End what nobody scanned or fetched in time."""
    for kind in (SCAN, *PAPERS):
        for late in jobs.sweep(tx.connection, tx.site, kind, at=tx.at):
            tx.record(TRIED, by=late.target)


def latest(reading: Reading, station: str, at: datetime) -> dict[str, Try]:
    """Return the latest try of each code, and of the ticket, that is not long ago."""
    mine = job.c.target.in_((_ear(station), f"station:{station}")) & job.c.kind.in_((SCAN, TICKET))
    query = sa.select(job).where(job.c.site == reading.site, mine, job.c.created_at > at - SHOWN)
    found: dict[str, Try] = {}
    for row in reading.connection.execute(query.order_by(job.c.id)):
        known = jobs.find(reading.connection, reading.site, row.id)
        if known is not None:
            one = _try(known, late=row.expires_at <= at)
            found[one.code or "ticket"] = one
    return found


def _try(known: Job, *, late: bool) -> Try:
    state = "expired" if late and known.state == "queued" else known.state
    if known.kind == TICKET:
        return Try(state, None, None, known.last_error or "")
    outcome, _, detail = (known.last_error or "").partition(" ")
    finding = Finding(Outcome(outcome), detail) if outcome else None
    return Try(state, Code(known.payload["code"]), finding, "")


def _stop(tx: Transaction, station: str) -> None:
    while awaited := jobs.claim(tx.connection, tx.site, _ear(station), at=tx.at):
        jobs.finish(tx.connection, tx.site, awaited.id, "expired", at=tx.at)


def _ear(station: str) -> str:
    return f"try:{station}"
