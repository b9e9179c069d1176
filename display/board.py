"""What a board shows. Pure: standard library only.

A picture holds codes and desks and nothing else of a ticket: whoever looks at the screen learns who is wanted
where, not what for. It depends on the room alone, so it is drawn once per version for all who look.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.queueing.snapshot import RoomRules, Snapshot
from kiosk.queueing.tickets import State, Ticket

FORGOTTEN_AFTER = timedelta(hours=12)
"""A call of yesterday that nobody ended calls nobody today."""
MOST_NEXT = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A patient is wanted at a desk. By `ticket`, an opaque id, the board reports what it announced."""

    ticket: str
    code: str
    desk: str
    called_at: datetime
    language: str
    again: bool


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """All that a board shows: who is called (newest first), who is being served, whose turn comes next."""

    version: int
    calls: tuple[Call, ...]
    recent: tuple[Call, ...]
    next: tuple[str, ...]

    @property
    def idle(self) -> bool:
        """Nobody is called."""
        return not self.calls


def picture(
    snapshot: Snapshot,
    rules: RoomRules,
    services: Collection[str],
    desk_names: Mapping[str, str],
    at: datetime,
) -> BoardPicture:
    """Return what a board for `services` (all, when empty) shows at that instant."""
    wanted = frozenset(services) or frozenset(rules.services)
    shown = [t for t in snapshot.tickets.values() if t.service in wanted]
    waiting = sorted((t for t in shown if t.state is State.WAITING), key=lambda t: t.place)
    return BoardPicture(
        snapshot.version,
        _calls(shown, State.CALLED, desk_names, at),
        _calls(shown, State.SERVING, desk_names, at),
        tuple(t.code for t in waiting[:MOST_NEXT]),
    )


def _calls(
    tickets: Collection[Ticket], state: State, desk_names: Mapping[str, str], at: datetime
) -> tuple[Call, ...]:
    calls = [
        Call(t.id, t.code, desk_names.get(t.desk, t.desk), t.called_at, t.language, t.calls > 1)
        for t in tickets
        if t.state is state and t.desk and t.called_at and at - t.called_at < FORGOTTEN_AFTER
    ]
    return tuple(sorted(calls, key=lambda call: (call.called_at, call.code), reverse=True))
