"""What the console's commands do, within one transaction: each returns the answer that the page then tells.

An answer holds opaque ids only: `{"done": "called", "ticket": …, "desk": …}`, or `{"refused": …}` for whoever
came too late. A retried command finds the answer of the first try.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.checkin.arrival import CheckInError
from kiosk.console import records
from kiosk.console.rules import occupant, stamp
from kiosk.database import Transaction, events
from kiosk.queueing.room import Room
from kiosk.queueing.tickets import QueueError, State, Ticket

Answer = dict[str, Any]


class Overtaken(QueueError):
    """Somebody changed this ticket since the page was shown."""


PLAIN: Mapping[str, Callable[..., Ticket]] = {
    "recall": Room.recall,
    "start": Room.start,
    "finish": Room.finish,
    "hold": Room.hold,
    "resume": Room.resume,
    "no_show": Room.no_show,
    "reinstate": Room.reinstate,
    "cancel": Room.cancel,
}
"""Command → what the room does with the ticket; these need to know nothing else."""

ACTIONS = frozenset({*PLAIN, "call", "transfer", "undo"})


def act(tx: Transaction, name: str, ticket_id: str, form: Mapping[str, str], *, by: str) -> Answer:
    """Do `name` to the ticket, if it still stands as the page showed it (`seen`). Raises QueueError."""
    ticket = tx.room.ticket(ticket_id)
    if form["seen"] != stamp(ticket):
        raise Overtaken(ticket=ticket_id, desk=ticket.desk)
    match name:
        case "undo":
            return undo(tx, ticket_id, by=by)
        case "call":
            tx.room.call(ticket_id, form["desk"], at=tx.at, by=by)
        case "transfer":
            tx.room.transfer(ticket_id, form["service"], at=tx.at, by=by)
        case _:
            PLAIN[name](tx.room, ticket_id, at=tx.at, by=by)
    return _told(tx, ticket_id)


def call_next(tx: Transaction, desk: str, form: Mapping[str, str], *, by: str) -> Answer:
    """Call who is next, if nobody else came to the desk since the page was shown. Raises QueueError."""
    there = occupant(tx.room, desk)
    if form["seen"] != stamp(there):
        raise Overtaken(ticket=there.id if there else None, desk=desk)
    called = tx.room.call_next(desk, at=tx.at, by=by)
    expected = form.get("expected")
    other = {"instead_of": expected} if expected and expected != called.id else {}
    return _told(tx, called.id) | other


def undo(tx: Transaction, ticket_id: str, *, by: str) -> Answer:
    """Take back the ticket's latest step; with a call, also the finish that it brought along."""
    past = events.latest_standing(tx.connection, tx.site, ticket_id)
    also = records.finished_by_call(tx, past, at=tx.at) if past else None
    tx.room.undo(ticket_id, past, at=tx.at, by=by)
    if also is not None:
        tx.undo(also, by=by)
    return {"done": "undone", "ticket": ticket_id, "also": also}


def open_or_close(tx: Transaction, desk: str, verb: str, *, by: str) -> Answer:
    """Open or close the desk."""
    if verb == "open":
        tx.room.open_desk(desk, at=tx.at, by=by)
        return {"done": "desk_opened", "desk": desk}
    tx.room.close_desk(desk, at=tx.at, by=by)
    return {"done": "desk_closed", "desk": desk}


def refused(error: QueueError | CheckInError, name: str) -> Answer:
    """Remember that a command came too late or asked for too much."""
    ticket, desk = (error.ticket, error.desk) if isinstance(error, QueueError) else (None, None)
    return {"refused": type(error).__name__, "command": name, "ticket": ticket, "desk": desk}


def _told(tx: Transaction, ticket_id: str) -> Answer:
    last = next(d for d in reversed(tx.room.decisions) if d.ticket == ticket_id)
    ticket = tx.room.ticket(ticket_id)
    goes_on = last.kind == "finished" and ticket.state is State.WAITING
    return {
        "done": "next" if goes_on else last.kind,
        "ticket": ticket_id,
        "desk": last.desk,
        "service": ticket.service,
        "undo": True,
    }
