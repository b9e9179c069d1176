"""What happened: appended under the site's lock, so `seq` has no gaps and is the order of the commits."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from kiosk.database.schema import EPOCH, MICROSECOND, event
from kiosk.queueing.snapshot import Decision, PastEvent
from kiosk.queueing.tickets import TRANSITION_EVENTS, State

INSTANTS = frozenset(
    {"arrived", "since", "due", "slot", "called_at", "announced_at", "started_at", "closed_at"}
)


def append(connection: Connection, site: str, after_seq: int, decisions: Sequence[Decision]) -> int:
    """Write `decisions` as the events that follow `after_seq`; return the last seq."""
    rows = [
        {
            "site": site,
            "seq": seq,
            "kind": decision.kind,
            "ticket": decision.ticket,
            "desk": decision.desk,
            "by": decision.by,
            "at": decision.at,
            "before": _to_json(decision.before),
            "after": _to_json(decision.after),
            "undoes": decision.undoes,
        }
        for seq, decision in enumerate(decisions, after_seq + 1)
    ]
    if rows:
        connection.execute(event.insert(), rows)
    return after_seq + len(rows)


def latest_standing(connection: Connection, site: str, ticket: str) -> PastEvent | None:
    """Return the ticket's latest transition that has not been undone."""
    undone = sa.select(event.c.undoes).where(event.c.ticket == ticket, event.c.undoes.is_not(None))
    row = connection.execute(
        sa.select(event)
        .where(
            event.c.site == site,
            event.c.ticket == ticket,
            event.c.kind.in_(TRANSITION_EVENTS),
            event.c.seq.not_in(undone),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return PastEvent(row.seq, row.kind, _from_json(row.before), _from_json(row.after))


def of_ticket(connection: Connection, site: str, ticket: str) -> Sequence[Row[Any]]:
    """Return the ticket's events, oldest first."""
    query = sa.select(event).where(event.c.site == site, event.c.ticket == ticket).order_by(event.c.seq)
    return connection.execute(query).all()


def _to_json(fields: Mapping[str, Any]) -> str:
    return json.dumps({name: _plain(value) for name, value in fields.items()}, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


def _from_json(text: str) -> dict[str, Any]:
    return {name: _ticket_value(name, value) for name, value in json.loads(text).items()}


def _ticket_value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in INSTANTS:
        return EPOCH + value * MICROSECOND
    if name == "state":
        return State(value)
    return tuple(value) if name == "route" else value
