"""The console's sentences: why somebody stands where they stand, what happened, what was in the way. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kiosk.appointments.rules import Person
from kiosk.console.rules import Command
from kiosk.queueing.order import Basis, Reason
from kiosk.queueing.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Names:
    """How the site calls its desks, services, priorities, stations and staff; `clock` tells its time."""

    clock: Callable[[datetime], str]
    desks: Mapping[str, str]
    services: Mapping[str, str]
    priorities: Mapping[str, str]
    stations: Mapping[str, str]
    boards: Mapping[str, str]
    staff: Mapping[str, str]

    def desk(self, name: str | None) -> str:
        """The desk's name, or its id when it is no longer configured."""
        return self.desks.get(name or "", name or "")

    def service(self, name: str | None) -> str:
        """The service's name, or its id when it is no longer configured."""
        return self.services.get(name or "", name or "")

    def who(self, by: str) -> str:
        """A person, a kiosk or a screen, as an event remembers it."""
        kind, _, rest = by.partition(":")
        match kind:
            case "station":
                return f"The kiosk {self.stations.get(rest, rest)}"
            case "board":
                return f"The screen {self.boards.get(rest, rest)}"
            case _:
                return self.staff.get(by) or self.boards.get(by) or self.stations.get(by) or by


def full_name(person: Person | None) -> str:
    """`Family, Given`; empty when nobody asked for a name."""
    return ", ".join(part for part in (person.family_name, person.given_name) if part) if person else ""


def why(reason: Reason, ticket: Ticket, names: Names) -> str:
    """Say in words why `ticket` stands where it stands."""
    clock = names.clock
    match reason.basis:
        case Basis.SLOT if ticket.slot is not None:
            place = f"Booked {clock(ticket.slot)}, arrived {clock(ticket.since)}"
        case Basis.LATE if ticket.slot is not None:
            late = minutes(ticket.since - ticket.slot)
            place = f"Booked {clock(ticket.slot)}, {late} min late: counts from arrival"
        case _ if ticket.since != ticket.arrived:
            place = f"Came on from another service {clock(ticket.since)}"
        case _:
            place = f"Walk-in, arrived {clock(ticket.since)}"
    if reason.priority is None:
        return place
    name = names.priorities.get(reason.priority, reason.priority)
    return f"{place} · {minutes(reason.head_start)} min ahead: {name[:1].lower()}{name[1:]}"


def minutes(length: timedelta) -> int:
    """Whole minutes, never negative."""
    return max(int(length.total_seconds() // 60), 0)


def ago(length: timedelta) -> str:
    """Say how long ago: `3 seconds ago`."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < 1:
        return "just now"
    if seconds < 60:
        return f"{seconds} second{'s' if seconds != 1 else ''} ago"
    whole = seconds // 60
    if whole < 60:
        return f"{whole} minute{'s' if whole != 1 else ''} ago"
    hours = whole // 60
    return f"{hours} hour{'s' if hours != 1 else ''} ago"


HAPPENED: Mapping[str, str] = {
    "issued": "{who} gave {code} for {service}",
    "called": "{who} called {code} to {desk}",
    "recalled": "{who} called {code} again to {desk}",
    "started": "{who} started with {code} at {desk}",
    "finished": "{who} finished {code}",
    "held": "{who} put {code} on hold",
    "resumed": "{who} put {code} back in line",
    "no_show": "{who} marked {code} as missed",
    "reinstated": "{who} reinstated {code}",
    "transferred": "{who} transferred {code} to {service}",
    "cancelled": "{who} cancelled {code}",
    "announced": "{who} announced {code}",
    "printed": "{code} was printed",
    "print_sent": "{code} was sent to a printer that cannot confirm it",
    "not_printed": "{code} was not printed",
    "print_unknown": "Nobody knows whether {code} was printed",
    "task_opened": "{code} needs a person",
    "task_changed": "{code} needs a person",
    "task_closed": "{who} saw to {code}",
    "reprinted": "{who} had {code} printed again",
    "insurance_shown": "{who} took down the insurance of {code}",
    "insurance_corrected": "{who} corrected the insurance of {code}",
    "insurance_asked": "{who} had the payer of {code} asked again",
    "insurance_waiting": "The payer of {code} does not answer",
    "insurance_answered": "The payer of {code} answered",
    "insurance_checked": "{who} checked the insurance of {code}",
    "insurance_unchecked": "{who} took back that the insurance of {code} is checked",
    "undone": "{who} took back: {undone}",
}
"""Event kind → what a colleague reads."""

UNDONE: Mapping[str, str] = {
    "called": "the call",
    "recalled": "the second call",
    "started": "the start",
    "finished": "the finish",
    "held": "the hold",
    "resumed": "the return to the line",
    "no_show": "the miss",
    "reinstated": "the return to the line",
    "transferred": "the transfer",
    "cancelled": "the cancellation",
}
"""Event kind → what is taken back."""


def happened(
    kind: str,
    *,
    by: str,
    code: str,
    names: Names,
    desk: str | None = None,
    service: str | None = None,
    undone: str = "",
) -> str:
    """Say what an event says."""
    text = HAPPENED.get(kind, "{who}: " + kind.replace("_", " ") + " {code}")
    return text.format(
        who=names.who(by),
        code=code,
        desk=names.desk(desk) or "a desk",
        service=names.service(service) or "a service",
        undone=UNDONE.get(undone, undone.replace("_", " ") or "the last step"),
    )


DONE: Mapping[str, str] = {
    "called": "{code} is called to {desk}.",
    "recalled": "{code} is called again to {desk}.",
    "started": "{code} is being served at {desk}.",
    "finished": "{code} is finished.",
    "next": "{code} now waits for {service}.",
    "held": "{code} is on hold.",
    "resumed": "{code} is back in line, at the same place.",
    "no_show": "{code} is marked as missed.",
    "reinstated": "{code} is back in line, at the same place.",
    "transferred": "{code} waits for {service}, at the same place in line.",
    "cancelled": "{code} is cancelled.",
    "issued": "{code} is given for {service}.",
    "print": "{code} is being printed at {station}.",
    "undone": "Taken back. {code} is as before: {state}.",
    "desk_opened": "{desk} is open.",
    "desk_closed": "{desk} is closed.",
    "task_closed": "Done.",
    "insurance_asked": "The payer is asked about {code}.",
    "insurance_corrected": "The insurance of {code} is corrected.",
    "insurance_checked": "The insurance of {code} is checked.",
    "insurance_unchecked": "Taken back. The insurance of {code} is still to be checked.",
}
"""What was just done, as the one who did it reads it."""


def done(answer: Mapping[str, Any], ticket: Ticket | None, names: Names) -> str:
    """Say what the command did that gave `answer`."""
    return DONE[answer["done"]].format(
        code=ticket.code if ticket else "The ticket",
        desk=names.desk(answer.get("desk")),
        service=names.service(answer.get("service")),
        station=names.stations.get(answer.get("station", ""), answer.get("station", "")),
        state=STATES.get(str(ticket.state), "") if ticket else "",
    )


STATES: Mapping[str, str] = {
    "waiting": "waiting",
    "called": "called",
    "serving": "being served",
    "served": "finished",
    "held": "on hold",
    "no_show": "missed",
    "cancelled": "cancelled",
}
"""A ticket's state, in words."""


def possible_now(ticket: Ticket, commands: Iterable[Command], names: Names) -> str:
    """Say where a ticket stands and what can be done with it: for whoever came too late."""
    place = f" at {names.desk(ticket.desk)}" if ticket.desk else ""
    words = [command.word for command in commands]
    can = f" You can: {', '.join(words)}." if words else ""
    return f"{ticket.code} is now {STATES[str(ticket.state)]}{place}.{can}"
