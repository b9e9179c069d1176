"""What the coordinator does: each action, once, with an undo; and what the one who came too late is told."""

import uuid

import pytest

from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment
from kiosk.database import events
from kiosk.queueing.tickets import Ticket
from kiosk.tasks import records as tasks
from tests.cast import NINE, minutes
from tests.integration.console.conftest import Floor

BEFORE = {
    "call": (),
    "recall": ("call",),
    "start": ("call",),
    "finish": ("call", "start"),
    "hold": (),
    "resume": ("hold",),
    "no_show": ("call",),
    "reinstate": ("call", "no_show"),
    "transfer": (),
    "cancel": (),
}
"""Action → what must have happened to the ticket first."""

AFTER = {
    "call": ("called", "B001 is called to Room 1."),
    "recall": ("called", "B001 is called again to Room 1."),
    "start": ("serving", "B001 is being served at Room 1."),
    "finish": ("served", "B001 is finished."),
    "hold": ("held", "B001 is on hold."),
    "resume": ("waiting", "B001 is back in line, at the same place."),
    "no_show": ("no_show", "B001 is marked as missed."),
    "reinstate": ("waiting", "B001 is back in line, at the same place."),
    "transfer": ("waiting", "B001 waits for Registration, at the same place in line."),
    "cancel": ("cancelled", "B001 is cancelled."),
}
"""Action → the state it leads to, and what the page says."""

FIELDS = {"call": {"desk": "room-1"}, "transfer": {"service": "registration"}}


def prepared(floor: Floor, action: str) -> Ticket:
    ticket = floor.arrive()
    for earlier in BEFORE[action]:
        floor.act(floor.ana, earlier, ticket, **FIELDS.get(earlier, {}))
    return ticket


@pytest.mark.parametrize("action", BEFORE)
def test_an_action_does_what_its_button_says_and_can_be_undone(floor: Floor, action: str) -> None:
    ticket = prepared(floor, action)
    before = floor.ticket(ticket)
    state, told = AFTER[action]

    page = floor.act(floor.ana, action, ticket, **FIELDS.get(action, {}))

    assert told in page
    assert floor.ticket(ticket).state == state

    page = floor.act(floor.ana, "undo", ticket)

    assert "Taken back. B001 is as before" in page
    assert floor.ticket(ticket) == before


@pytest.mark.parametrize("action", sorted(set(BEFORE) - {"call"}))
def test_a_selected_patient_stays_selected(floor: Floor, action: str) -> None:
    ticket = prepared(floor, action)

    page = floor.act(floor.ana, action, ticket, picked=ticket.id, **FIELDS.get(action, {}))

    assert "Selected Back to" in page


def test_call_next_calls_and_finishes_who_was_served(floor: Floor) -> None:
    first, second = floor.arrive(), floor.arrive()
    floor.call_next(floor.ana, "room-1")
    floor.act(floor.ana, "start", first)

    page = floor.call_next(floor.ana, "room-1")

    assert "B002 is called to Room 1." in page
    assert floor.ticket(first).state == "served"
    assert floor.ticket(second).state == "called"


def test_undoing_a_call_brings_back_whom_it_finished(floor: Floor) -> None:
    first, second = floor.arrive(), floor.arrive()
    floor.call_next(floor.ana, "room-1")
    floor.act(floor.ana, "start", first)
    serving = floor.ticket(first)
    floor.later(30)
    floor.call_next(floor.ana, "room-1")
    floor.later(20)

    page = floor.act(floor.ana, "undo", second)

    assert "Taken back. B002 is as before: waiting." in page
    assert "B001 is being served again." in page
    assert floor.ticket(first) == serving


def test_undoing_a_call_much_later_leaves_the_one_before_alone(floor: Floor) -> None:
    first, second = floor.arrive(), floor.arrive()
    floor.call_next(floor.ana, "room-1")
    floor.act(floor.ana, "start", first)
    floor.call_next(floor.ana, "room-1")
    floor.later(180)

    floor.act(floor.ana, "undo", second)

    assert floor.ticket(first).state == "served"
    assert floor.ticket(second).state == "waiting"


def test_a_finished_patient_with_more_to_come_waits_on_with_the_same_code(floor: Floor) -> None:
    ticket = floor.arrive("laboratory", "consultation")
    floor.call_next(floor.ana, "room-1")

    page = floor.act(floor.ana, "finish", ticket)

    assert "B001 now waits for Consultation." in page


def test_a_double_tap_calls_once(floor: Floor) -> None:
    floor.arrive()
    second = floor.arrive()
    command, seen = uuid.uuid4().hex, floor.at_desk("room-1")

    pages = [floor.ana.send("/desks/room-1/next", command, seen=seen) for _ in range(2)]

    assert all("B001 is called to Room 1." in page for page in pages)
    assert floor.ticket(second).state == "waiting"


def test_the_second_coordinator_is_told_who_was_faster_and_what_is_possible(floor: Floor) -> None:
    ticket = floor.arrive()
    stale = floor.seen(ticket)
    floor.act(floor.ben, "call", ticket, desk="room-2")
    floor.later(3)

    page = floor.ana.send(f"/tickets/{ticket.id}/call", seen=stale, desk="room-1")

    assert "Ben Adeyemi called B001 to Room 2, 3 seconds ago." in page
    assert (
        "B001 is now called at Room 2. You can: Call again, Start, Finish, Hold, Missed, Transfer, Cancel."
        in page
    )
    assert floor.ticket(ticket).desk == "room-2"


def test_two_coordinators_who_call_next_for_one_desk_call_one_patient(floor: Floor) -> None:
    floor.arrive()
    second = floor.arrive()
    stale = floor.at_desk("room-2")
    floor.call_next(floor.ben, "room-2")
    floor.later(3)

    page = floor.ana.send("/desks/room-2/next", seen=stale)

    assert "Ben Adeyemi called B001 to Room 2, 3 seconds ago." in page
    assert floor.ticket(second).state == "waiting"


def test_a_refusal_is_told_again_to_who_asks_again(floor: Floor) -> None:
    ticket = floor.arrive()
    stale, command = floor.seen(ticket), uuid.uuid4().hex
    floor.act(floor.ben, "hold", ticket)
    floor.ana.send(f"/tickets/{ticket.id}/cancel", command, seen=stale)
    floor.act(floor.ben, "resume", ticket)

    page = floor.ana.send(f"/tickets/{ticket.id}/cancel", command, seen=stale)

    assert "Ben Adeyemi put B001 back in line, just now." in page
    assert floor.ticket(ticket).state == "waiting"


def test_call_next_tells_when_it_is_not_who_was_shown(floor: Floor) -> None:
    shown, other = floor.arrive(), floor.arrive()
    floor.act(floor.ben, "call", shown, desk="room-2")

    page = floor.ana.send("/desks/room-1/next", seen=floor.at_desk("room-1"), expected=shown.id)

    assert "B002 is called to Room 1. B001, shown as next before, is called at Room 2." in page
    assert floor.ticket(other).desk == "room-1"


def test_the_message_goes_after_ten_seconds_and_the_undo_stays(floor: Floor) -> None:
    floor.arrive()
    command = uuid.uuid4().hex
    floor.call_next(floor.ana, "room-1", command)
    floor.later(11)

    page = floor.ana.look(f"/console?done={command}")

    assert "B001 is called to Room 1." not in page
    assert "Undo the call of B001 Alt+Z" in page


def test_ones_own_last_step_is_offered_for_undoing_and_no_colleagues(floor: Floor) -> None:
    ticket = floor.arrive()
    floor.act(floor.ben, "hold", ticket)

    assert "Undo the hold of B001" in floor.ben.look()
    assert "Undo the hold of B001" not in floor.ana.look()
    assert "Undo the hold of B001" in floor.ana.look(f"/console?ticket={ticket.id}")


def test_a_closed_desk_calls_nobody(floor: Floor) -> None:
    ticket = floor.arrive()
    floor.ben.send("/desks/room-1/close")
    floor.later(120)

    page = floor.call_next(floor.ana, "room-1")

    assert "Ben Adeyemi closed Room 1, 2 minutes ago." in page
    assert floor.ticket(ticket).state == "waiting"

    assert "Room 1 is open." in floor.ana.send("/desks/room-1/open")
    assert "B001 is called to Room 1." in floor.call_next(floor.ana, "room-1")


def test_nobody_waiting_is_said(floor: Floor) -> None:
    assert "Nobody is waiting for Room 1." in floor.call_next(floor.ana, "room-1")


def test_a_busy_desk_calls_nobody_else(floor: Floor) -> None:
    floor.arrive()
    second = floor.arrive()
    floor.call_next(floor.ben, "room-1")
    floor.later(5)

    page = floor.act(floor.ana, "call", second, desk="room-1")

    assert "Ben Adeyemi called B001 to Room 1, 5 seconds ago. First start, finish or miss B001." in page
    assert floor.ticket(second).state == "waiting"


def test_nothing_left_to_undo_is_said(floor: Floor) -> None:
    ticket = floor.arrive()

    assert "There is nothing left to take back for B001." in floor.act(floor.ana, "undo", ticket)


def test_a_ticket_of_no_day_is_refused_in_words(floor: Floor) -> None:
    assert "This ticket is not of today." in floor.ana.send("/tickets/nothing/cancel", seen="-")


def test_an_unknown_action_is_nowhere(floor: Floor) -> None:
    ticket = floor.arrive()

    assert floor.ana.post(f"/tickets/{ticket.id}/explode", seen="-").status_code == 404
    assert floor.ana.post("/desks/room-1/explode").status_code == 404


def test_a_form_without_its_command_changes_nothing(floor: Floor) -> None:
    ticket = floor.arrive()

    answer = floor.ana.client.post(
        f"/console/tickets/{ticket.id}/cancel",
        data={"csrf_token": floor.ana.csrf, "seen": floor.seen(ticket)},
    )

    assert answer.status_code == 400
    assert floor.ticket(ticket).state == "waiting"


def test_a_form_of_another_site_changes_nothing(floor: Floor) -> None:
    ticket = floor.arrive()

    answer = floor.ana.client.post(
        f"/console/tickets/{ticket.id}/cancel", data={"command": uuid.uuid4().hex, "seen": floor.seen(ticket)}
    )

    assert answer.status_code == 400
    assert floor.ticket(ticket).state == "waiting"


def test_desks_are_remembered_by_the_browser(floor: Floor) -> None:
    floor.open_desk("room-3")
    floor.arrive("consultation")
    floor.arrive("registration")
    floor.ana.send("/desks/room-3/choose")

    page = floor.ana.look()

    assert "Call next Alt+N C001" in page
    assert "Next: A001 to Room 1" in page
    assert "Next: A001" not in floor.ben.look()
    floor.ana.send("/desks/room-3/leave")
    assert "Call next Alt+N A001" in floor.ana.look()


WALK_IN = {
    "service": "laboratory",
    "language": "es",
    "priority": "assistance",
    "family_name": " Ortiz ",
    "given_name": "Maria",
}


def test_a_ticket_is_given_at_the_desk_and_selected(floor: Floor) -> None:
    page = floor.ana.send("/tickets", **WALK_IN)

    assert "B001 is given for Laboratory." in page
    assert "Selected Back to Room 1" in page
    assert "B001 Ortiz, Maria" in page
    assert "Spanish" in page
    assert "15 min ahead: needs assistance" in page


def test_a_ticket_given_twice_by_a_double_tap_is_one(floor: Floor) -> None:
    command = uuid.uuid4().hex

    for _ in range(2):
        floor.ana.send("/tickets", command, **WALK_IN)

    with floor.here.database.snapshot(at=floor.at) as seen:
        assert len(seen.snapshot.tickets) == 1


@pytest.mark.parametrize("wrong", [{"service": "nothing"}, {"priority": "nothing"}])
def test_a_ticket_for_something_unknown_is_refused(floor: Floor, wrong: dict[str, str]) -> None:
    assert "That is not possible now." in floor.ana.send("/tickets", **WALK_IN | wrong)

    with floor.here.database.snapshot(at=floor.at) as seen:
        assert not seen.snapshot.tickets


def booked(floor: Floor) -> Appointment:
    with floor.here.database.begin(at=floor.at) as tx:
        return appointments.add(
            tx, slot=NINE + minutes(10), services=["consultation"], family_name="Ortiz", given_name="Maria",
            birth_date=None,
        )  # fmt: skip


def test_somebody_expected_is_checked_in_once(floor: Floor) -> None:
    expected = booked(floor)

    pages = [floor.ana.send("/tickets", appointment=expected.id) for _ in range(2)]

    assert all("C001 is given for Consultation." in page for page in pages)
    assert "Booked 9:10 AM, arrived 9:00 AM" in pages[0]
    assert "Expected today" not in pages[0]


def test_a_cancelled_appointment_is_not_checked_in(floor: Floor) -> None:
    expected = booked(floor)
    with floor.here.database.begin(at=floor.at) as tx:
        appointments.cancel(tx, expected.id, by="ana")

    assert "This appointment cannot be checked in any more." in floor.ana.send(
        "/tickets", appointment=expected.id
    )


def test_a_reprint_is_queued_for_the_kiosk_and_written_down(floor: Floor) -> None:
    ticket = floor.arrive()

    page = floor.ana.send(f"/tickets/{ticket.id}/print", station="front")

    assert "B001 is being printed at Front door." in page
    with floor.here.database.snapshot(at=floor.at) as seen:
        kinds = [row.kind for row in events.of_ticket(seen.connection, seen.site, ticket.id)]
    assert kinds == ["issued", "reprinted"]


def test_a_reprint_at_no_kiosk_is_refused(floor: Floor) -> None:
    ticket = floor.arrive()

    assert floor.ana.post(f"/tickets/{ticket.id}/print", station="nowhere").status_code == 400


def test_a_task_that_somebody_saw_to_is_gone(floor: Floor) -> None:
    with floor.here.database.begin(at=floor.at) as tx:
        task = tasks.open(tx, "help_wanted", station="front")
    assert "asks for help" in floor.ana.look()

    assert "asks for help" not in floor.ana.send(f"/tasks/{task.id}/done")
    assert "asks for help" not in floor.ben.send(f"/tasks/{task.id}/done")


def test_no_answer_event_or_address_holds_a_name(floor: Floor) -> None:
    answer = floor.ana.post("/tickets", **WALK_IN, station="front")

    assert "Ortiz" not in answer.location
    with floor.here.database.snapshot(at=floor.at) as seen:
        for table in ("command", "event", "ticket", "job"):
            rows = seen.connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert rows
            assert "Ortiz" not in repr(rows)
