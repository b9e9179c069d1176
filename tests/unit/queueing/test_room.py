"""What may happen to a ticket, and what must not."""

import pytest

from kiosk.queueing.tickets import (
    TRANSITIONS,
    Action,
    DeskBusy,
    DeskClosed,
    NobodyWaiting,
    NoSuchTicket,
    NothingToUndo,
    NotPossible,
    State,
    UnknownName,
)
from tests.cast import NINE, minutes
from tests.unit.queueing.rooms import arrive, past, room

LATER = NINE + minutes(30)


def test_each_service_counts_its_own_numbers() -> None:
    here = room()
    codes = [arrive(here, name, service).code for name, service in
             (("ana", "laboratory"), ("bo", "registration"), ("cy", "laboratory"))]  # fmt: skip
    assert codes == ["B001", "A001", "B002"]


def test_a_number_above_999_keeps_all_its_digits() -> None:
    here = room()
    here.numbers["B"] = 999
    assert arrive(here, "ana").code == "B1000"


def test_a_number_with_which_somebody_still_waits_is_passed_over() -> None:
    yesterday = room()
    arrive(yesterday, "ana")
    arrive(yesterday, "bo")
    yesterday.cancel("ana", at=LATER, by="x")

    today = room(yesterday.changes.values())
    assert [arrive(today, name).code for name in ("cy", "di")] == ["B001", "B003"]


def test_an_unknown_service_gives_no_ticket_and_uses_no_number() -> None:
    here = room()
    with pytest.raises(UnknownName, match="surgery"):
        arrive(here, "ana", then=("surgery",))
    with pytest.raises(UnknownName):
        arrive(here, "ana", "surgery")
    with pytest.raises(UnknownName):
        arrive(here, "ana", priority="royalty")
    assert not here.changes
    assert not here.decisions


def test_call_next_takes_who_is_first_in_order_for_the_desk() -> None:
    here = room()
    arrive(here, "bo", after=5)
    arrive(here, "ana", after=1)
    arrive(here, "cy", "consultation", after=0)
    assert here.call_next("room-2", at=LATER, by="ana").id == "ana"


def test_call_next_finishes_whom_the_desk_serves() -> None:
    here = room()
    arrive(here, "ana")
    arrive(here, "bo")
    here.call_next("room-2", at=LATER, by="x")
    here.start("ana", at=LATER, by="x")
    here.call_next("room-2", at=LATER, by="x")
    assert (here.ticket("ana").state, here.ticket("bo").state) == (State.SERVED, State.CALLED)


def test_a_desk_calls_one_patient_at_a_time() -> None:
    here = room()
    arrive(here, "ana")
    arrive(here, "bo")
    here.call_next("room-2", at=LATER, by="x")
    with pytest.raises(DeskBusy) as refused:
        here.call_next("room-2", at=LATER, by="x")
    assert refused.value.ticket == "ana"


def test_nobody_is_served_away_when_nobody_waits() -> None:
    here = room()
    arrive(here, "ana")
    here.call_next("room-2", at=LATER, by="x")
    here.start("ana", at=LATER, by="x")
    with pytest.raises(NobodyWaiting):
        here.call_next("room-2", at=LATER, by="x")
    assert here.ticket("ana").state is State.SERVING


def test_a_closed_desk_calls_nobody() -> None:
    here = room(open_desks=())
    arrive(here, "ana")
    with pytest.raises(DeskClosed):
        here.call_next("room-2", at=LATER, by="x")
    here.open_desk("room-2", at=LATER, by="x")
    assert here.call_next("room-2", at=LATER, by="x").desk == "room-2"


def test_opening_an_open_desk_is_no_event() -> None:
    here = room(open_desks=("room-1",))
    here.open_desk("room-1", at=LATER, by="x")
    here.close_desk("room-2", at=LATER, by="x")
    assert not here.decisions
    here.close_desk("room-1", at=LATER, by="x")
    assert [d.kind for d in here.decisions] == ["desk_closed"]


def test_unknown_names_are_refused() -> None:
    here = room()
    with pytest.raises(UnknownName):
        here.call_next("room-9", at=LATER, by="x")
    with pytest.raises(NoSuchTicket):
        here.recall("nobody", at=LATER, by="x")


def test_a_recall_counts_and_asks_to_be_announced_again() -> None:
    here = room()
    arrive(here, "ana")
    called = here.call("ana", "room-2", at=LATER, by="x")
    assert called.called_at is not None
    assert here.announced("ana", called.called_at, at=LATER, by="lobby")
    again = here.recall("ana", at=LATER + minutes(1), by="x")
    assert (again.calls, again.announced_at) == (2, None)


def test_only_the_present_call_is_announced_and_only_once() -> None:
    here = room()
    arrive(here, "ana")
    assert not here.announced("ana", LATER, at=LATER, by="lobby")
    here.call("ana", "room-2", at=LATER, by="x")
    assert not here.announced("ana", LATER - minutes(1), at=LATER, by="lobby")
    assert here.announced("ana", LATER, at=LATER, by="lobby")
    assert not here.announced("ana", LATER, at=LATER, by="corridor")


def test_a_held_patient_comes_back_to_the_same_place() -> None:
    here = room()
    ana = arrive(here, "ana")
    arrive(here, "bo", after=1)
    here.hold("ana", at=LATER, by="x")
    assert here.next_for("room-2") == here.ticket("bo")
    assert here.resume("ana", at=LATER, by="x").place == ana.place
    assert here.next_for("room-2") == ana


def test_a_patient_who_missed_the_call_is_reinstated_at_the_same_place() -> None:
    here = room()
    ana = arrive(here, "ana")
    here.call("ana", "room-2", at=LATER, by="x")
    assert here.no_show("ana", at=LATER, by="x").desk is None
    assert here.reinstate("ana", at=LATER, by="x").changed() == ana


def test_a_transferred_patient_keeps_their_place_and_code() -> None:
    here = room()
    ana = arrive(here, "ana", "registration")
    arrive(here, "bo", "laboratory", after=5)
    moved = here.transfer("ana", "laboratory", at=LATER, by="x")
    assert (moved.code, moved.due) == (ana.code, ana.due)
    assert here.next_for("room-2") == moved
    with pytest.raises(UnknownName):
        here.transfer("ana", "surgery", at=LATER, by="x")


def test_a_visit_with_several_services_keeps_its_code_and_waits_for_the_next() -> None:
    here = room()
    arrive(here, "ana", "registration", then=("laboratory",))
    here.call_next("room-1", at=LATER, by="x")
    waiting = here.finish("ana", at=LATER, by="x")
    assert (waiting.state, waiting.service, waiting.route, waiting.code) == (
        State.WAITING, "laboratory", (), "A001",
    )  # fmt: skip
    assert waiting.due == LATER
    here.call_next("room-2", at=LATER, by="x")
    assert here.finish("ana", at=LATER, by="x").state is State.SERVED


def test_a_cancelled_patient_is_out_and_can_be_reinstated() -> None:
    here = room()
    arrive(here, "ana")
    assert here.cancel("ana", at=LATER, by="x").closed_at == LATER
    with pytest.raises(NotPossible):
        here.hold("ana", at=LATER, by="x")
    assert here.reinstate("ana", at=LATER, by="x").closed_at is None


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_an_action_happens_only_from_the_states_of_the_table(state: State, action: Action) -> None:
    here = room()
    arrive(here, "ana")
    here.changes["ana"] = here.ticket("ana").changed(
        state=state, desk="room-1" if state in (State.CALLED, State.SERVING) else None
    )
    arguments = {Action.CALL: ("room-2",), Action.TRANSFER: ("registration",)}.get(action, ())
    if state in TRANSITIONS[action].sources:
        done = getattr(here, action)("ana", *arguments, at=LATER, by="x")
        assert done.state is TRANSITIONS[action].target
    else:
        with pytest.raises(NotPossible):
            getattr(here, action)("ana", *arguments, at=LATER, by="x")


def test_undo_brings_back_everything_the_event_changed() -> None:
    here = room()
    arrive(here, "ana")
    before = here.call("ana", "room-2", at=LATER, by="x")
    here.transfer("ana", "registration", at=LATER, by="x")
    assert here.undo("ana", past(here.decisions[-1], seq=7), at=LATER, by="y") == before
    assert here.decisions[-1].undoes == 7


def test_an_undo_that_would_put_two_patients_at_a_desk_is_refused() -> None:
    here = room()
    arrive(here, "ana")
    arrive(here, "bo")
    here.call("ana", "room-2", at=LATER, by="x")
    here.no_show("ana", at=LATER, by="x")
    missed = past(here.decisions[-1])
    here.call("bo", "room-2", at=LATER, by="x")
    with pytest.raises(DeskBusy):
        here.undo("ana", missed, at=LATER, by="x")


def test_an_undo_of_what_was_changed_since_is_refused() -> None:
    here = room()
    arrive(here, "ana")
    here.hold("ana", at=LATER, by="x")
    held = past(here.decisions[-1])
    here.resume("ana", at=LATER, by="x")
    with pytest.raises(NotPossible, match="in the meantime"):
        here.undo("ana", held, at=LATER, by="x")
    with pytest.raises(NothingToUndo):
        here.undo("ana", None, at=LATER, by="x")
