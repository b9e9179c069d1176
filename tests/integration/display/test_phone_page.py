"""The patient's phone: one place in the queue, no name, and one answer for every wrong address."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from display import phone
from tests.cast import Clock, minutes
from tests.integration.display.conftest import WaitingRoom


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A phone."""
    return app.test_client()


def test_a_waiting_patient_sees_code_place_and_wait(client: FlaskClient, room: WaitingRoom) -> None:
    room.arrive()
    room.arrive()
    _, address = room.arrive()
    page = client.get(address).text

    assert "B003" in page
    assert "2 people before you" in page
    assert "minutes" in page


def test_a_called_patient_sees_the_desk(client: FlaskClient, room: WaitingRoom) -> None:
    ticket, address = room.arrive()
    room.act("call", ticket, "room-2")
    page = client.get(address).text

    assert 'data-state="called"' in page
    assert "Please go to" in page
    assert "Room 2" in page


@pytest.mark.parametrize("action", ["hold", "no_show", "cancel"])
def test_whatever_happened_is_said_with_what_to_do(
    client: FlaskClient, room: WaitingRoom, action: str
) -> None:
    ticket, address = room.arrive()
    room.act(action, ticket)

    assert "front desk" in client.get(address).text


def test_a_served_patient_is_thanked_until_the_day_ends(
    client: FlaskClient, room: WaitingRoom, clock: Clock
) -> None:
    ticket, address = room.arrive()
    room.act("call", ticket, "room-2")
    room.act("finish", ticket)
    assert "All done" in client.get(address).text

    clock.at += minutes(60 * 24)
    assert client.get(address).status_code == 404


def test_who_waits_over_midnight_keeps_the_page_and_who_left_does_not(
    client: FlaskClient, room: WaitingRoom, clock: Clock
) -> None:
    clock.at += minutes(60 * 14 + 50)
    _, waits = room.arrive()
    left, gone = room.arrive()
    room.act("cancel", left)
    clock.at += minutes(20)

    assert "B001" in client.get(waits).text
    assert client.get(gone).status_code == 404


def test_the_page_speaks_the_language_of_the_ticket(client: FlaskClient, room: WaitingRoom) -> None:
    _, address = room.arrive(language="ar")

    assert '<html lang="ar" dir="rtl"' in client.get(address).text


def test_the_page_holds_no_personal_data_and_no_id(client: FlaskClient, room: WaitingRoom) -> None:
    ticket, address = room.arrive()
    page = client.get(address).text

    for word in ("Garcia", "aboratory", ticket):
        assert word not in page


def test_the_page_is_kept_by_nobody(client: FlaskClient, room: WaitingRoom) -> None:
    _, address = room.arrive()
    headers = client.get(address).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_every_wrong_secret_gets_the_same_answer(
    client: FlaskClient, room: WaitingRoom, clock: Clock
) -> None:
    _, address = room.arrive()
    clock.at += minutes(60 * 24)
    answers = [client.get(wrong) for wrong in (address, "/t/" + "A" * 26, "/t/x", "/t/'--", address.lower())]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "ask at the front desk" in answers[0].text
    assert '<html lang="es"' in client.get("/t/x", headers={"Accept-Language": "es-MX"}).text


def test_whoever_guesses_is_told_to_wait(client: FlaskClient, clock: Clock) -> None:
    statuses = [client.get(f"/t/{guess}").status_code for guess in range(phone.MISSES + 2)]
    assert statuses == [404] * phone.MISSES + [429] * 2

    clock.at += minutes(2)
    assert client.get("/t/again").status_code == 404


def test_a_guesser_does_not_lock_out_the_patients_behind_the_same_address(
    client: FlaskClient, room: WaitingRoom
) -> None:
    _, address = room.arrive()
    for guess in range(phone.MISSES + 2):
        client.get(f"/t/{guess}")

    assert client.get(address).status_code == 200
