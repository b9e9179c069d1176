"""docs/station-api.md, row by row."""

import base64
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.checkin import records as dialogues
from kiosk.checkin.rules.steps import Notice
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.database import events, jobs, schema
from kiosk.stations import records, work
from kiosk.stations.rules import TROUBLE
from kiosk.tasks import records as tasks
from tests.cast import Clock
from tests.integration.stations.conftest import SINCE, Arrive, Host, Pair

SECOND = timedelta(seconds=1)


def open_tasks(here: Clinic) -> list[tuple[str, str]]:
    """Kind and cause of what needs a person."""
    with here.database.snapshot(at=here.now()) as seen:
        return [(task.kind, task.cause) for task in tasks.open_tasks(seen)]


def states(here: Clinic) -> list[str]:
    """The states of all jobs, the oldest first."""
    with here.database.snapshot(at=here.now()) as seen:
        query = sa.select(schema.job.c.state).order_by(schema.job.c.id)
        return list(seen.connection.execute(query).scalars())


def sweep(here: Clinic) -> None:
    """What the server's timer does."""
    with here.database.begin(at=here.now()) as tx:
        work.sweep(tx)


def scan(**changes: Any) -> dict[str, Any]:
    """A scan as it should be, but for `changes`."""
    data = base64.b64encode(b"hello").decode()
    right = {"id": str(uuid.uuid4()), "scanner": "counter", "data": data, "symbology": None}
    return {name: value for name, value in (right | changes).items() if value is not ...}


# ---- scans ----


def test_a_scan_is_taken(host: Host) -> None:
    answer = host.post("scans", scan(symbology="]L2"))
    assert (answer.status_code, answer.json) == (202, {})


def test_a_scan_that_comes_twice_is_one_scan(host: Host, here: Clinic) -> None:
    body = scan()
    versions = []
    for _ in range(2):
        assert host.post("scans", body).status_code == 202
        with here.database.snapshot(at=here.now()) as seen:
            versions.append(seen.connection.execute(sa.select(schema.checkin.c.version)).scalar())
    assert versions[0] == versions[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ...}, "id"),
        ({"id": "17"}, "id: Invalid UUID"),
        ({"scanner": ""}, "scanner"),
        ({"scanner": "a\x00b"}, "scanner"),
        ({"scanner": "x" * 61}, "scanner"),
        ({"data": "not base64!"}, "data: this is not base64."),
        ({"data": "é"}, "data: this is not base64."),
        ({"data": 17}, "data: Expected `str`, got `int`."),
        ({"symbology": "Code 128"}, "symbology"),
        ({"symbology": 2}, "symbology"),
    ],
)
def test_a_malformed_scan_is_refused_with_the_field(host: Host, changes: Any, words: str) -> None:
    answer = host.post("scans", scan(**changes))
    assert answer.status_code == 400
    assert answer.json is not None
    assert words in answer.json["error"]
    assert answer.json["error"].endswith(".")


def test_a_scan_that_was_not_read_whole_asks_the_patient_to_try_again(host: Host, here: Clinic) -> None:
    assert host.post("scans", scan(data="")).status_code == 202
    with here.database.snapshot(at=here.now()) as seen:
        assert dialogues.at_station(seen, "front").state.notice is Notice.UNREADABLE


def test_a_scan_that_is_too_long_is_refused(host: Host) -> None:
    for size, status in ((4_096, 202), (4_097, 413), (40_000, 413)):
        data = base64.b64encode(b"x" * size).decode()
        answer = host.post("scans", scan(data=data))
        assert answer.status_code == status
        assert status == 202 or (answer.json and answer.json["error"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"id": "\\ud800"}'])
@pytest.mark.parametrize("path", ["scans", "health", "jobs/1/done", "jobs/1/failed", "jobs/1/sending"])
def test_what_is_no_json_object_is_refused_in_a_sentence(host: Host, path: str, body: bytes) -> None:
    answer = host.client.post(f"/api/station/{path}", data=body, headers=host.headers)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"].endswith(".")


# ---- tokens ----

CALLS = [
    ("POST", "scans"),
    ("GET", "jobs/next"),
    ("POST", "jobs/1/sending"),
    ("POST", "jobs/1/done"),
    ("POST", "jobs/1/failed"),
    ("POST", "health"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_nobody_without_a_token_is_heard(app: Flask, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        answer = app.test_client().open(f"/api/station/{path}", method=method, json={}, headers=headers)
        assert answer.status_code == 401
        assert answer.json is not None
        assert answer.json["error"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_revoked_token_is_no_token(host: Host, here: Clinic, method: str, path: str) -> None:
    revoke_all(here)
    answer = host.client.open(f"/api/station/{path}", method=method, json={}, headers=host.headers)
    assert answer.status_code == 401


def revoke_all(here: Clinic) -> None:
    """Unpair every device."""
    with here.database.begin(at=here.now()) as tx:
        for device in records.devices(tx, tx.at):
            records.revoke(tx, device.id, "ana")


# ---- jobs ----


def test_a_job_is_given_with_its_document(host: Host, arrive: Arrive) -> None:
    ticket = arrive()
    job = host.next_job()
    assert job is not None
    assert (job["kind"], job["attempt"], job["lease_s"]) == ("ticket", 1, 60)
    assert job["document"]["code"] == ticket.code
    assert job["document"]["copy"] is None


@pytest.mark.parametrize("wait", ["31", "-1", "x", "1.5", "", "²", "9" * 400])
def test_a_wait_that_is_no_number_of_seconds_is_refused(host: Host, wait: str) -> None:
    answer = host.client.get("/api/station/jobs/next", query_string={"wait": wait}, headers=host.headers)
    assert answer.status_code == 400
    assert answer.json is not None
    assert "0 to 30" in answer.json["error"]


def test_two_hosts_that_ask_get_one_job_each(pair: Pair, arrive: Arrive) -> None:
    one, two = pair(), pair()
    first, second = arrive(), arrive()
    jobs_given = [one.next_job(), two.next_job()]
    assert [job["document"]["code"] for job in jobs_given if job] == [first.code, second.code]
    for host, job in zip((one, two), jobs_given, strict=True):
        assert job is not None
        host.tell(job, "sending")
        assert host.next_job() is None


def test_a_job_that_was_lost_on_the_way_to_its_host_is_given_again_when_it_asks(
    pair: Pair, arrive: Arrive
) -> None:
    one, two = pair(), pair()
    arrive()
    lost = one.next_job()
    assert lost is not None
    assert two.next_job() is None
    again = one.next_job()
    assert again is not None
    assert (again["id"], again["attempt"], again["document"]["copy"]) == (lost["id"], 2, None)
    assert one.tell(lost, "sending").status_code == 409
    assert one.tell(again, "sending").status_code == 200
    assert one.next_job() is None


def test_a_connection_of_before_a_restart_keeps_no_job_from_its_host(host: Host, arrive: Arrive) -> None:
    given: list[object] = []
    waiting = [threading.Thread(target=lambda: given.append(host.next_job(wait=20))) for _ in range(2)]
    for thread in waiting:
        thread.start()
    arrive()
    for thread in waiting:
        thread.join(10)
    assert len(given) == 2
    assert None not in given


def test_hosts_that_ask_at_the_same_moment_never_get_the_same_job(pair: Pair, arrive: Arrive) -> None:
    hosts = [pair() for _ in range(4)]
    codes = {arrive().code for _ in range(3)}
    given: list[str] = []

    def ask(host: Host) -> None:
        if job := host.next_job():
            given.append(job["document"]["code"])

    threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == sorted(codes)


def test_a_job_of_another_station_is_not_given_and_not_known(pair: Pair, host: Host, arrive: Arrive) -> None:
    arrive()
    job = host.next_job()
    other = pair("side")
    assert other.next_job() is None
    assert job is not None
    for path, body in (("sending", {}), ("done", {"confirmation": "sent"})):
        assert other.tell(job, path, **body).status_code == 404


@pytest.mark.parametrize("job", [0, 999, 2**63 - 1, 2**63, 10**40])
def test_a_job_that_never_was_is_not_found(host: Host, job: int) -> None:
    assert host.post(f"jobs/{job}/sending", {"attempt": 1}).status_code == 404


def test_a_long_poll_wakes_at_once_after_the_commit(host: Host, arrive: Arrive) -> None:
    took: list[float] = []

    def ask() -> None:
        assert host.next_job(wait=20) is not None
        took.append(time.monotonic() - arrived)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    arrived = time.monotonic()
    arrive()
    thread.join(10)
    assert len(took) == 1
    assert took[0] < 0.9  # the look without a bell comes after a second


def test_waiting_holds_no_connection(host: Host, here: Clinic) -> None:
    thread = threading.Thread(target=lambda: host.next_job(wait=1))
    thread.start()
    time.sleep(0.4)
    assert here.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    thread.join()


def test_a_host_that_is_unpaired_while_it_waits_is_told_at_once(host: Host, here: Clinic) -> None:
    answers: list[int] = []

    def ask() -> None:
        answer = host.client.get("/api/station/jobs/next?wait=20", headers=host.headers)
        answers.append(answer.status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    revoke_all(here)
    thread.join(5)
    assert answers == [401]


def test_a_printed_ticket_ends_its_job(host: Host, here: Clinic, arrive: Arrive) -> None:
    ticket = arrive()
    job = host.next_job()
    assert job is not None
    assert host.tell(job, "sending").status_code == 200
    for _ in range(2):
        assert host.tell(job, "done", confirmation="printed").status_code == 200
    assert states(here) == ["confirmed"]
    with here.database.snapshot(at=here.now()) as seen:
        assert not printing.unprinted(seen, ticket.id)


def test_a_ticket_that_nobody_confirmed_is_only_sent(host: Host, here: Clinic, arrive: Arrive) -> None:
    ticket = arrive()
    job = host.next_job()
    assert job is not None
    host.tell(job, "sending")
    host.tell(job, "done", confirmation="sent")
    assert states(here) == ["sent"]
    with here.database.snapshot(at=here.now()) as seen:
        kinds = [row.kind for row in events.of_ticket(seen.connection, seen.site, ticket.id)]
        assert not printing.unprinted(seen, ticket.id)
    assert printing.PRINT_SENT in kinds
    assert printing.PRINTED not in kinds


def test_a_lost_lease_prints_nothing(host: Host, clock: Clock, arrive: Arrive) -> None:
    arrive()
    job = host.next_job()
    assert job is not None
    clock.at += jobs.LEASE + SECOND
    answer = host.tell(job, "sending")
    assert answer.status_code == 409
    assert answer.json == {"error": "The lease is lost. Print nothing."}


def test_only_who_holds_the_lease_may_print(pair: Pair, clock: Clock, arrive: Arrive) -> None:
    one, two = pair(), pair()
    arrive()
    job = one.next_job()
    clock.at += jobs.LEASE + SECOND
    again = two.next_job()
    assert job is not None
    assert again is not None
    assert (again["id"], again["attempt"]) == (job["id"], 2)
    for attempt in (job, again):
        assert one.tell(attempt, "sending").status_code == 409
    assert two.tell(again, "sending").status_code == 200


def test_a_ticket_that_did_not_print_is_tried_again_and_somebody_is_told(
    host: Host, here: Clinic, clock: Clock, arrive: Arrive
) -> None:
    ticket = arrive()
    for cause in ("paper_out", "cover_open"):
        job = host.next_job()
        assert job is not None
        answer = host.tell(job, "failed", cause=cause, printed="no")
        assert answer.status_code == 200
        assert host.next_job() is None
        assert open_tasks(here) == [("print_failed", cause)]
        clock.at += jobs.BACK_OFF
    with here.database.snapshot(at=here.now()) as seen:
        assert printing.unprinted(seen, ticket.id)

    job = host.next_job()
    assert job is not None
    assert job["document"]["copy"] is None
    host.tell(job, "sending")
    host.tell(job, "done", confirmation="printed")
    assert open_tasks(here) == []
    with here.database.snapshot(at=here.now()) as seen:
        assert not printing.unprinted(seen, ticket.id)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("sending", {}),
        ("done", {"confirmation": "printed"}),
        ("failed", {"cause": "offline", "printed": "no"}),
        ("failed", {"cause": "timeout", "printed": "maybe"}),
    ],
)
def test_what_was_said_of_an_earlier_attempt_and_comes_late_ends_no_later_one(
    host: Host, here: Clinic, clock: Clock, arrive: Arrive, what: str, said: dict[str, str]
) -> None:
    arrive()
    first = host.next_job()
    assert first is not None
    host.tell(first, "failed", cause="offline", printed="no")
    clock.at += jobs.BACK_OFF
    second = host.next_job()
    assert second is not None
    host.tell(second, "sending")
    late = host.tell(first, what, **said)
    assert (late.status_code, late.json) == (409, {"error": "This attempt is over."})
    assert states(here) == ["sending"]
    host.tell(second, "done", confirmation="printed")
    assert states(here) == ["confirmed"]


def test_a_ticket_that_comes_too_late_is_not_printed(
    host: Host, here: Clinic, clock: Clock, arrive: Arrive
) -> None:
    arrive()
    clock.at += jobs.LIFE
    sweep(here)
    assert host.next_job() is None
    assert states(here) == ["expired"]
    assert open_tasks(here) == [("print_failed", "silent")]


@pytest.mark.parametrize("how", ["said", "silence"])
def test_a_ticket_that_may_lie_in_the_tray_is_never_repeated_by_itself(
    host: Host, here: Clinic, clock: Clock, arrive: Arrive, how: str
) -> None:
    arrive()
    job = host.next_job()
    assert job is not None
    host.tell(job, "sending")
    if how == "said":
        host.tell(job, "failed", cause="timeout", printed="maybe")
    clock.at += jobs.LEASE + SECOND
    assert host.next_job() is None
    sweep(here)
    assert states(here) == ["unknown"]
    assert open_tasks(here) == [("print_unknown", "")]

    host.tell(job, "done", confirmation="printed")
    assert states(here) == ["confirmed"]
    assert open_tasks(here) == []


def test_a_second_paper_says_that_it_is_a_copy(
    host: Host, here: Clinic, clock: Clock, arrive: Arrive
) -> None:
    ticket = arrive()
    job = host.next_job()
    assert job is not None
    host.tell(job, "sending")
    with here.database.begin(at=here.now()) as tx:
        printing.queue_ticket(tx, "front", ticket)
    again = host.next_job()
    assert again is not None
    assert again["document"]["copy"] == "COPY"


def test_a_job_whose_ticket_is_gone_is_skipped(host: Host, here: Clinic, arrive: Arrive) -> None:
    with here.database.begin(at=here.now()) as tx:
        jobs.add(tx.connection, tx.site, "station:front", "ticket", {"ticket": "gone"}, at=tx.at)
    ticket = arrive()
    job = host.next_job()
    assert job is not None
    assert job["document"]["code"] == ticket.code
    assert states(here) == ["failed", "claimed"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("sending", {}, "attempt"),
        ("sending", {"attempt": 0}, "attempt"),
        ("done", {"confirmation": "sent"}, "attempt"),
        ("done", {"attempt": 1}, "confirmation"),
        ("done", {"attempt": 1, "confirmation": "yes"}, "confirmation"),
        ("failed", {"attempt": 1, "cause": "gremlins", "printed": "no"}, "cause"),
        ("failed", {"attempt": 1, "cause": "paper_out"}, "printed"),
        ("failed", {"attempt": 1, "cause": "paper_low", "printed": "no"}, "cause"),
    ],
)
def test_a_malformed_answer_to_a_job_is_refused(host: Host, path: str, body: Any, words: str) -> None:
    answer = host.post(f"jobs/1/{path}", body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert words in answer.json["error"]


# ---- whatever else comes in ----


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"kind":"host","x":' + b"[" * 30_000])
def test_json_that_is_too_deep_is_none(host: Host, body: bytes) -> None:
    assert host.client.post("/api/pairing", data=body).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(max_size=80) | st.sampled_from(["printed", "no", "maybe", "host", "down", *TROUBLE])
DEVICE = {"name": "ticket printer", "kind": "printer", "state": "down", "cause": "paper_out", "since": SINCE}
RIGHT: dict[str, Any] = {
    "/api/pairing": {"kind": "host"},
    "/api/pairing/claim": {"claim": "unknown"},
    "/api/station/scans": scan(),
    "/api/station/health": {"version": "0.1.0", "devices": [DEVICE]},
    "/api/station/jobs/1/sending": {"attempt": 1},
    "/api/station/jobs/1/done": {"attempt": 1, "confirmation": "sent"},
    "/api/station/jobs/1/failed": {"attempt": 1, "cause": "paper_out", "printed": "no"},
}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Any]:
    """A call as the page describes it, but for a field or two; now and then something else altogether."""
    path = draw(st.sampled_from(sorted(RIGHT)))
    body = dict(RIGHT[path])
    for name in draw(st.lists(st.sampled_from(sorted(body)), max_size=2)) if body else ():
        body[name] = draw(TEXT | JSON)
    if isinstance(body.get("devices"), list) and body["devices"] == [DEVICE]:
        body["devices"] = [DEVICE | {draw(st.sampled_from(sorted(DEVICE))): draw(TEXT | JSON)}]
    return path, draw(st.just(body) | JSON)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=requests())
def test_whatever_a_host_says_the_server_does_not_stumble(host: Host, call: tuple[str, Any]) -> None:
    path, body = call
    answer = host.client.post(path, json=body, headers=host.headers)
    assert answer.status_code < 500
    assert answer.status_code < 400 or (answer.json and answer.json["error"])
