"""How devices are: shown at once, a task when it lasts, closed when it is over."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from drivers.base import Cause
from drivers.mirror import sealed
from kiosk.clinic import Clinic
from kiosk.database import schema
from kiosk.stations import health, records, rules
from kiosk.stations.rules import Device, Kind, State
from kiosk.tasks import records as tasks
from tests.cast import NINE, Clock
from tests.integration.stations.conftest import SINCE, Host, Pair

SECOND = timedelta(seconds=1)
READY = ("ticket printer", "printer", "ready", None)
OUT = ("ticket printer", "printer", "down", "paper_out")
LOW = ("ticket printer", "printer", "attention", "paper_low")
SCANNER = ("counter", "scanner", "ready", None)


def devices(here: Clinic) -> list[Device]:
    """What the console sees."""
    with here.database.snapshot(at=here.now()) as seen:
        return records.devices(seen, here.now())


def open_tasks(here: Clinic) -> list[tuple[str, str, str]]:
    """Kind, subject and cause of what needs a person."""
    with here.database.snapshot(at=here.now()) as seen:
        return [(task.kind, task.subject, task.cause) for task in tasks.open_tasks(seen)]


def changes(here: Clinic) -> int:
    """How often screens were told to look again."""
    with here.database.snapshot(at=here.now()) as seen:
        query = sa.select(sa.func.count()).where(schema.event.c.kind == "health_changed")
        return int(seen.connection.execute(query).scalar_one())


def look(here: Clinic, *connected: str) -> None:
    """What the server's timer does."""
    with here.database.begin(at=here.now()) as tx:
        health.watch(tx, connected=connected, since=NINE)


def test_a_host_that_is_well_is_ready(host: Host, here: Clinic) -> None:
    assert host.health(READY, SCANNER).status_code == 204
    (device,) = devices(here)
    assert (device.kind, device.name, device.state, device.words) == (Kind.HOST, "front", State.READY, "")
    assert [part.name for part in device.parts] == ["ticket printer", "counter"]


def test_trouble_is_shown_at_once_in_words(host: Host, here: Clinic) -> None:
    host.health(OUT, SCANNER)
    (device,) = devices(here)
    assert (device.state, device.cause) == (State.DOWN, "paper_out")
    assert device.words == "The ticket printer is out of paper."
    assert device.advice == "Put in a new roll."


def test_only_a_change_is_an_event(host: Host, here: Clinic, clock: Clock) -> None:
    for report in ((READY,), (READY,), (OUT,), (OUT,), (READY,), (READY, SCANNER)):
        host.health(*report)
        clock.at += 15 * SECOND
    assert changes(here) == 4


@pytest.mark.parametrize("cause", Cause)
def test_whatever_a_driver_says_has_words_of_its_own(host: Host, here: Clinic, cause: Cause) -> None:
    host.health(("ticket printer", "printer", "down", cause))
    (device,) = devices(here)
    assert (device.words, device.advice) == (rules.trouble("ticket printer", cause), rules.advice(cause))
    assert cause in rules.TROUBLE


def test_trouble_that_lasts_becomes_a_task_and_goes_by_itself(host: Host, here: Clinic, clock: Clock) -> None:
    host.health(OUT)
    assert open_tasks(here) == []
    clock.at += rules.DOWN_FOR
    host.health(OUT)
    assert open_tasks(here) == [("device_down", "ticket printer", "paper_out")]

    host.health(READY)
    assert open_tasks(here) == [("device_down", "ticket printer", "paper_out")]
    clock.at += rules.WELL_FOR
    look(here)
    assert open_tasks(here) == []


def test_a_printer_that_flaps_is_no_flood_of_tasks(host: Host, here: Clinic, clock: Clock) -> None:
    for _ in range(10):
        for report in (OUT, READY):
            host.health(report)
            clock.at += 3 * SECOND
    assert open_tasks(here) == []


def test_the_hosts_clock_does_not_count(host: Host, here: Clinic) -> None:
    host.health(OUT)
    (device,) = devices(here)
    assert device.parts[0].since == NINE


def test_little_paper_is_a_task_until_there_is_a_new_roll(host: Host, here: Clinic, clock: Clock) -> None:
    host.health(LOW)
    clock.at += rules.DOWN_FOR
    look(here)
    assert open_tasks(here) == [("paper_low", "ticket printer", "paper_low")]
    host.health(READY)
    clock.at += rules.WELL_FOR
    look(here)
    assert open_tasks(here) == []


def test_a_host_that_falls_silent_is_down_and_then_a_task(host: Host, here: Clinic, clock: Clock) -> None:
    host.health(READY)
    clock.at += rules.STALE
    look(here)
    assert devices(here)[0].state is State.READY
    clock.at += SECOND
    assert devices(here)[0].state is State.DOWN
    look(here)
    assert changes(here) == 2
    clock.at += rules.DOWN_FOR
    look(here)
    assert changes(here) == 2
    assert open_tasks(here) == [("device_down", "kiosk computer", "silent")]

    host.health(READY)
    assert changes(here) == 3
    assert devices(here)[0].state is State.READY
    assert open_tasks(here) == []


def test_one_host_that_speaks_is_enough_for_its_station(
    host: Host, here: Clinic, clock: Clock, app: Flask
) -> None:
    with here.database.begin(at=NINE) as tx:
        records.enrol(tx, Kind.HOST, "front", "ana")
    for _ in range(10):
        clock.at += 15 * SECOND
        host.health(READY)
    assert sorted(device.state for device in devices(here)) == [State.DOWN, State.READY]
    assert open_tasks(here) == []


def test_a_screen_is_heard_by_its_open_socket(here: Clinic, clock: Clock) -> None:
    with here.database.begin(at=NINE) as tx:
        records.enrol(tx, Kind.BOARD, "lobby", "ana")
    (board,) = devices(here)
    for _ in range(10):
        clock.at += 15 * SECOND
        look(here, board.id)
    assert devices(here)[0].state is State.READY
    for _ in range(6):
        clock.at += 15 * SECOND
        look(here)
    assert devices(here)[0].words == "The screen does not answer."
    assert open_tasks(here) == [("device_down", "screen", "silent")]


def test_a_server_that_was_down_blames_nobody(host: Host, here: Clinic, clock: Clock) -> None:
    host.health(READY)
    clock.at += timedelta(hours=8)
    with here.database.begin(at=clock.at) as tx:
        health.watch(tx, since=clock.at - SECOND)
    assert changes(here) == 1
    host.health(READY)
    assert open_tasks(here) == []


def test_whom_the_server_did_not_hear_while_it_was_down_is_not_blamed_by_who_reports_first(
    host: Host, here: Clinic, clock: Clock
) -> None:
    with here.database.begin(at=NINE) as tx:
        records.enrol(tx, Kind.BOARD, "lobby", "ana")
    board = devices(here)[-1]
    look(here, board.id)
    clock.at += timedelta(minutes=1)
    host.health(READY)
    assert devices(here)[-1].lost_at is None
    clock.at += rules.DOWN_FOR
    host.health(READY)
    assert open_tasks(here) == []


def test_a_device_that_hangs_while_it_opens_works_nowhere(
    host: Host, here: Clinic, clock: Clock, ana: FlaskClient
) -> None:
    opening = ("counter", "scanner", "opening", None)
    for _ in range(2):
        host.health(READY, opening)
        assert "takes too long" not in ana.get("/console/screens").text
        clock.at += rules.DOWN_FOR / 2
    for _ in range(2):
        host.health(READY, opening)
        assert (devices(here)[0].state, devices(here)[0].cause) == (State.DOWN, "timeout")
        assert open_tasks(here) == [("device_down", "scanner “counter”", "timeout")]
        for page in ("/console/screens", "/console/screens/front/try"):
            assert "The scanner “counter” takes too long." in ana.get(page).text
        with here.database.snapshot(at=here.now()) as seen:
            assert rules.scanners(records.hosts(seen, "front", here.now())) == []
        clock.at += rules.WELL_FOR
    host.health(READY, SCANNER)
    assert devices(here)[0].state is State.READY


def test_what_is_unpaired_needs_nobody(host: Host, here: Clinic, clock: Clock) -> None:
    host.health(OUT)
    clock.at += rules.DOWN_FOR
    look(here)
    assert len(open_tasks(here)) == 1
    with here.database.begin(at=clock.at) as tx:
        records.revoke(tx, records.devices(tx, clock.at)[0].id, "ana")
    look(here)
    assert open_tasks(here) == []


def test_a_board_and_a_station_of_the_same_name_are_told_apart(here: Clinic, clock: Clock) -> None:
    with here.database.begin(at=NINE) as tx:
        for kind in (Kind.BOARD, Kind.KIOSK):
            records.enrol(tx, kind, "front", "ana")
    kiosk = next(device for device in devices(here) if device.kind is Kind.KIOSK)
    for _ in range(10):
        clock.at += 15 * SECOND
        look(here, kiosk.id)
    assert open_tasks(here) == [("device_down", "screen", "silent")]


def test_what_a_printer_used_is_shown_and_is_no_news(host: Host, here: Clinic, ana: FlaskClient) -> None:
    told = {"name": "ticket printer", "kind": "printer", "state": "ready", "cause": None, "since": SINCE}
    for tickets in (1203, 1204):
        count = {"tickets": tickets, "cuts": tickets, "paper_mm": 143_276}
        told["count"] = count
        assert host.post("health", {"version": "0.1.0", "devices": [told]}).status_code == 204
    assert changes(here) == 1
    assert "1,204 tickets · 143 m of paper" in ana.get("/console/screens").text
    told["count"] = count | {"cuts": -1}
    refused = host.post("health", {"version": "0.1.0", "devices": [told]})
    assert refused.status_code == 400
    assert "devices[0].count.cuts" in refused.text


def with_preview(host: Host, address: str, key: str = "5a" * 32) -> int:
    """Report a camera that shows what it sees; return what the server answers."""
    told = {"version": "1", "devices": [], "preview": {"address": address, "key": key}}
    return host.post("health", told).status_code


def preview(here: Clinic) -> rules.Preview | None:
    """Where the front door's screen finds what its camera sees."""
    with here.database.snapshot(at=here.now()) as seen:
        return rules.preview(records.hosts(seen, "front", here.now()))


def test_the_screen_of_a_host_with_a_camera_finds_what_it_sees(
    host: Host, here: Clinic, clock: Clock
) -> None:
    assert preview(here) is None
    before = changes(here)
    assert with_preview(host, "http://127.0.0.1:8765") == 204
    assert preview(here) == rules.Preview("http://127.0.0.1:8765", "5a" * 32)
    assert changes(here) == before + 1, "The screen looks again."
    with_preview(host, "http://127.0.0.1:8765")
    assert changes(here) == before + 1
    clock.at += rules.STALE + SECOND
    assert preview(here) is None
    host.health(SCANNER)
    assert preview(here) is None, "A host without a camera that works tells of none."


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example",
        "http://127.0.0.1:8765/path",
        "http://127.0.0.1:8765; script-src *",
        "http://127.0.0.1:8765\n",
        "http://127.0.0.1.elsewhere.example:8765",
        "http://127.0.0.1",
    ],
)
def test_an_address_that_is_not_the_hosts_own_machine_is_refused(
    host: Host, here: Clinic, address: str
) -> None:
    assert with_preview(host, address) == 400
    assert preview(here) is None


def test_the_key_of_a_preview_is_a_key(host: Host, here: Clinic) -> None:
    assert with_preview(host, "http://127.0.0.1:8765", "secret") == 400
    assert preview(here) is None


def test_host_and_server_seal_a_question_alike(host: Host, here: Clinic) -> None:
    with_preview(host, "http://127.0.0.1:8765")
    shown = preview(here)
    assert shown is not None
    assert shown.of(17) == f"http://127.0.0.1:8765/17.{sealed('5a' * 32, 17)}"


def test_what_the_driver_says_is_shown_to_a_technician(host: Host, here: Clinic, ana: FlaskClient) -> None:
    def say(words: str) -> int:
        down = {"name": "counter", "kind": "scanner", "state": "down", "cause": "error", "since": SINCE}
        return host.post("health", {"version": "1", "devices": [down | {"said": words}]}).status_code

    assert say("/dev/input/event3: this user is not in the group `input`") == 204
    before = changes(here)
    assert "this user is not in the group `input`" in ana.get("/console/screens").text
    assert say("other words") == 204
    assert changes(here) == before, "Other words for the same trouble are no news."
    assert [say(bad) for bad in ("two\nlines", "x" * 201)] == [400, 400]


def test_the_wizard_says_beforehand_what_cannot_work(
    host: Host, here: Clinic, ana: FlaskClient, clock: Clock
) -> None:
    page = "/console/screens/front/try"
    host.health(READY, SCANNER)
    assert "notice--warn" not in ana.get(page).text
    host.health(OUT, ("counter", "scanner", "absent", "unplugged"))
    told = ana.get(page).text
    assert "The scanner “counter” is not plugged in." in told
    assert "The ticket printer is out of paper." in told
    host.health(OUT, ("counter", "scanner", "absent", "unplugged"), ("camera", "scanner", "ready", None))
    assert "not plugged in" not in ana.get(page).text, "The camera reads."
    clock.at += rules.STALE + SECOND
    assert "The kiosk computer does not answer." in ana.get(page).text


def test_a_kiosk_without_a_computer_or_a_printer_is_told(ana: FlaskClient, pair: Pair) -> None:
    page = "/console/screens/front/try"
    assert "No kiosk computer is paired here." in ana.get(page).text
    pair().health(SCANNER)
    assert "This kiosk has no printer." in ana.get(page).text
