"""What a coordinator can do, and how long is too long. One table drives buttons, keys and words. Pure.

`COMMANDS` holds everything that happens to one ticket. Two commands share a key only when no state allows
both, so a key means one thing at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.queueing.tickets import AT_DESK, Action, State, Ticket

TOAST_SECONDS = 10
"""How long what was just done is told with its undo. The undo itself stays possible after."""

SOON = 0.75
"""From this part of the target on, a wait is about to be too long."""

NOT_SHOWN_AFTER = timedelta(seconds=15)
"""A call that no board has shown by then needs a voice."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do to a ticket: its name in the address and of its icon, its word and its key."""

    name: str
    word: str
    key: str
    action: Action | None = None

    def possible(self, ticket: Ticket) -> bool:
        """Tell whether the ticket's state allows it."""
        return self.action is None or ticket.allows(self.action)


CALL = Command("call", "Call now", "Alt+C", Action.CALL)
RECALL = Command("recall", "Call again", "Alt+R", Action.RECALL)
START = Command("start", "Start", "Alt+S", Action.START)
FINISH = Command("finish", "Finish", "Alt+F", Action.FINISH)
HOLD = Command("hold", "Hold", "Alt+H", Action.HOLD)
RESUME = Command("resume", "Back in line", "Alt+H", Action.RESUME)
NO_SHOW = Command("no_show", "Missed", "Alt+M", Action.NO_SHOW)
REINSTATE = Command("reinstate", "Reinstate", "Alt+M", Action.REINSTATE)
TRANSFER = Command("transfer", "Transfer", "Alt+T", Action.TRANSFER)
CANCEL = Command("cancel", "Cancel", "Alt+X", Action.CANCEL)
PRINT = Command("print", "Print again", "Alt+P")
UNDO = Command("undo", "Undo", "Alt+Z")

COMMANDS = {
    command.name: command
    for command in (
        CALL, RECALL, START, FINISH, HOLD, RESUME, NO_SHOW, REINSTATE, TRANSFER, CANCEL, PRINT, UNDO,
    )
}  # fmt: skip

SLOTS: tuple[tuple[Command, ...], ...] = (
    (CALL,),
    (RECALL,),
    (START,),
    (FINISH,),
    (HOLD, RESUME),
    (NO_SHOW, REINSTATE),
    (TRANSFER,),
    (CANCEL,),
    (PRINT,),
)
"""The places of the buttons: always the same, for the hand. Where two share one, the state decides."""


@dataclass(frozen=True, slots=True)
class PageKey:
    """A key that belongs to the whole page."""

    key: str
    word: str


NEXT = PageKey("Alt+N", "Call who is next for the chosen desk")
INSURANCE = PageKey("Alt+I", "Look at the next insurance that needs a person")
CHECKED = PageKey("Alt+V", "Insurance checked")
PAGE_KEYS = (
    NEXT,
    PageKey("Alt+1 … Alt+9", "Choose a desk"),
    PageKey("Alt+O", "Open or close the chosen desk"),
    PageKey("Alt+↑ Alt+↓", "Select the patient above or below"),
    PageKey("Esc", "Back to the patient at the chosen desk"),
    PageKey("Alt+L", "Look for a patient"),
    PageKey("Alt+G", "Give a ticket"),
    PageKey("Alt+K", "Show these keys"),
)
INSURANCE_KEYS = (INSURANCE, CHECKED)


@dataclass(frozen=True, slots=True)
class Button:
    """A command as it stands for one ticket: possible now or not."""

    command: Command
    possible: bool


def buttons(ticket: Ticket) -> list[Button]:
    """Return the buttons for `ticket`, one per place."""
    shown = []
    for slot in SLOTS:
        command = next((c for c in slot if c.possible(ticket)), slot[0])
        shown.append(Button(command, command.possible(ticket)))
    return shown


def possible(ticket: Ticket) -> list[Command]:
    """Return the transitions that `ticket` allows now, for whoever came too late with another."""
    return [c for c in COMMANDS.values() if c.action is not None and c.possible(ticket)]


def main_command(ticket: Ticket) -> Command:
    """Return what is most likely to be done next with `ticket`: the button that stands out."""
    match ticket.state:
        case State.CALLED:
            return START
        case State.SERVING:
            return FINISH
        case State.NO_SHOW | State.CANCELLED:
            return REINSTATE
        case _:
            return CALL


class Wait(StrEnum):
    """How a wait compares with the service's target."""

    EARLY = "before the slot"
    ON_TIME = "on time"
    SOON = "soon"
    OVER = "over target"


def waits_since(ticket: Ticket) -> datetime:
    """Return when the wait began: on arrival, or at the slot of somebody who came earlier."""
    return max(ticket.since, ticket.slot) if ticket.slot else ticket.since


def wait(ticket: Ticket, target: timedelta, *, at: datetime) -> Wait:
    """Compare the wait with `target`."""
    waited = at - waits_since(ticket)
    if waited < timedelta(0):
        return Wait.EARLY
    if waited > target:
        return Wait.OVER
    return Wait.SOON if waited >= target * SOON else Wait.ON_TIME


class Shown(StrEnum):
    """Whether a waiting-room screen told the patient."""

    SHOWN = "announced"
    COMING = "going to the screens"
    NOT_SHOWN = "no screen announced it"


def shown(ticket: Ticket, *, at: datetime) -> Shown:
    """Tell whether a board reported that it showed the present call."""
    if ticket.announced_at is not None:
        return Shown.SHOWN
    late = ticket.called_at is not None and at - ticket.called_at > NOT_SHOWN_AFTER
    return Shown.NOT_SHOWN if late else Shown.COMING


def stamp(ticket: Ticket | None) -> str:
    """Return what a form remembers of the ticket it was made for: whatever decides what may happen to it."""
    if ticket is None:
        return "-"
    return f"{ticket.state}.{ticket.desk or ''}.{ticket.calls}.{ticket.service}"


def occupant(tickets: Iterable[Ticket], desk: str) -> Ticket | None:
    """Return who is called to, or served at, `desk`."""
    return next((t for t in tickets if t.desk == desk and t.state in AT_DESK), None)
