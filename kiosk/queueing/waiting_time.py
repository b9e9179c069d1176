"""How long a patient will wait, as an honest range. Pure: standard library only.

The queue is played forward at the open desks twice: once with quick services (the first quartile of what was
observed today), once with slow ones (the third). The two answers are the range.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from kiosk.queueing.snapshot import RoomRules, Snapshot
from kiosk.queueing.tickets import State, Ticket

ENOUGH = 4
"""Fewer observations than this say less than the configured expectation."""

ROUNDED_TO = timedelta(minutes=5)
UNTOLD = timedelta(0)
"""How long a service lasts that was taken out of the configuration while somebody is served."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A wait between `low` and `high`, in whole five minutes."""

    low: timedelta
    high: timedelta


def pace(expected: timedelta, observed: Sequence[timedelta]) -> tuple[timedelta, timedelta]:
    """Return (quick, slow): the quartiles of `observed`, or ∓ 30 % of `expected` while there are too few."""
    if len(observed) < ENOUGH:
        return expected * 0.7, expected * 1.3
    first, _, third = quantiles((d.total_seconds() for d in observed), n=4)
    return timedelta(seconds=max(first, 0)), timedelta(seconds=max(third, 0))


def estimates(
    rules: RoomRules, room: Snapshot, observed: Mapping[str, Sequence[timedelta]], *, at: datetime
) -> dict[str, Estimate]:
    """Return the expected wait of every waiting ticket, by ticket id.

    A ticket that no open desk serves has no estimate: nobody can honestly give one.
    """
    paces = {name: pace(s.expected, observed.get(name, ())) for name, s in rules.services.items()}
    quick = _play(rules, room, {name: p[0] for name, p in paces.items()}, at)
    slow = _play(rules, room, {name: p[1] for name, p in paces.items()}, at)
    return {
        ticket: Estimate(
            _rounded(min(quick[ticket], slow[ticket])), _rounded_up(max(quick[ticket], slow[ticket]))
        )
        for ticket in quick
    }


def _play(
    rules: RoomRules, room: Snapshot, lasting: Mapping[str, timedelta], at: datetime
) -> dict[str, timedelta]:
    free = [(_free_at(desk, room.tickets.values(), lasting, at), desk) for desk in sorted(room.open_desks)]
    free = [(when, desk) for when, desk in free if desk in rules.desks]
    heapq.heapify(free)
    waiting = room.in_order()
    waits: dict[str, timedelta] = {}
    while free and waiting:
        when, desk = heapq.heappop(free)
        ticket = next((t for t in waiting if t.service in rules.desks[desk].services), None)
        if ticket is None:
            continue
        waiting.remove(ticket)
        waits[ticket.id] = when - at
        heapq.heappush(free, (when + lasting[ticket.service], desk))
    return waits


def _free_at(
    desk: str, tickets: Iterable[Ticket], lasting: Mapping[str, timedelta], at: datetime
) -> datetime:
    for ticket in tickets:
        if ticket.desk == desk and ticket.state in (State.CALLED, State.SERVING):
            began = ticket.started_at or at
            return max(at, began + lasting.get(ticket.service, UNTOLD))
    return at


def _rounded(wait: timedelta) -> timedelta:
    return (wait // ROUNDED_TO) * ROUNDED_TO


def _rounded_up(wait: timedelta) -> timedelta:
    return max(-(-wait // ROUNDED_TO), 1) * ROUNDED_TO
