"""Random commands in a random order: what always holds, whatever anybody does."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.queueing.room import Room
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import AT_DESK, Action, QueueError, State, Ticket
from tests.cast import NINE, minutes
from tests.unit.queueing.rooms import RULES, arrive, past

SERVICES = st.sampled_from(["registration", "laboratory", "consultation"])
DESKS = st.sampled_from(["room-1", "room-2", "room-3"])
SIMPLE = st.sampled_from([a for a in Action if a not in (Action.CALL, Action.TRANSFER)])


class WaitingRoom(RuleBasedStateMachine):
    """Drives a room through transactions, as the database would."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = Snapshot(0, 0, {}, frozenset(), {})
        self.now = NINE
        self.issued: list[str] = []
        self.history: dict[str, list[tuple[Any, Ticket]]] = {}

    def transaction(self, decide: Any) -> Any:
        """Run `decide` on a fresh room; write it down, or throw it away as a whole."""
        room = Room(RULES, self.snapshot)
        try:
            result = decide(room)
        except QueueError:
            return None
        seq = self.snapshot.version
        for decision in room.decisions:
            seq += 1
            if decision.ticket and decision.kind not in ("issued", "undone", "announced"):
                before = self.snapshot.tickets[decision.ticket].changed()
                self.history.setdefault(decision.ticket, []).append((past(decision, seq), before))
        tickets = {**self.snapshot.tickets, **room.changes}
        self.snapshot = Snapshot(seq, room.serial, tickets, frozenset(room.open_desks), room.numbers)
        return result

    @rule(
        service=SERVICES,
        then=st.lists(SERVICES, max_size=2),
        booked=st.none() | st.integers(-60, 240),
        priority=st.sampled_from([None, None, "assistance"]),
    )
    def somebody_arrives(
        self, service: str, then: list[str], booked: int | None, priority: str | None
    ) -> None:
        name = f"t{len(self.issued)}"
        after = (self.now - NINE) / minutes(1)
        ticket = self.transaction(
            lambda room: arrive(
                room, name, service, after=after, booked=booked, priority=priority, then=tuple(then)
            )
        )
        self.issued.append(ticket.code)

    @rule(desk=DESKS)
    def a_desk_opens(self, desk: str) -> None:
        self.transaction(lambda room: room.open_desk(desk, at=self.now, by="x"))

    @rule(desk=DESKS)
    def a_desk_closes(self, desk: str) -> None:
        self.transaction(lambda room: room.close_desk(desk, at=self.now, by="x"))

    @rule(desk=DESKS)
    def a_desk_calls_next(self, desk: str) -> None:
        waiting = [t for t in self.snapshot.in_order() if t.service in RULES.desks[desk].services]
        called = self.transaction(lambda room: room.call_next(desk, at=self.now, by="x"))
        if called is not None and waiting:
            assert called.id == waiting[0].id

    @precondition(lambda self: self.snapshot.tickets)
    @rule(data=st.data(), action=SIMPLE)
    def something_happens_to_a_ticket(self, data: st.DataObject, action: Action) -> None:
        name = data.draw(st.sampled_from(sorted(self.snapshot.tickets)))
        self.transaction(lambda room: getattr(room, action)(name, at=self.now, by="x"))

    @precondition(lambda self: self.snapshot.tickets)
    @rule(data=st.data(), desk=DESKS)
    def somebody_is_called_out_of_order(self, data: st.DataObject, desk: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.snapshot.tickets)))
        self.transaction(lambda room: room.call(name, desk, at=self.now, by="x"))

    @precondition(lambda self: self.snapshot.tickets)
    @rule(data=st.data(), service=SERVICES)
    def somebody_is_transferred(self, data: st.DataObject, service: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.snapshot.tickets)))
        before = self.snapshot.tickets[name]
        moved = self.transaction(lambda room: room.transfer(name, service, at=self.now, by="x"))
        if moved is not None:
            assert (moved.code, moved.place) == (before.code, before.place)

    @precondition(lambda self: any(self.history.values()))
    @rule(data=st.data())
    def the_latest_event_of_a_ticket_is_undone(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(name for name, past in self.history.items() if past)))
        event, before = self.history[name][-1]
        restored = self.transaction(lambda room: room.undo(name, event, at=self.now, by="x"))
        if restored is not None:
            self.history[name].pop()
            assert restored.state is before.state
            assert restored.place == before.place
            assert (restored.desk, restored.service, restored.route) == (
                before.desk,
                before.service,
                before.route,
            )

    @rule(later=st.integers(1, 30))
    def time_passes(self, later: int) -> None:
        self.now += minutes(later)

    @invariant()
    def no_ticket_is_lost(self) -> None:
        assert len(self.snapshot.tickets) == len(self.issued)

    @invariant()
    def codes_are_unique_and_without_gaps(self) -> None:
        for letter in "ABC":
            numbers = [int(code[1:]) for code in self.issued if code[0] == letter]
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def no_desk_has_two_patients(self) -> None:
        desks = [t.desk for t in self.snapshot.tickets.values() if t.state in AT_DESK]
        assert None not in desks
        assert len(desks) == len(set(desks))

    @invariant()
    def who_is_away_from_a_desk_has_none(self) -> None:
        for ticket in self.snapshot.tickets.values():
            if ticket.state in (State.WAITING, State.HELD, State.NO_SHOW):
                assert ticket.desk is None

    def teardown(self) -> None:
        """Nobody starves: with the desks open and no one else, everyone who waits is called, in order."""
        for desk in RULES.desks:
            self.transaction(lambda room, desk=desk: room.open_desk(desk, at=self.now, by="x"))
        for ticket in [t for t in self.snapshot.tickets.values() if t.state in AT_DESK]:
            self.transaction(lambda room, ticket=ticket: room.cancel(ticket.id, at=self.now, by="x"))
        waiting = {t.id for t in self.snapshot.in_order()}
        for _ in range(len(waiting) * len(RULES.desks) * 3):
            for desk in RULES.desks:
                called = self.transaction(lambda room, desk=desk: room.call_next(desk, at=self.now, by="x"))
                if called is not None:
                    waiting.discard(called.id)
                    self.transaction(lambda room, called=called: room.cancel(called.id, at=self.now, by="x"))
        assert not waiting


WaitingRoom.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWaitingRoom = WaitingRoom.TestCase
