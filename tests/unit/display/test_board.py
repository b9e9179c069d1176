"""What a board shows: codes and desks, newest call first, and nothing else of anybody."""

from dataclasses import asdict
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from display.board import BoardPicture, Call, picture
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import AT_DESK, State, Ticket
from tests.cast import NINE, minutes
from tests.unit.display.rooms import DESK_NAMES, snapshot, ticket
from tests.unit.queueing.rooms import RULES

ALLOWED = {"version", "calls", "recent", "next"}
ALLOWED_OF_A_CALL = {"ticket", "code", "desk", "called_at", "language", "again"}


def shown(room: Snapshot, *services: str, after: float = 0) -> BoardPicture:
    """The picture of a board for these services."""
    return picture(room, RULES, services, DESK_NAMES, NINE + minutes(after))


def codes(calls: tuple[Call, ...]) -> list[str]:
    """The codes, in the order of the screen."""
    return [call.code for call in calls]


def test_the_newest_call_comes_first() -> None:
    room = snapshot(
        ticket(1, State.CALLED, desk="room-1", after=1), ticket(2, State.CALLED, desk="room-2", after=3)
    )

    assert codes(shown(room).calls) == ["B002", "B001"]


def test_a_recalled_patient_is_the_newest_again_and_marked() -> None:
    room = snapshot(
        ticket(1, State.CALLED, desk="room-1", after=4, calls=2),
        ticket(2, State.CALLED, desk="room-2", after=3),
    )

    assert [(call.code, call.again) for call in shown(room).calls] == [("B001", True), ("B002", False)]


def test_a_call_names_the_desk_as_patients_know_it() -> None:
    assert shown(snapshot(ticket(1, State.CALLED, desk="room-1"))).calls[0].desk == "Room 1"


def test_a_desk_that_is_no_longer_configured_is_named_by_its_id() -> None:
    assert shown(snapshot(ticket(1, State.CALLED, desk="annex"))).calls[0].desk == "annex"


def test_who_is_being_served_is_recent_and_not_called() -> None:
    picture = shown(snapshot(ticket(1, State.SERVING, desk="room-1")))

    assert codes(picture.recent) == ["B001"]
    assert picture.idle


def test_whoever_left_the_desk_is_not_shown() -> None:
    gone = (State.SERVED, State.NO_SHOW, State.HELD, State.CANCELLED)
    room = snapshot(*(ticket(n, state) for n, state in enumerate(gone, start=1)))

    assert shown(room) == BoardPicture(7, (), (), ())


def test_the_next_codes_stand_in_the_order_of_the_queue() -> None:
    assert shown(snapshot(ticket(3), ticket(1), ticket(2))).next == ("B001", "B002", "B003")


def test_a_board_for_some_services_shows_no_others() -> None:
    room = snapshot(
        ticket(1, State.CALLED, service="registration", desk="room-1"),
        ticket(2, State.CALLED, service="laboratory", desk="room-2"),
        ticket(3, service="registration"),
    )

    picture = shown(room, "laboratory")
    assert codes(picture.calls) == ["B002"]
    assert picture.next == ()


def test_a_call_of_yesterday_calls_nobody_today() -> None:
    room = snapshot(ticket(1, State.CALLED, desk="room-1"))

    assert shown(room, after=60 * 11).calls
    assert not shown(room, after=60 * 12).calls


def marked_ticket(chance: Random, number: int) -> Ticket:
    """A ticket in any state whose every private word starts with SECRET."""
    state = chance.choice(list(State))
    desk = chance.choice(list(DESK_NAMES)) if state in AT_DESK else None
    made = ticket(number, state, service=chance.choice(list(RULES.services)), desk=desk)
    return made.changed(
        visit=f"SECRET visit {number}",
        priority=chance.choice([None, "SECRET assistance"]),
        route=chance.choice([(), ("SECRET clinic",)]),
        slot=chance.choice([None, NINE]),
    )


def words(value: Any) -> list[str]:
    """Every text in a picture."""
    if isinstance(value, dict):
        return [word for inner in value.values() for word in words(inner)]
    if isinstance(value, (list, tuple)):
        return [word for inner in value for word in words(inner)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=10_000, deadline=None)
@given(st.integers(0, 2**64), st.sampled_from([(), ("laboratory",), ("registration", "consultation")]))
def test_no_picture_ever_tells_more_than_codes_and_desks(seed: int, services: tuple[str, ...]) -> None:
    chance = Random(seed)
    room = snapshot(*(marked_ticket(chance, number) for number in range(chance.randrange(8))))

    told = asdict(shown(room, *services))
    assert set(told) == ALLOWED
    assert all(set(call) == ALLOWED_OF_A_CALL for call in (*told["calls"], *told["recent"]))
    known = {t.code for t in room.tickets.values()} | {*room.tickets} | {*DESK_NAMES.values()} | {"en"}
    assert set(words(told)) <= known
    assert not any(service in word for word in words(told) for service in RULES.services)
