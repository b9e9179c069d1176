"""What every answer carries, and what is turned away."""

import re

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.queueing.tickets import NobodyWaiting
from tests.integration.shell.conftest import Enter


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without credentials."""
    return app.test_client()


def test_every_page_forbids_what_it_does_not_need(client: FlaskClient) -> None:
    for address in ("/", "/sign-in", "/nowhere", "/healthz"):
        headers = client.get(address).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert {policy[kind] for kind in policy if kind.endswith("-src") and kind != "default-src"} == {
            "'self'"
        }
        assert (policy["require-trusted-types-for"], policy["trusted-types"]) == ("'script'", "live")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_no_page_has_a_script_or_style_inside(client: FlaskClient) -> None:
    for address in ("/", "/sign-in", "/nowhere"):
        page = client.get(address).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page), address


def test_a_form_without_its_token_is_refused(as_role: Enter) -> None:
    answer = as_role(Role.COORDINATOR).post("/sign-out")

    assert answer.status_code == 400
    assert "open too long" in answer.text


def test_a_form_sent_from_another_site_is_refused(app: Flask, as_role: Enter) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answer = as_role(Role.COORDINATOR).post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_a_stranger_is_sent_to_sign_in_and_then_where_they_wanted_to_go(client: FlaskClient) -> None:
    answer = client.get("/console?service=laboratory")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/console?service%3Dlaboratory"


def test_a_device_is_not_sent_to_sign_in_but_told(client: FlaskClient) -> None:
    answer = client.get("/api/station/jobs/next")

    assert answer.status_code == 401
    assert answer.json == {"error": "This device is not known"}


def test_too_much_at_once_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-in", data={"username": "x" * 5_000_000}).status_code == 413


def test_an_error_of_the_domain_has_its_status_and_its_words(app: Flask, client: FlaskClient) -> None:
    def fail() -> str:
        raise NobodyWaiting

    app.view_functions["home.page"] = fail
    answer = client.get("/")

    assert answer.status_code == 409
    assert "Nobody is waiting for this desk." in answer.text


def test_an_unknown_error_is_written_down_without_what_was_typed(app: Flask, client: FlaskClient) -> None:
    def fail() -> str:
        raise ValueError(request.args["name"])

    app.view_functions["home.page"] = fail
    with capture_logs() as lines:
        answer = client.get("/?name=Garcia")

    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    (line,) = (line for line in lines if line["event"] == "failed")
    assert line["error"] == "ValueError"
    assert "in fail" in line["trace"]
    assert "Garcia" not in str(lines) + answer.text


def test_the_log_names_neither_people_nor_addresses(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.post("/sign-in?next=/t/SECRET", data={"username": "maria", "password": "garcia"})
        client.get("/t/SECRETSECRETSECRET")

    assert len(lines) == 2
    assert {"id", "endpoint", "method", "status", "ms", "role"} <= lines[0].keys()
    assert not re.search("maria|garcia|secret|sign-in", str(lines), re.IGNORECASE)


def test_a_screen_that_meets_an_error_tries_again_by_itself(as_role: Enter) -> None:
    assert as_role(Role.BOARD).get("/board/nowhere").headers["Refresh"] == "10; url=/board/lobby"
    assert as_role(Role.KIOSK).post("/kiosk/front").headers["Refresh"] == "10; url=/kiosk/front"
    assert "Refresh" not in as_role(Role.COORDINATOR).get("/nowhere").headers


@pytest.mark.parametrize("address", ["/t/%0Ax", "/t/%E2%82%AC"])
def test_a_page_that_tries_again_puts_nothing_of_its_address_into_the_headers(
    app: Flask, client: FlaskClient, address: str
) -> None:
    def fail(secret: str) -> str:
        raise ValueError(secret)

    app.view_functions["phone.page"] = fail
    answer = client.get(address)

    assert answer.status_code == 500
    assert answer.headers["Refresh"] == f"10; url={address}"


def test_what_the_database_quotes_is_not_written_down(here: Clinic, client: FlaskClient) -> None:
    def fail() -> str:
        with here.database.begin(at=here.now()) as tx:
            for _ in range(2):
                tx.answer(request.args["name"], {})
        return ""

    client.application.view_functions["home.page"] = fail
    with capture_logs() as lines:
        answer = client.get("/?name=Garcia")

    assert answer.status_code == 503
    assert "Garcia" not in str(lines) + answer.text


def test_a_letter_that_no_database_takes_is_no_fault_of_the_records(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    form = {"username": "ma\0ria", "password": "garcia", "csrf_token": token[1]}

    assert client.post("/sign-in", data=form).status_code in (400, 401)


@pytest.mark.parametrize(
    ("asks", "said", "believed"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("198.51.100.7", "127.0.0.1", "198.51.100.7"),
    ],
)
def test_only_a_proxy_on_this_box_says_for_whom_it_asks(
    app: Flask, client: FlaskClient, asks: str, said: str, believed: str
) -> None:
    app.view_functions["home.page"] = lambda: request.remote_addr
    answer = client.get("/", headers={"X-Forwarded-For": said}, environ_base={"REMOTE_ADDR": asks})

    assert answer.text == believed


def test_health_tells_the_version_of_program_and_site(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "version": "0.1.0", "site_version": 0}


def test_metrics_count_waiting_patients_and_answers(client: FlaskClient) -> None:
    client.get("/healthz")
    text = client.get("/metrics").text

    assert 'kiosk_tickets{service="laboratory",state="waiting"} 0.0' in text
    assert re.search(r'kiosk_requests_total\{endpoint="home.health",status="200"\} [1-9]', text)
