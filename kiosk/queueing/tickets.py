"""Tickets and what may happen to them. Pure: standard library only.

`TRANSITIONS` is the state machine; `docs/architecture.md` draws it from this table.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class State(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


OPEN = frozenset({State.WAITING, State.CALLED, State.SERVING, State.HELD, State.NO_SHOW})
AT_DESK = frozenset({State.CALLED, State.SERVING})


class Action(StrEnum):
    """What a person does to a ticket."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    NO_SHOW = "no_show"
    REINSTATE = "reinstate"
    TRANSFER = "transfer"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Transition:
    """An action is allowed from `sources`, leads to `target` and is remembered as the event `event`."""

    sources: frozenset[State]
    target: State
    event: str


def _from(*sources: State) -> frozenset[State]:
    return frozenset(sources)


TRANSITIONS: dict[Action, Transition] = {
    Action.CALL: Transition(_from(State.WAITING, State.HELD, State.NO_SHOW), State.CALLED, "called"),
    Action.RECALL: Transition(_from(State.CALLED), State.CALLED, "recalled"),
    Action.START: Transition(_from(State.CALLED), State.SERVING, "started"),
    Action.FINISH: Transition(_from(State.CALLED, State.SERVING), State.SERVED, "finished"),
    Action.HOLD: Transition(_from(State.WAITING, State.CALLED, State.SERVING), State.HELD, "held"),
    Action.RESUME: Transition(_from(State.HELD), State.WAITING, "resumed"),
    Action.NO_SHOW: Transition(_from(State.WAITING, State.CALLED), State.NO_SHOW, "no_show"),
    Action.REINSTATE: Transition(_from(State.NO_SHOW, State.CANCELLED), State.WAITING, "reinstated"),
    Action.TRANSFER: Transition(
        _from(State.WAITING, State.CALLED, State.SERVING, State.HELD), State.WAITING, "transferred"
    ),
    Action.CANCEL: Transition(OPEN, State.CANCELLED, "cancelled"),
}

TRANSITION_EVENTS = frozenset(transition.event for transition in TRANSITIONS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A visit's place in a queue. No personal data: `visit` is an opaque id.

    `code` (letter and number, `B042`) stays for the whole visit, through every service. `serial` counts the
    site's tickets and breaks ties of `due`. `since` is when the wait for `service` began; `route` holds the
    services still to come. All instants are aware and in UTC.
    """

    id: str
    visit: str
    code: str
    serial: int
    service: str
    state: State
    arrived: datetime
    since: datetime
    due: datetime
    slot: datetime | None = None
    priority: str | None = None
    route: tuple[str, ...] = ()
    language: str = "en"
    desk: str | None = None
    calls: int = 0
    called_at: datetime | None = None
    announced_at: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def place(self) -> tuple[datetime, int]:
        """The total order of the queue: the same for the call, the console and the board."""
        return (self.due, self.serial)

    def allows(self, action: Action) -> bool:
        """Tell whether `action` is possible in the present state."""
        return self.state in TRANSITIONS[action].sources

    def changed(self, **changes: Any) -> Self:
        """Return the ticket with `changes`."""
        return replace(self, **changes)


class QueueError(Exception):
    """The queue refused."""

    def __init__(
        self, message: str | None = None, *, ticket: str | None = None, desk: str | None = None
    ) -> None:
        super().__init__(message or self.__doc__)
        self.ticket = ticket
        self.desk = desk


class NoSuchTicket(QueueError):
    """There is no such ticket today."""


class NotPossible(QueueError):
    """That is not possible in the ticket's present state."""


class DeskBusy(QueueError):
    """Another patient is still called to this desk."""


class DeskClosed(QueueError):
    """This desk is closed."""


class NobodyWaiting(QueueError):
    """Nobody is waiting for this desk."""


class UnknownName(QueueError):
    """The configuration knows no service, desk or priority of that name."""


class NothingToUndo(QueueError):
    """There is nothing left to undo for this ticket."""
