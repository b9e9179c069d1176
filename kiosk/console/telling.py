"""What the page says after a command: what was done, or who was faster and what can be done now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kiosk.console import records, rules, words
from kiosk.console.words import Names
from kiosk.database import Reading
from kiosk.queueing.tickets import Ticket

SHOWN = timedelta(seconds=rules.TOAST_SECONDS)
REFUSAL_SHOWN = timedelta(seconds=30)
"""Bad news is longer to read than good news."""


@dataclass(frozen=True, slots=True)
class Told:
    """The message about the command `command`. `undo` names the ticket whose last step can be taken back."""

    command: str
    refused: bool
    text: str
    detail: str
    undo: str | None
    seen: str
    ticket: str | None
    left: timedelta
    uncheck: bool = False


def told(reading: Reading, command: str, names: Names, *, at: datetime) -> Told | None:
    """Return the message, as long as it is fresh."""
    found = records.said(reading, command)
    if found is None:
        return None
    answer, when = found
    refused = "refused" in answer
    left = (REFUSAL_SHOWN if refused else SHOWN) - (at - when)
    if left <= timedelta(0):
        return None
    ticket = reading.snapshot.tickets.get(answer.get("ticket") or "")
    if refused:
        text, detail = _refusal(reading, answer, ticket, names, at)
    else:
        text, detail = _success(reading, answer, ticket, names)
    return Told(
        command=command,
        refused=refused,
        text=text,
        detail=detail,
        undo=ticket.id if ticket and answer.get("undo") else None,
        seen=rules.stamp(ticket),
        ticket=ticket.id if ticket else None,
        left=left,
        uncheck="uncheck" in answer,
    )


def _success(
    reading: Reading, answer: Mapping[str, Any], ticket: Ticket | None, names: Names
) -> tuple[str, str]:
    detail = ""
    if other := reading.snapshot.tickets.get(answer.get("instead_of") or ""):
        place = f" at {names.desk(other.desk)}" if other.desk else ""
        detail = f"{other.code}, shown as next before, is {words.STATES[str(other.state)]}{place}."
    if also := reading.snapshot.tickets.get(answer.get("also") or ""):
        detail = f"{also.code} is {words.STATES[str(also.state)]} again."
    return words.done(answer, ticket, names), detail


_REFUSALS: Mapping[str, tuple[str, str]] = {
    "CheckInError": ("This appointment cannot be checked in any more.", "Give a ticket instead."),
    "NoInsurance": ("No insurance was taken down for this ticket.", "Nothing was done."),
    "NoNumber": ("This is not a member number.", "Type 4 to 30 letters and digits. Nothing was changed."),
    "NoQuestion": ("The payer cannot be asked.", "Correct the payer and the number first."),
    "NotOffered": ("This appointment is for a service that is no longer offered.", "Give a ticket instead."),
    "NoSuchTicket": ("This ticket is not of today.", "Nothing was done."),
}
"""What does not depend on anything else."""


def _refusal(
    reading: Reading, answer: Mapping[str, Any], ticket: Ticket | None, names: Names, at: datetime
) -> tuple[str, str]:
    if said := _REFUSALS.get(answer["refused"]):
        return said
    desk = names.desk(answer.get("desk"))
    match answer["refused"]:
        case "DeskClosed":
            row = records.last_of_desk(reading, answer["desk"], "desk_closed")
            closed = (
                f"{names.who(row.by)} closed {desk}, {words.ago(at - row.at)}."
                if row
                else f"{desk} is closed."
            )
            return closed, "Open it first (Alt+O). Nobody was called."
        case "NobodyWaiting":
            return f"Nobody is waiting for {desk}.", ""
        case "DeskBusy" if ticket:
            return _last(reading, ticket, names, at), (
                f"First start, finish or miss {ticket.code}. Nobody else was called."
            )
        case "NothingToUndo" if ticket:
            return f"There is nothing left to take back for {ticket.code}.", ""
        case "Overtaken" | "NotPossible" if ticket:
            now = words.possible_now(ticket, rules.possible(ticket), names)
            return _last(reading, ticket, names, at), now
        case "Overtaken":
            return f"{desk} changed in the meantime.", "Nothing was done. Look again, then call."
        case _:
            return "That is not possible now.", "Nothing was done. Look again."


def _last(reading: Reading, ticket: Ticket, names: Names, at: datetime) -> str:
    row = records.last_step(reading, ticket.id)
    if row is None:
        return f"{ticket.code} changed in the meantime."
    sentence = words.happened(
        row.kind, by=row.by, code=ticket.code, names=names, desk=row.desk, service=ticket.service
    )
    return f"{sentence}, {words.ago(at - row.at)}."
