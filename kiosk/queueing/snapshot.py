"""What a waiting room is made of: its rules, what is written down, what is decided. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kiosk.queueing.tickets import State, Ticket


@dataclass(frozen=True, slots=True)
class Service:
    """What a patient comes for. `letter` starts its ticket codes and tells nothing of what it is."""

    id: str
    letter: str
    target: timedelta
    expected: timedelta


@dataclass(frozen=True, slots=True)
class Desk:
    """Where patients are served, and for which services."""

    id: str
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoomRules:
    """What the site configured: its services, desks, head starts by priority, and numbering."""

    services: Mapping[str, Service]
    desks: Mapping[str, Desk]
    head_starts: Mapping[str, timedelta] = field(default_factory=dict)
    grace: timedelta = timedelta(minutes=10)
    first_number: int = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The waiting room as it is written down: tickets of the day, open desks, last numbers by letter."""

    version: int
    serial: int
    tickets: Mapping[str, Ticket]
    open_desks: frozenset[str]
    numbers: Mapping[str, int]

    def in_order(self, state: State = State.WAITING) -> list[Ticket]:
        """The tickets in `state`, first in line first."""
        return sorted((t for t in self.tickets.values() if t.state is state), key=lambda t: t.place)


@dataclass(frozen=True, slots=True)
class Decision:
    """A fact that becomes an event: `before` and `after` hold only the fields that changed."""

    kind: str
    at: datetime
    by: str
    ticket: str | None = None
    desk: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """The written event that an undo takes back."""

    seq: int
    kind: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
