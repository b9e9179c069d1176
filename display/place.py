"""Where a patient stands, for the patient's own phone. Pure: standard library only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.queueing.snapshot import RoomRules, Snapshot
from kiosk.queueing.tickets import OPEN, State, Ticket
from kiosk.queueing.waiting_time import Estimate, estimates


@dataclass(frozen=True, slots=True)
class Place:
    """What the phone shows: `before` and `wait` only while waiting, `desk` only while called or served."""

    code: str
    state: State
    language: str
    desk: str | None
    called_at: datetime | None
    before: int | None
    wait: Estimate | None


def latest(snapshot: Snapshot, visit: str) -> Ticket | None:
    """Return the visit's ticket: the open one, else the last."""
    tickets = [t for t in snapshot.tickets.values() if t.visit == visit]
    return max(tickets, key=lambda t: (t.state in OPEN, t.serial), default=None)


def place(
    ticket: Ticket,
    snapshot: Snapshot,
    rules: RoomRules,
    observed: Mapping[str, Sequence[timedelta]],
    desk_names: Mapping[str, str],
    at: datetime,
) -> Place:
    """Return where `ticket` stands at that instant."""
    waiting = ticket.state is State.WAITING
    return Place(
        code=ticket.code,
        state=ticket.state,
        language=ticket.language,
        desk=desk_names.get(ticket.desk, ticket.desk) if ticket.desk else None,
        called_at=ticket.called_at,
        before=before(ticket, snapshot, rules) if waiting else None,
        wait=estimates(rules, snapshot, observed, at=at).get(ticket.id) if waiting else None,
    )


def before(ticket: Ticket, snapshot: Snapshot, rules: RoomRules) -> int:
    """Count those ahead in the queue who wait for the same desks: as far as one can tell, they come first."""
    desks = [d for d in rules.desks.values() if ticket.service in d.services]
    rivals = {ticket.service}.union(*(d.services for d in desks if d.id in snapshot.open_desks))
    return sum(t.service in rivals and t.place < ticket.place for t in snapshot.in_order())
