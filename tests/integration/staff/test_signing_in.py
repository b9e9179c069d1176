"""Signing in and out, through the pages."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.staff import records
from kiosk.staff.pages import MOST
from tests.cast import Clock, minutes
from tests.integration.shell.conftest import PASSWORD, as_role

__all__ = ["as_role"]


@pytest.fixture
def client(app: Flask, here: Clinic, clock: Clock) -> FlaskClient:
    """A browser at a clinic where Ana works."""
    with here.database.begin(at=clock()) as tx:
        records.add(tx, username="Ana", name="Ana Ortiz", role=Role.COORDINATOR, password=PASSWORD, by="test")
    return app.test_client()


def sign_in(
    client: FlaskClient, password: str = PASSWORD, username: str = "ana", wanted: str = ""
) -> TestResponse:
    """Fill in the form."""
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    form = {
        "username": username,
        "password": password,
        "next": wanted,
        "csrf_token": token[1] if token else "",
    }
    return client.post("/sign-in", data=form)


def test_the_right_password_opens_the_console(client: FlaskClient) -> None:
    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    assert client.get("/console").status_code == 200


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = sign_in(client).headers.getlist("Set-Cookie")[0]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=43200" in cookie


def test_user_names_are_found_in_any_case(client: FlaskClient) -> None:
    assert sign_in(client, username=" ANA ").status_code == 303


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(client: FlaskClient) -> None:
    unknown, wrong = sign_in(client, username="eve"), sign_in(client, "not the password")

    assert unknown.status_code == wrong.status_code == 401
    plain = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (unknown, wrong)]
    assert plain[0] == plain[1]
    assert "do not match" in plain[0]


def test_five_wrong_passwords_close_the_account_for_half_a_minute(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        sign_in(client, "not the password")

    assert sign_in(client).status_code == 401
    clock.at += minutes(0.49)
    assert sign_in(client).status_code == 401
    clock.at += minutes(0.02)
    assert sign_in(client).status_code == 303


def test_ten_wrong_passwords_close_it_for_a_quarter_of_an_hour(client: FlaskClient, clock: Clock) -> None:
    for _ in range(10):
        sign_in(client, "not the password")
        clock.at += minutes(0.6)

    clock.at += minutes(14)
    assert sign_in(client).status_code == 401
    clock.at += minutes(1)
    assert sign_in(client).status_code == 303


def test_one_address_cannot_keep_the_server_busy_with_passwords(client: FlaskClient, clock: Clock) -> None:
    tried = [sign_in(client, "wrong", f"nobody {number}").status_code for number in range(MOST)]
    refused = sign_in(client)

    assert set(tried) == {401}
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    clock.at += minutes(1)
    assert sign_in(client).status_code == 303


def test_who_signs_in_next_finds_nothing_of_the_last_person(client: FlaskClient) -> None:
    sign_in(client)
    client.get("/console?desk=room-2")
    page = client.get("/console").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    client.post("/sign-out", data={"csrf_token": token[1]})

    with client.session_transaction() as kept:
        assert set(kept) == {"csrf_token"}


def test_a_right_password_forgives_the_wrong_ones_before(client: FlaskClient) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in(client, "not the password")
        assert sign_in(client).status_code == 303
        client.delete_cookie("staff")


def test_a_session_lives_as_long_as_somebody_works(client: FlaskClient, clock: Clock) -> None:
    sign_in(client)
    for _ in range(10):
        clock.at += minutes(25)
        assert client.get("/console").status_code == 200
    clock.at += minutes(31)
    assert client.get("/console").status_code == 303


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(
    client: FlaskClient, clock: Clock
) -> None:
    sign_in(client)
    for _ in range(31):
        clock.at += minutes(1)
        answer = client.get("/console", headers={"X-Live": "look"})

    assert answer.status_code == 303


def test_nobody_stays_signed_in_for_more_than_twelve_hours(client: FlaskClient, clock: Clock) -> None:
    sign_in(client)
    for _ in range(36):
        clock.at += minutes(20)
        assert client.get("/console").status_code == 200
    clock.at += minutes(1)
    assert client.get("/console").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client)
    cookie = client.get_cookie("staff")
    assert cookie is not None
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("staff", cookie.value)

    assert client.get("/console").status_code == 303
    assert thief.get("/console").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/nowhere",
        "/sign-in",
        "javascript:alert(1)",
        "/sign-out",
    ],
)
def test_signing_in_never_leads_away(client: FlaskClient, wanted: str) -> None:
    assert sign_in(client, wanted=wanted).headers["Location"] == "/console"


def test_signing_in_leads_to_the_page_that_was_wanted(client: FlaskClient) -> None:
    assert sign_in(client, wanted="/console/screens?day=2").headers["Location"] == "/console/screens?day=2"


def test_a_closed_account_is_out_at_once(client: FlaskClient, here: Clinic, clock: Clock) -> None:
    sign_in(client)
    with here.database.begin(at=clock()) as tx:
        records.disable(tx, "ana", by="test")

    assert client.get("/console").status_code == 303
    assert sign_in(client).status_code == 401


def test_a_new_password_ends_every_session_and_the_lock(
    client: FlaskClient, here: Clinic, clock: Clock
) -> None:
    sign_in(client)
    for _ in range(5):
        records.sign_in(here.database, "ana", "wrong", at=clock())
    with here.database.begin(at=clock()) as tx:
        records.change_password(tx, "ana", "some other words", by="test")

    assert client.get("/console").status_code == 303
    assert sign_in(client, "some other words").status_code == 303


def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    client: FlaskClient, here: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = records._matches

    def slow(password_hash: str, password: str) -> bool:
        right = check(password_hash, password)
        with here.database.begin(at=clock()) as tx:
            records.change_password(tx, "ana", "another three words", by="test")
        return right

    monkeypatch.setattr(records, "_matches", slow)
    assert sign_in(client).status_code == 401


def test_the_database_holds_neither_password_nor_token(
    client: FlaskClient, here: Clinic, clock: Clock
) -> None:
    sign_in(client)
    cookie = client.get_cookie("staff")
    with here.database.snapshot(at=clock()) as reading:
        rows = reading.connection.exec_driver_sql("SELECT * FROM staff").all()
        rows += reading.connection.exec_driver_sql("SELECT * FROM staff_session").all()

    assert "$argon2id$" in str(rows)
    assert cookie is not None
    assert PASSWORD not in str(rows)
    assert cookie.value not in str(rows)
