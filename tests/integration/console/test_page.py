"""What the coordinator sees."""

import gzip

import pytest
import sqlalchemy as sa

from kiosk.access import ROUTES, Role
from kiosk.appointments import records as appointments
from kiosk.appointments.rules import Person
from kiosk.checkin.records import add_visit
from kiosk.queueing.tickets import Ticket
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind, Part, State
from kiosk.tasks import records as tasks
from tests.cast import NINE, minutes
from tests.integration.console.conftest import Floor, words

MARIA = Person("Ortiz", "Maria")
KIBIBYTE = 1024


def called_to(floor: Floor, desk: str, ticket: Ticket) -> None:
    with floor.here.database.begin(at=floor.at) as tx:
        tx.room.call(ticket.id, desk, at=floor.at, by="ben")


def test_a_waiting_patient_is_shown_with_name_service_wait_and_reason(floor: Floor) -> None:
    floor.arrive(person=MARIA)
    floor.later(16 * 60)

    page = floor.ana.look()

    assert "Next B001 Ortiz, Maria Laboratory 16 min · soon Walk-in, arrived 9:00 AM" in page
    assert "1 waiting" in page


def test_the_list_is_in_the_order_of_the_calls(floor: Floor) -> None:
    floor.arrive("registration")
    floor.later(60)
    floor.arrive(priority="assistance")

    page = floor.ana.look()

    assert page.index("15 min ahead: needs assistance") < page.index("A001 No name Registration")
    assert "Next B001" in page


def test_who_is_next_is_told_for_the_chosen_desk(floor: Floor) -> None:
    floor.arrive("registration")
    floor.later(60)
    floor.arrive("laboratory", person=MARIA)

    assert "Call next Alt+N A001 No name" in floor.ana.look()
    assert "Call next Alt+N B001 Ortiz, Maria" in floor.ben.look()


def test_a_name_with_markup_stays_a_name(floor: Floor) -> None:
    floor.arrive(person=Person("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'))

    floor.ana.look()

    assert "<script>alert(1)" not in floor.ana.page
    assert "<img" not in floor.ana.page
    assert "<script>alert(1)</script>, " in words(floor.ana.page)


def test_a_call_is_marked_once_a_screen_announced_it(floor: Floor) -> None:
    ticket = floor.arrive()
    called_to(floor, "room-2", ticket)
    assert "Going to the screens" in floor.ana.look()
    floor.later(20)
    assert "No screen announced it" in floor.ana.look()

    with floor.here.database.begin(at=floor.at) as tx:
        tx.room.announced(ticket.id, NINE, at=floor.at, by="board:lobby")

    page = floor.ana.look()
    assert "Called 9:00 AM Announced" in page
    assert "No screen announced it" not in page


def test_called_held_missed_and_finished_patients_stay_in_the_list(floor: Floor) -> None:
    tickets = [floor.arrive() for _ in range(5)]
    called_to(floor, "room-2", tickets[0])
    with floor.here.database.begin(at=floor.at) as tx:
        tx.room.hold(tickets[1].id, at=floor.at, by="ana")
        tx.room.no_show(tickets[2].id, at=floor.at, by="ana")
        tx.room.cancel(tickets[3].id, at=floor.at, by="ana")

    page = floor.ana.look()

    for code, state in (
        ("B001", "called Room 2"),
        ("B002", "on hold"),
        ("B003", "missed"),
        ("B004", "cancelled"),
    ):
        assert f"{code} No name Laboratory {state}" in page


def test_a_selected_ticket_shows_its_history(floor: Floor) -> None:
    ticket = floor.arrive(person=MARIA)
    floor.later(120)
    called_to(floor, "room-2", ticket)

    page = floor.ana.look(f"/console?ticket={ticket.id}")

    assert "Selected Back to Room 1" in page
    assert "9:02 AM Ben Adeyemi called B001 to Room 2" in page
    assert "9:00 AM The kiosk Front door gave B001 for Laboratory" in page


def test_the_whole_history_has_a_page_of_its_own(floor: Floor) -> None:
    ticket = floor.arrive(person=MARIA)
    floor.act(floor.ana, "hold", ticket)
    floor.act(floor.ana, "undo", ticket)

    page = words(floor.ana.client.get(f"/console/tickets/{ticket.id}").get_data(as_text=True))

    assert "You put B001 on hold (taken back)" in page
    assert "You took back: the hold" in page
    assert "Ortiz" not in page


def test_a_ticket_that_never_was_has_no_page(floor: Floor) -> None:
    assert floor.ana.client.get("/console/tickets/nothing").status_code == 404


def test_a_task_says_what_is_the_matter_and_what_to_do(floor: Floor) -> None:
    ticket = floor.arrive()
    with floor.here.database.begin(at=floor.at) as tx:
        tasks.open(tx, "help_wanted", station="front")
        tasks.open(tx, "print_unknown", station="front", ticket=ticket.id)

    page = floor.ana.look()

    assert page.index("asks for help") < page.index("nobody knows whether the ticket B001 was printed")
    assert "Print again (COPY)" in page


def test_a_broken_printer_is_seen_at_one_glance(floor: Floor) -> None:
    with floor.here.database.begin(at=floor.at) as tx:
        stations.enrol(tx, Kind.HOST, "front", "ana")
        stations.enrol(tx, Kind.BOARD, "lobby", "ana")
    assert "Devices All 2 work" in floor.ana.look()
    with floor.here.database.snapshot(at=floor.at) as seen:
        host = next(device.id for device in stations.devices(seen, floor.at) if device.kind is Kind.HOST)
    with floor.here.database.begin(at=floor.at) as tx:
        stations.reported(tx, host, "1", [Part("printer", "printer", State.DOWN, "paper_out", floor.at)])

    assert "Devices 1 of 2 needs you The printer is out of paper." in floor.ana.look()


def test_who_is_expected_can_be_checked_in_here(floor: Floor) -> None:
    with floor.here.database.begin(at=floor.at) as tx:
        appointments.add(
            tx, slot=NINE - minutes(5), services=["consultation"], family_name="Ortiz", given_name="Maria",
            birth_date=None,
        )  # fmt: skip

    assert "8:55 AM Ortiz, Maria Consultation 5 min late Check in" in floor.ana.look()


def test_a_coordinator_without_a_desk_is_asked_for_one(floor: Floor) -> None:
    floor.ana.send("/desks/room-1/leave")

    page = floor.ana.look()

    assert "Which desk do you call for?" in page
    assert "Call next" not in page


def test_an_unknown_desk_cannot_be_chosen(floor: Floor) -> None:
    assert floor.ana.client.get("/console?desk=room-99").status_code == 400


CONSOLE = sorted(endpoint for endpoint in ROUTES if endpoint.startswith("console."))


@pytest.mark.parametrize("role", [None, Kind.KIOSK, Kind.BOARD, Kind.HOST])
def test_only_staff_come_in(floor: Floor, role: Kind | None) -> None:
    client = floor.app.test_client()
    if role is not None:
        with floor.here.database.begin(at=floor.at) as tx:
            client.set_cookie("device", stations.enrol(tx, role, "front", "ana"))
    ticket = floor.arrive(person=MARIA)

    for method, path in (
        ("GET", "/console"), ("GET", f"/console/tickets/{ticket.id}"), ("POST", "/console/tickets"),
        ("POST", f"/console/tickets/{ticket.id}/cancel"), ("POST", f"/console/tickets/{ticket.id}/print"),
        ("POST", "/console/desks/room-1/next"), ("POST", "/console/desks/room-1/close"),
        ("POST", "/console/tasks/1/done"),
    ):  # fmt: skip
        answer = client.open(path, method=method)
        assert answer.status_code in (303, 400, 403), path
        assert "Ortiz" not in answer.get_data(as_text=True)
        if answer.status_code == 303:
            assert "/sign-in" in answer.location
    assert floor.ticket(ticket).state == "waiting"


def test_the_table_of_routes_opens_the_console_to_staff_alone() -> None:
    assert {role for endpoint in CONSOLE for role in ROUTES[endpoint]} == {Role.COORDINATOR, Role.SUPERVISOR}
    assert len(CONSOLE) == 9


@pytest.fixture
def crowd(floor: Floor) -> Floor:
    """Three hundred patients."""
    with floor.app.app_context(), floor.here.database.begin(at=floor.at) as tx:
        for number in range(300):
            visit = add_visit(
                tx, station="front", appointment=None, person=Person(f"Family{number}", "Given")
            )
            tx.room.issue(
                ticket_id=f"t{number}", visit=visit, services=["laboratory"], at=tx.at, by="station:front"
            )
    return floor


def test_a_page_with_three_hundred_patients_stays_small(crowd: Floor) -> None:
    page = crowd.ana.look()

    assert "300 waiting" in page
    assert "Family299, Given" in page
    assert len(gzip.compress(crowd.ana.page.encode(), 6)) < 150 * KIBIBYTE


def test_the_number_of_statements_does_not_grow_with_the_patients(crowd: Floor) -> None:
    statements: list[str] = []
    engine = crowd.here.database.engine

    def count(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    crowd.ana.look()
    sa.event.remove(engine, "before_cursor_execute", count)

    assert len([s for s in statements if s.startswith("SELECT")]) < 25
