"""The console's sentences."""

from datetime import datetime, timedelta

import pytest

from kiosk.appointments.rules import Person
from kiosk.console import rules, words
from kiosk.console.words import Names
from kiosk.queueing import order
from kiosk.queueing.tickets import TRANSITION_EVENTS, State, Ticket
from tests.cast import NINE, minutes
from tests.unit.console.test_rules import TICKET


def clock(at: datetime) -> str:
    return f"{at.hour - 5}:{at.minute:02d}"


NAMES = Names(
    clock=clock,
    desks={"room-2": "Room 2"},
    services={"laboratory": "Laboratory"},
    priorities={"assistance": "Needs assistance"},
    stations={"front": "Front door"},
    boards={"lobby": "Lobby"},
    staff={"ana": "Ana Silva"},
)


def why(ticket: Ticket, **reason: object) -> str:
    return words.why(
        order.reason(since=ticket.since, slot=ticket.slot, grace=minutes(10), **reason),  # type: ignore[arg-type]
        ticket,
        NAMES,
    )


def test_a_walk_in_counts_from_the_arrival() -> None:
    assert why(TICKET) == "Walk-in, arrived 9:00"


def test_a_booked_patient_counts_from_the_slot() -> None:
    assert why(TICKET.changed(slot=NINE + minutes(10))) == "Booked 9:10, arrived 9:00"


def test_a_late_patient_counts_from_the_arrival_and_reads_why() -> None:
    late = TICKET.changed(slot=NINE - minutes(25))

    assert why(late) == "Booked 8:35, 25 min late: counts from arrival"


def test_a_head_start_is_told_with_its_priority() -> None:
    told = why(TICKET, head_start=minutes(15), priority="assistance")

    assert told == "Walk-in, arrived 9:00 · 15 min ahead: needs assistance"


def test_whoever_came_on_from_another_service_counts_from_there() -> None:
    assert why(TICKET.changed(since=NINE + minutes(20))) == "Came on from another service 9:20"


@pytest.mark.parametrize("kind", sorted(TRANSITION_EVENTS | {"issued", "announced"}))
def test_every_event_of_a_ticket_is_a_sentence_about_who_did_what(kind: str) -> None:
    told = words.happened(kind, by="ana", code="B042", names=NAMES, desk="room-2", service="laboratory")

    assert told.startswith("Ana Silva ")
    assert "B042" in told
    assert "_" not in told


@pytest.mark.parametrize("kind", sorted(TRANSITION_EVENTS))
def test_every_step_can_be_told_as_done_and_as_taken_back(kind: str) -> None:
    answer = {"done": kind, "ticket": "t1", "desk": "room-2", "service": "laboratory"}

    assert "B042" in words.done(answer, TICKET, NAMES)
    assert kind in words.UNDONE


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("ana", "Ana Silva"),
        ("station:front", "The kiosk Front door"),
        ("board:lobby", "The screen Lobby"),
        ("somebody", "somebody"),
    ],
)
def test_people_and_machines_are_called_by_their_names(by: str, who: str) -> None:
    assert NAMES.who(by) == who


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.4, "just now"),
        (1, "1 second ago"),
        (3, "3 seconds ago"),
        (60, "1 minute ago"),
        (600, "10 minutes ago"),
        (7300, "2 hours ago"),
    ],
)
def test_how_long_ago(seconds: float, told: str) -> None:
    assert words.ago(timedelta(seconds=seconds)) == told


@pytest.mark.parametrize("state", State)
def test_the_loser_reads_where_the_ticket_stands_and_what_is_possible(state: State) -> None:
    ticket = TICKET.changed(state=state, desk="room-2" if state is State.CALLED else None)

    told = words.possible_now(ticket, rules.possible(ticket), NAMES)

    assert told.startswith(f"B042 is now {words.STATES[state]}")
    assert ("You can:" in told) == bool(rules.possible(ticket))


def test_a_name_is_written_as_far_as_it_is_known() -> None:
    assert words.full_name(Person("Silva", "Ana")) == "Silva, Ana"
    assert words.full_name(Person("Silva", "")) == "Silva"
    assert words.full_name(None) == ""
