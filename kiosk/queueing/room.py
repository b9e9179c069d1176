"""The waiting room: every rule of the queue, decided on plain objects. Pure: standard library only.

A `Room` is made for one transaction: it reads the `Snapshot` it was given and collects what it decided in
`changes` and `decisions`. Whoever owns the transaction writes both down, or throws the room away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from kiosk.queueing.order import Reason, reason
from kiosk.queueing.snapshot import Decision, Desk, PastEvent, RoomRules, Service, Snapshot
from kiosk.queueing.tickets import (
    AT_DESK,
    OPEN,
    TRANSITIONS,
    Action,
    DeskBusy,
    DeskClosed,
    NobodyWaiting,
    NoSuchTicket,
    NothingToUndo,
    NotPossible,
    State,
    Ticket,
    UnknownName,
)


class Room:
    """The waiting room within one transaction."""

    def __init__(self, rules: RoomRules, snapshot: Snapshot) -> None:
        self.rules = rules
        self.snapshot = snapshot
        self.serial = snapshot.serial
        self.numbers = dict(snapshot.numbers)
        self.open_desks = set(snapshot.open_desks)
        self.changes: dict[str, Ticket] = {}
        self.decisions: list[Decision] = []

    def __iter__(self) -> Iterator[Ticket]:
        if not self.changes:
            return iter(self.snapshot.tickets.values())
        return iter({**self.snapshot.tickets, **self.changes}.values())

    def ticket(self, ticket_id: str) -> Ticket:
        """Return the ticket, as decided so far. Raises NoSuchTicket."""
        found = self.changes.get(ticket_id) or self.snapshot.tickets.get(ticket_id)
        if found is None:
            raise NoSuchTicket(ticket=ticket_id)
        return found

    def at_desk(self, desk: str) -> Ticket | None:
        """Return the patient who is called to or served at `desk`."""
        return next((t for t in self if t.desk == desk and t.state in AT_DESK), None)

    def next_for(self, desk: str) -> Ticket | None:
        """Return who is next in line for `desk`."""
        services = self._desk(desk).services
        waiting = [(t.due, t.serial, t) for t in self if t.state is State.WAITING and t.service in services]
        return min(waiting)[-1] if waiting else None

    def issue(
        self,
        *,
        ticket_id: str,
        visit: str,
        services: Iterable[str],
        at: datetime,
        by: str,
        slot: datetime | None = None,
        priority: str | None = None,
        language: str = "en",
    ) -> Ticket:
        """Give a visit its ticket: the next number of its first service's letter."""
        first, *later = services
        for name in later:
            self._service(name)
        if priority is not None and priority not in self.rules.head_starts:
            raise UnknownName(f"There is no priority {priority!r}.")
        code = self._next_code(self._service(first).letter)
        self.serial += 1
        ticket = Ticket(
            id=ticket_id,
            visit=visit,
            code=code,
            serial=self.serial,
            service=first,
            state=State.WAITING,
            arrived=at,
            since=at,
            due=self._reason(since=at, slot=slot, priority=priority).due,
            slot=slot,
            priority=priority,
            route=tuple(later),
            language=language,
        )
        self.changes[ticket.id] = ticket
        self.decisions.append(Decision("issued", at, by, ticket.id, after={"service": first}))
        return ticket

    def call_next(self, desk: str, *, at: datetime, by: str) -> Ticket:
        """Call who is next for `desk`, finishing first whom it serves. Raises DeskBusy, NobodyWaiting."""
        occupant = self._ready(desk)
        ticket = self.next_for(desk)
        if ticket is None:
            raise NobodyWaiting(desk=desk)
        return self._call(ticket, desk, occupant, at, by)

    def call(self, ticket_id: str, desk: str, *, at: datetime, by: str) -> Ticket:
        """Call this patient to `desk`, out of order if need be."""
        ticket = self._allowed(ticket_id, Action.CALL)
        return self._call(ticket, desk, self._ready(desk), at, by)

    def recall(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """Call the patient again to the same desk."""
        ticket = self._allowed(ticket_id, Action.RECALL)
        changes = {"calls": ticket.calls + 1, "called_at": at, "announced_at": None}
        return self._transition(ticket, Action.RECALL, at, by, **changes)

    def start(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """The patient came to the desk: serving begins."""
        ticket = self._allowed(ticket_id, Action.START)
        return self._transition(ticket, Action.START, at, by, started_at=at)

    def finish(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """End this service. With more to come, the patient waits for the next one with the same code."""
        ticket = self._allowed(ticket_id, Action.FINISH)
        if not ticket.route:
            return self._transition(ticket, Action.FINISH, at, by, closed_at=at)
        return self._transition(
            ticket,
            Action.FINISH,
            at,
            by,
            **self._away_from_desk(),
            state=State.WAITING,
            service=ticket.route[0],
            route=ticket.route[1:],
            since=at,
            slot=None,
            due=self._reason(since=at, slot=None, priority=ticket.priority).due,
        )

    def hold(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """Set the patient aside (a form to fill in, a break); the place in line is kept."""
        ticket = self._allowed(ticket_id, Action.HOLD)
        return self._transition(ticket, Action.HOLD, at, by, **self._away_from_desk())

    def resume(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """Bring a held patient back to the same place in line."""
        return self._transition(self._allowed(ticket_id, Action.RESUME), Action.RESUME, at, by)

    def no_show(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """The patient did not come."""
        ticket = self._allowed(ticket_id, Action.NO_SHOW)
        return self._transition(ticket, Action.NO_SHOW, at, by, **self._away_from_desk())

    def reinstate(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """The patient is there after all: the same place in line as before."""
        ticket = self._allowed(ticket_id, Action.REINSTATE)
        return self._transition(ticket, Action.REINSTATE, at, by, closed_at=None)

    def transfer(self, ticket_id: str, service: str, *, at: datetime, by: str) -> Ticket:
        """Send the patient to another service; they keep their code, their `due` and so their place."""
        ticket = self._allowed(ticket_id, Action.TRANSFER)
        self._service(service)
        return self._transition(ticket, Action.TRANSFER, at, by, **self._away_from_desk(), service=service)

    def cancel(self, ticket_id: str, *, at: datetime, by: str) -> Ticket:
        """The patient will not be served."""
        ticket = self._allowed(ticket_id, Action.CANCEL)
        return self._transition(ticket, Action.CANCEL, at, by, **self._away_from_desk(), closed_at=at)

    def announced(self, ticket_id: str, called_at: datetime, *, at: datetime, by: str) -> bool:
        """A board showed and sounded the call of `called_at`: remember the first that did."""
        ticket = self.ticket(ticket_id)
        if ticket.state is not State.CALLED or ticket.called_at != called_at or ticket.announced_at:
            return False
        self.changes[ticket.id] = ticket.changed(announced_at=at)
        self.decisions.append(Decision("announced", at, by, ticket.id, ticket.desk))
        return True

    def undo(self, ticket_id: str, past: PastEvent | None, *, at: datetime, by: str) -> Ticket:
        """Take back `past`, the ticket's latest event that stands: everything it changed is as before."""
        ticket = self.ticket(ticket_id)
        if past is None:
            raise NothingToUndo(ticket=ticket_id)
        if any(
            getattr(ticket, name) != value for name, value in past.after.items() if name != "announced_at"
        ):
            raise NotPossible("Somebody changed this ticket in the meantime.", ticket=ticket_id)
        restored = ticket.changed(**past.before)
        if restored.state in AT_DESK and restored.desk:
            occupant = self.at_desk(restored.desk)
            if occupant is not None and occupant.id != ticket_id:
                raise DeskBusy(ticket=occupant.id, desk=restored.desk)
        self.changes[ticket_id] = restored
        self.decisions.append(
            Decision("undone", at, by, ticket_id, restored.desk, past.after, past.before, undoes=past.seq)
        )
        return restored

    def open_desk(self, desk: str, *, at: datetime, by: str) -> None:
        """Patients can be called to this desk. Opening an open desk changes nothing."""
        self._desk(desk)
        if desk not in self.open_desks:
            self.open_desks.add(desk)
            self.decisions.append(Decision("desk_opened", at, by, desk=desk))

    def close_desk(self, desk: str, *, at: datetime, by: str) -> None:
        """Nobody is called to this desk any more; whoever is there is still served."""
        self._desk(desk)
        if desk in self.open_desks:
            self.open_desks.discard(desk)
            self.decisions.append(Decision("desk_closed", at, by, desk=desk))

    def why(self, ticket: Ticket) -> Reason:
        """Why this ticket stands where it stands, by the head start that it was given then."""
        now = self._reason(since=ticket.since, slot=ticket.slot, priority=ticket.priority)
        return replace(now, head_start=now.reference - ticket.due)

    def _next_code(self, letter: str) -> str:
        """The letter's next number; not one with which somebody still waits since yesterday."""
        taken = {ticket.code for ticket in self if ticket.state in OPEN}
        first = self.numbers.get(letter, self.rules.first_number - 1) + 1
        number, code = next(
            (number, code) for number in count(first) if (code := f"{letter}{number:03d}") not in taken
        )
        self.numbers[letter] = number
        return code

    def _transition(self, ticket: Ticket, action: Action, at: datetime, by: str, **changes: Any) -> Ticket:
        transition = TRANSITIONS[action]
        after = {"state": transition.target, **changes}
        after = {name: value for name, value in after.items() if getattr(ticket, name) != value}
        before = {name: getattr(ticket, name) for name in after}
        changed = ticket.changed(**after)
        self.changes[ticket.id] = changed
        desk = changed.desk or ticket.desk
        self.decisions.append(Decision(transition.event, at, by, ticket.id, desk, before, after))
        return changed

    def _allowed(self, ticket_id: str, action: Action) -> Ticket:
        ticket = self.ticket(ticket_id)
        if not ticket.allows(action):
            raise NotPossible(ticket=ticket_id, desk=ticket.desk)
        return ticket

    def _call(self, ticket: Ticket, desk: str, occupant: Ticket | None, at: datetime, by: str) -> Ticket:
        if occupant is not None:
            self.finish(occupant.id, at=at, by=by)
        changes = {"desk": desk, "calls": 1, "called_at": at, "announced_at": None}
        return self._transition(ticket, Action.CALL, at, by, **changes)

    def _ready(self, desk: str) -> Ticket | None:
        """Return whom the desk serves, if it can call somebody."""
        self._desk(desk)
        if desk not in self.open_desks:
            raise DeskClosed(desk=desk)
        occupant = self.at_desk(desk)
        if occupant is not None and occupant.state is State.CALLED:
            raise DeskBusy(ticket=occupant.id, desk=desk)
        return occupant

    def _reason(self, *, since: datetime, slot: datetime | None, priority: str | None) -> Reason:
        # A priority that was taken out of the configuration meanwhile is none: the patient is still served.
        head_start = self.rules.head_starts.get(priority or "", timedelta(0))
        return reason(
            since=since, slot=slot, grace=self.rules.grace, head_start=head_start, priority=priority
        )

    def _service(self, name: str) -> Service:
        if name not in self.rules.services:
            raise UnknownName(f"There is no service {name!r}.")
        return self.rules.services[name]

    def _desk(self, name: str) -> Desk:
        if name not in self.rules.desks:
            raise UnknownName(f"There is no desk {name!r}.")
        return self.rules.desks[name]

    @staticmethod
    def _away_from_desk() -> dict[str, Any]:
        return {"desk": None, "calls": 0, "called_at": None, "announced_at": None, "started_at": None}
