"""Who is let in, for how long, and how they are put out again."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.database import schema
from kiosk.stations import pairing, records, rules
from kiosk.stations.pairing import Approval
from kiosk.stations.rules import Kind
from tests.cast import NINE, Clock, minutes
from tests.integration.stations.conftest import Host

SECOND = timedelta(seconds=1)


def approve(ana: FlaskClient, code: str, chosen: str = "", command: str = "") -> int:
    """Type a code on the console."""
    return ana.post("/console/screens", data={"code": code, "as": chosen, "command": command}).status_code


def asked(app: Flask) -> tuple[str, str]:
    """A device host asks for a code: code and claim."""
    answer = app.test_client().post("/api/pairing", json={"kind": "host"})
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["expires_s"] == 600
    return answer.json["code"], answer.json["claim"]


def code_on(page: str) -> str:
    """The code that a screen shows."""
    found = re.search(r'aria-label="([0-9A-Z -]+)">', page)
    assert found is not None
    return found[1].replace(" ", "")


# ---- device hosts ----


def test_a_host_is_paired_by_its_code(app: Flask, ana: FlaskClient) -> None:
    code, claim = asked(app)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    client = app.test_client()
    waiting = client.post("/api/pairing/claim", json={"claim": claim})
    assert (waiting.status_code, waiting.json) == (202, {})

    assert approve(ana, code.lower().replace("-", " "), "host:front") == 303

    answer = client.post("/api/pairing/claim", json={"claim": claim})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["station"] == "front"
    assert Host(client, answer.json["token"]).next_job() is None
    assert client.post("/api/pairing/claim", json={"claim": claim}).status_code == 404


def test_the_only_station_needs_not_be_chosen(app: Flask, ana: FlaskClient) -> None:
    code, claim = asked(app)
    assert approve(ana, code) == 303
    answer = app.test_client().post("/api/pairing/claim", json={"claim": claim})
    assert answer.json is not None
    assert answer.json["station"] == "front"


def test_nothing_that_opens_a_door_is_written_down(app: Flask, here: Clinic, ana: FlaskClient) -> None:
    code, claim = asked(app)
    approve(ana, code)
    with here.database.begin(at=NINE) as tx:
        row = str(tx.connection.execute(sa.select(schema.pairing)).one())
        claimed = pairing.claim(tx, claim)
        assert claimed is not None
        row += str(tx.connection.execute(sa.select(schema.device)).one())
    for secret in (code, code.replace("-", ""), claim, claimed.token):
        assert secret not in row


@pytest.mark.parametrize("body", [{}, {"kind": "kiosk"}, {"kind": "board"}, {"kind": 1}])
def test_only_hosts_ask_by_the_api(app: Flask, body: dict[str, str]) -> None:
    assert app.test_client().post("/api/pairing", json=body).status_code == 400


def test_a_claim_that_nobody_made_is_not_found(app: Flask) -> None:
    for claim in ("", "x" * 43):
        assert app.test_client().post("/api/pairing/claim", json={"claim": claim}).status_code == 404
    assert app.test_client().post("/api/pairing/claim", json={"claim": "x" * 101}).status_code == 400


def test_a_code_is_good_for_ten_minutes(app: Flask, ana: FlaskClient, clock: Clock) -> None:
    code, claim = asked(app)
    clock.at += rules.CODE_LIFE
    assert approve(ana, code, "host:front") == 400
    assert app.test_client().post("/api/pairing/claim", json={"claim": claim}).status_code == 404


def test_an_approved_code_that_nobody_fetches_expires_too(app: Flask, ana: FlaskClient, clock: Clock) -> None:
    code, claim = asked(app)
    assert approve(ana, code, "host:front") == 303
    clock.at += rules.CODE_LIFE
    assert app.test_client().post("/api/pairing/claim", json={"claim": claim}).status_code == 404


def test_a_code_lets_in_one_device(app: Flask, ana: FlaskClient) -> None:
    code, _ = asked(app)
    assert approve(ana, code, "host:front") == 303
    assert approve(ana, code, "host:front") == 400


def test_a_double_tap_is_one_approval(app: Flask, ana: FlaskClient) -> None:
    code, _ = asked(app)
    assert [approve(ana, code, "host:front", command="c1") for _ in range(2)] == [303, 303]


def test_codes_cannot_be_guessed(app: Flask, here: Clinic, clock: Clock) -> None:
    code, _ = asked(app)
    with here.database.begin(at=NINE) as tx:
        guesses = [pairing.approve(tx, f"0000-000{n}", None, "front", "ana") for n in range(rules.TRIES)]
    assert set(guesses) == {Approval.UNKNOWN_CODE}
    with here.database.begin(at=NINE) as tx:
        assert pairing.approve(tx, code, None, "front", "ana") is Approval.TOO_MANY_TRIES
        assert pairing.approve(tx, "0000-0000", None, "front", "ben") is Approval.UNKNOWN_CODE
    clock.at += rules.TRIES_WITHIN - SECOND
    code, _ = asked(app)
    with here.database.begin(at=clock.at) as tx:
        assert pairing.approve(tx, code, None, "front", "ana") is Approval.TOO_MANY_TRIES
    with here.database.begin(at=clock.at + SECOND) as tx:
        assert pairing.approve(tx, code, None, "front", "ana") is Approval.APPROVED


def test_nobody_fills_the_table_with_codes(app: Flask, clock: Clock) -> None:
    for _ in range(rules.MOST_OPEN):
        asked(app)
    answer = app.test_client().post("/api/pairing", json={"kind": "host"})
    assert answer.status_code == 429
    assert app.test_client().get("/pair/board/lobby").status_code == 200
    elsewhere = app.test_client().post(
        "/api/pairing", json={"kind": "host"}, environ_base={"REMOTE_ADDR": "10.0.0.7"}
    )
    assert elsewhere.status_code == 201
    clock.at += rules.CODE_LIFE
    asked(app)


# ---- screens ----


@pytest.mark.parametrize(
    ("address", "cookie"),
    [("/kiosk/front", "device-kiosk-front"), ("/board/lobby", "device-board-lobby")],
)
def test_a_screen_is_paired_by_the_code_it_shows(
    app: Flask, ana: FlaskClient, address: str, cookie: str
) -> None:
    screen = app.test_client()
    sent = screen.get(address)
    assert sent.status_code == 303
    page = screen.get(sent.location)
    assert page.headers["Refresh"]
    code = code_on(page.text)
    assert code_on(screen.get(sent.location).text) == code

    assert approve(ana, code) == 303

    let_in = screen.get(sent.location)
    assert (let_in.status_code, let_in.location) == (303, address)
    (made,) = [line for line in let_in.headers.getlist("Set-Cookie") if line.startswith(cookie)]
    assert "HttpOnly" in made
    assert "SameSite=Strict" in made
    assert screen.get(address).status_code == 200
    assert screen.get(sent.location).location == address


def test_a_screen_whose_code_ran_out_shows_a_new_one(app: Flask, clock: Clock) -> None:
    screen = app.test_client()
    first = code_on(screen.get("/pair/board/lobby").text)
    clock.at += rules.CODE_LIFE
    assert code_on(screen.get("/pair/board/lobby").text) != first


def test_a_screen_may_be_let_in_as_another(app: Flask, ana: FlaskClient) -> None:
    screen = app.test_client()
    code = code_on(screen.get("/pair/board/lobby").text)
    assert approve(ana, code, "kiosk:front") == 400
    assert approve(ana, code, "board:nowhere") == 400
    assert approve(ana, code, "nonsense") == 400
    assert approve(ana, code, "board:lobby") == 303


def test_too_many_screens_are_told_to_wait(app: Flask) -> None:
    for _ in range(rules.MOST_OPEN):
        assert app.test_client().get("/pair/board/lobby").status_code == 200
    page = app.test_client().get("/pair/board/lobby")
    assert "Too many screens" in page.text
    assert page.headers["Refresh"]


@pytest.mark.parametrize("address", ["/pair/kiosk/nowhere", "/pair/board/front", "/pair/host/front"])
def test_a_place_that_is_not_configured_is_not_found(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 404


def test_one_browser_may_be_several_screens(app: Flask, here: Clinic, ana: FlaskClient) -> None:
    screen = app.test_client()
    for address in ("/pair/kiosk/front", "/pair/board/lobby"):
        assert approve(ana, code_on(screen.get(address).text)) == 303
        screen.get(address)
    assert screen.get("/kiosk/front").status_code == 200
    assert screen.get("/board/lobby").status_code == 200


def test_an_old_token_is_replaced_and_stays_good_until_the_new_one_is_seen(
    app: Flask, here: Clinic, clock: Clock
) -> None:
    with here.database.begin(at=NINE) as tx:
        first = records.enrol(tx, Kind.BOARD, "lobby", "ana")
    screen = app.test_client()
    screen.set_cookie("device-board-lobby", first)
    screen.get("/board/lobby")
    cookie = screen.get_cookie("device-board-lobby")
    assert cookie is not None
    assert cookie.value == first

    clock.at += rules.TOKEN_AGE
    screen.get("/board/lobby")
    cookie = screen.get_cookie("device-board-lobby")
    assert cookie is not None
    assert cookie.value != first
    assert records.identify(here.database, first, clock.at) is not None
    assert records.identify(here.database, cookie.value, clock.at) is not None
    assert records.identify(here.database, first, clock.at) is None


def test_a_revoked_screen_shows_a_code_again(app: Flask, here: Clinic, ana: FlaskClient) -> None:
    with here.database.begin(at=NINE) as tx:
        token = records.enrol(tx, Kind.BOARD, "lobby", "ana")
        (device,) = records.devices(tx, NINE)
    screen = app.test_client()
    screen.set_cookie("device-board-lobby", token)
    assert screen.get("/board/lobby").status_code == 200

    assert ana.post(f"/console/screens/{device.id}/revoke").status_code == 303
    assert ana.post(f"/console/screens/{device.id}/revoke").status_code == 303

    assert screen.get("/board/lobby").status_code == 303
    with here.database.snapshot(at=NINE) as seen:
        assert records.devices(seen, NINE) == []
        assert records.standing(seen, {device.id}) == set()
        kinds = seen.connection.execute(sa.select(schema.event.c.kind)).scalars().all()
    assert kinds.count("device_revoked") == 1


def test_two_hosts_of_a_station_stand_side_by_side(app: Flask, here: Clinic, ana: FlaskClient) -> None:
    with here.database.begin(at=NINE) as tx:
        tokens = [records.enrol(tx, Kind.HOST, "front", "ana") for _ in range(2)]
    found = [records.identify(here.database, token, NINE) for token in tokens]
    assert [who.role for who in found if who] == [Role.HOST, Role.HOST]
    assert ana.get("/console/screens").text.count("Unpair now") == 2


def test_a_box_that_is_replaced_is_unpaired_by_its_successor(here: Clinic) -> None:
    later = NINE + minutes(5)
    for kind, name in ((Kind.HOST, "front"), (Kind.KIOSK, "front"), (Kind.BOARD, "lobby")):
        for at in (NINE, later):
            with here.database.begin(at=at) as tx:
                records.enrol(tx, kind, name, "ana")
    with here.database.snapshot(at=later) as seen:
        paired = [str(device.kind) for device in records.devices(seen, later)]
    assert paired == ["host", "kiosk", "board", "board"]


def test_the_console_lists_what_waits_and_what_is_missing(app: Flask, ana: FlaskClient) -> None:
    page = ana.get("/console/screens").text
    assert page.count("Not paired.") == 3
    app.test_client().get("/pair/board/lobby")
    assert "Screen Lobby" in ana.get("/console/screens").text


def test_a_device_of_a_place_that_was_taken_out_of_the_configuration_can_be_unpaired(
    here: Clinic, ana: FlaskClient
) -> None:
    with here.database.begin(at=NINE) as tx:
        records.enrol(tx, Kind.BOARD, "cellar", "ana")
    page = ana.get("/console/screens").text
    assert "No longer in kiosk.toml" in page
    assert "Unpair now" in page
