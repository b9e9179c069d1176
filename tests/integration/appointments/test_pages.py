"""The appointments' pages as a coordinator uses them."""

import re
import uuid

import sqlalchemy as sa

from kiosk.appointments.records import Status
from kiosk.checkin.arrival import check_in
from kiosk.database import schema
from kiosk.identity.manual_code import manual_code
from tests.cast import NINE
from tests.integration.appointments.conftest import PAGE, Desk
from tests.unit.appointments.terms import table

FORM = {
    "date": "2026-11-23",
    "time": "10:15",
    "services": "laboratory",
    "family name": "Vega",
    "given name": "Ana",
    "middle name": "",
    "birth date": "1980-02-29",
}


def test_only_staff_sees_who_is_expected(desk: Desk) -> None:
    found = desk.expect()
    stranger = desk.app.test_client()
    for path in (PAGE, f"{PAGE}/{found.id}/letter"):
        assert stranger.get(path).status_code == 303
    desk.app.config["WTF_CSRF_ENABLED"] = False
    for path in (PAGE, f"{PAGE}/import", f"{PAGE}/{found.id}/cancel", f"{PAGE}/{found.id}/reinstate"):
        assert stranger.post(path).status_code == 303
    assert [one.status for one in desk.book()] == [Status.BOOKED]


def test_the_list_shows_the_day_with_tickets_of_who_arrived(desk: Desk) -> None:
    desk.expect("Expected")
    arrived = desk.expect("Arrived")
    with desk.here.database.begin(at=NINE) as tx:
        ticket = check_in(
            tx,
            station=None,
            services=(),
            language="en",
            command=uuid.uuid4().hex,
            by="ana",
            appointment=arrived,
        )
    page = desk.look()
    assert page.index("Arrived, Ana") < page.index(ticket.code)
    assert "Expected, Ana" in page
    assert "Nobody is expected" in desk.look(f"{PAGE}?day=2026-11-24")
    assert "Expected, Ana" in desk.look(f"{PAGE}?day=yesterday")


def test_one_is_added_by_hand(desk: Desk) -> None:
    answer = desk.send(PAGE, **FORM)
    added = desk.book()[0]
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#a-{added.id}")
    assert (added.family_name, desk.here.local(added.slot).hour, added.services) == (
        "Vega",
        10,
        ("laboratory",),
    )
    assert "Added" in desk.look()


def test_a_double_tap_adds_one(desk: Desk) -> None:
    command = uuid.uuid4().hex
    for _ in range(2):
        assert desk.send(PAGE, **FORM, command=command).status_code == 303
    assert len(desk.book()) == 1


def test_a_form_without_a_command_is_refused_and_not_taken_for_another_one(desk: Desk) -> None:
    assert desk.send(PAGE, **FORM, command="").status_code == 400
    assert desk.book() == []


def test_a_wrong_form_comes_back_filled_in_with_the_mistake_marked(desk: Desk) -> None:
    answer = desk.send(PAGE, **FORM | {"birth date": "2030-01-01", "family name": "O'Hara <b>"})
    assert answer.status_code == 422
    assert "in the future" in answer.text
    assert 'value="O&#39;Hara &lt;b&gt;"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert desk.book() == []


def test_cancelling_offers_to_take_it_back(desk: Desk) -> None:
    found = desk.expect()
    assert desk.send(f"{PAGE}/{found.id}/cancel").status_code == 303
    assert [one.cancelled_by for one in desk.book()] == ["ana"]
    assert f'action="{PAGE}/{found.id}/reinstate"' in desk.look()
    assert desk.send(f"{PAGE}/{found.id}/reinstate").status_code == 303
    assert [one.status for one in desk.book()] == [Status.BOOKED]
    with desk.here.database.snapshot(at=NINE) as reading:
        kinds = (
            reading.connection.execute(sa.select(schema.event.c.kind).order_by(schema.event.c.seq))
            .scalars()
            .all()
        )
    assert kinds[-2:] == ["appointment_cancelled", "appointment_reinstated"]


def test_who_has_arrived_cannot_be_cancelled_here(desk: Desk) -> None:
    found = desk.expect()
    with desk.here.database.begin(at=NINE) as tx:
        check_in(tx, station=None, services=(), language="en", command="1" * 32, by="ana", appointment=found)
    desk.send(f"{PAGE}/{found.id}/cancel")
    assert "has arrived in the meantime" in desk.look()
    assert [one.status for one in desk.book()] == [Status.ARRIVED]


def test_nobody_is_cancelled_twice_and_strangers_are_not_found(desk: Desk) -> None:
    found = desk.expect()
    for _ in range(2):
        assert desk.send(f"{PAGE}/{found.id}/cancel").status_code == 303
    assert desk.send(f"{PAGE}/{'0' * 32}/cancel").status_code == 404


def test_an_upload_is_taken_over_and_reported(desk: Desk) -> None:
    row = "17,2026-11-23,09:05,Laboratory,Vega,Ana,1980-02-29"
    assert desk.load(table(row)).status_code == 303
    assert "1 added." in desk.look()
    assert desk.load(table(row)).status_code == 303
    assert "1 as they were." in desk.look()
    assert len(desk.book()) == 1


def test_an_upload_with_one_wrong_row_takes_nothing_over_and_says_where(desk: Desk) -> None:
    answer = desk.load(
        table(
            "17,2026-11-23,09:05,Laboratory,Vega,Ana,1980-02-29",
            "18,2026-11-23,09:05,Laboratory,Vega,,1980-02-29",
        )
    )
    assert answer.status_code == 422
    assert "Nothing was imported" in answer.text
    assert re.search(r"<td[^>]*>3</td><td>given name</td>", answer.text)
    assert desk.book() == []


def test_a_thousand_mistakes_are_not_all_listed(desk: Desk) -> None:
    answer = desk.load(table(*["1,x,x,x,x,x,x"] * 300))
    assert answer.status_code == 422
    assert "more." in answer.text
    assert answer.text.count("<tr>") < 250


def test_forgetting_the_file_says_so(desk: Desk) -> None:
    assert "No file was chosen" in desk.load(b"", name="").text


def test_the_letter_holds_the_code_and_no_more_of_the_patient_than_it_must(desk: Desk) -> None:
    found = desk.expect("Canaryfamily", "Ana")
    page = desk.look(f"{PAGE}/{found.id}/letter")
    letter = page[page.index("<main") :]
    assert "<svg" in letter
    assert manual_code(found.reference)[:3] in letter
    assert "Ana C." in letter
    assert "Monday, November 23, 2026" in letter
    assert 'dir="rtl"' in letter
    for secret in ("Canaryfamily", "1980", "aboratory", found.id):
        assert secret not in letter
    assert "style=" not in page
    assert "<script>" not in page


def test_addresses_tell_no_names(desk: Desk) -> None:
    desk.expect("Canaryfamily")
    assert not any("anary" in link for link in re.findall(r'(?:href|action|src)="([^"]+)"', desk.look()))
