"""Where a patient stands, as their phone shows it."""

from datetime import timedelta

from display.place import Place, before, latest, place
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import State, Ticket
from kiosk.queueing.waiting_time import Estimate
from tests.cast import NINE, minutes
from tests.unit.display.rooms import DESK_NAMES, snapshot, ticket
from tests.unit.queueing.rooms import RULES


def stands(who: Ticket, room: Snapshot) -> Place:
    """The place of `who`."""
    return place(who, room, RULES, {}, DESK_NAMES, NINE)


def test_a_waiting_patient_learns_how_many_are_before_and_how_long_it_takes() -> None:
    room = snapshot(ticket(1), ticket(2), ticket(3), open_desks=("room-2",))
    found = stands(ticket(3), room)

    assert (found.before, found.wait) == (2, Estimate(minutes(10), minutes(30)))
    assert found.desk is None


def test_nobody_promises_a_wait_while_no_desk_is_open() -> None:
    found = stands(ticket(1), snapshot(ticket(1), open_desks=()))

    assert (found.before, found.wait) == (0, None)


def test_patients_of_another_service_count_when_an_open_desk_serves_both() -> None:
    room = snapshot(ticket(1, service="registration"), ticket(2, service="consultation"), ticket(3))

    assert before(ticket(3), room, RULES) == 1


def test_patients_of_another_service_do_not_count_when_no_open_desk_serves_both() -> None:
    room = snapshot(ticket(1, service="registration"), ticket(3), open_desks=("room-2",))

    assert before(ticket(3), room, RULES) == 0


def test_a_called_patient_learns_the_desk_and_nothing_of_the_queue() -> None:
    called = ticket(1, State.CALLED, desk="room-2")
    found = stands(called, snapshot(called, ticket(2)))

    assert (found.desk, found.called_at, found.before, found.wait) == ("Room 2", NINE, None, None)


def test_a_place_holds_no_opaque_id() -> None:
    found = stands(ticket(1), snapshot(ticket(1)))

    assert "visit-1" not in repr(found)
    assert "ticket-1" not in repr(found)


def test_the_open_ticket_of_a_visit_is_the_one_that_counts() -> None:
    old = ticket(1, State.SERVED).changed(visit="v")
    new = ticket(2).changed(visit="v")
    cancelled = ticket(3, State.CANCELLED).changed(visit="v")

    assert latest(snapshot(old, new, cancelled), "v") == new
    assert latest(snapshot(old, cancelled), "v") == cancelled
    assert latest(snapshot(old), "nobody") is None


def test_an_estimate_is_a_whole_number_of_minutes() -> None:
    found = stands(ticket(1), snapshot(ticket(1)))

    assert found.wait is not None
    assert found.wait.high % timedelta(minutes=5) == timedelta(0)
