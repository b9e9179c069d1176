"""Sockets: who hears what, who is cut off, and that nothing is told twice."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from kiosk.access import Principal, Role
from kiosk.clinic import Clinic
from kiosk.database import Transaction
from kiosk.live import Live
from kiosk.sockets import BURST, PER_SECOND, Socket
from kiosk.stations import records as stations
from tests.cast import NINE, Clock, minutes
from tests.integration.shell.conftest import Enter


@pytest.fixture
def live(here: Clinic) -> Iterator[Live]:
    """The publisher, not running: the test turns it."""
    yield here.live
    here.live.stop()


def connect(app: Flask, live: Live, as_role: Enter, role: Role) -> SocketIOTestClient:
    """A page of that role, with its socket open."""
    return SocketIOTestClient(app, live.socketio, flask_test_client=as_role(role))


def heard(socket: SocketIOTestClient) -> list[tuple[str, Any]]:
    """What the page was told since the last time."""
    return [
        (message["name"], message["args"][0] if message["args"] else None)
        for message in socket.get_received()
    ]


def issue(tx: Transaction) -> str:
    """Somebody takes a ticket and is called to room 1."""
    from kiosk.checkin import arrival

    ticket = arrival.check_in(
        tx, station="front", services=["laboratory"], language="en", command="c1", by="kiosk:front"
    )
    tx.room.open_desk("room-1", at=tx.at, by="ana")
    tx.room.call(ticket.id, "room-1", at=tx.at, by="ana")
    return ticket.id


def test_a_board_gets_its_picture_and_the_console_the_version(
    app: Flask, here: Clinic, live: Live, as_role: Enter
) -> None:
    board, console = connect(app, live, as_role, Role.BOARD), connect(app, live, as_role, Role.COORDINATOR)
    with here.database.begin(at=NINE) as tx:
        issue(tx)
        code = next(iter(tx.room)).code
    live._publish_once(0, beat=False)

    ((_, picture),) = heard(board)
    assert picture["version"] == live.version
    assert 'id="live"' in picture["html"]
    assert code in picture["html"]
    assert heard(console) == [("nudge", {"version": live.version, "html": None})]


def test_several_commits_are_told_as_one(app: Flask, here: Clinic, live: Live, as_role: Enter) -> None:
    console = connect(app, live, as_role, Role.COORDINATOR)
    for _ in range(5):
        with here.database.begin(at=NINE) as tx:
            tx.record("something", by="test")
    live._publish_once(0, beat=False)

    assert len(heard(console)) == 1


def test_only_the_touched_kiosk_is_nudged(app: Flask, here: Clinic, live: Live, as_role: Enter) -> None:
    front, phone = connect(app, live, as_role, Role.KIOSK), connect(app, live, as_role, Role.ANYONE)
    with here.database.begin(at=NINE) as tx:
        tx.touch("station:front")
    with here.database.begin(at=NINE) as tx:
        tx.touch("station:back")
    live._publish_once(live.version, beat=False)

    assert heard(front) == [("nudge", {"version": None, "html": None})]
    assert heard(phone) == []


def test_a_heartbeat_reaches_everybody_and_carries_what_another_process_committed(
    app: Flask, here: Clinic, live: Live, as_role: Enter
) -> None:
    phone = connect(app, live, as_role, Role.ANYONE)
    here.database.committed = lambda version, topics: None
    with here.database.begin(at=NINE) as tx:
        tx.record("elsewhere", by="test")
        expected = tx.snapshot.version + 1
    live._publish_once(0, beat=True)

    assert heard(phone) == [("heartbeat", {"version": expected})]


def test_a_board_tells_that_it_announced_a_call(app: Flask, here: Clinic, live: Live, as_role: Enter) -> None:
    with here.database.begin(at=NINE) as tx:
        ticket = issue(tx)
    board = connect(app, live, as_role, Role.BOARD)
    for _ in range(2):
        board.emit("announced", {"ticket": ticket, "called_at": NINE.isoformat()})

    with here.database.snapshot(at=NINE) as reading:
        assert reading.snapshot.tickets[ticket].announced_at == NINE
    assert board.is_connected()


def test_an_announcement_of_a_call_that_is_over_changes_nothing(
    app: Flask, here: Clinic, live: Live, as_role: Enter
) -> None:
    with here.database.begin(at=NINE) as tx:
        ticket = issue(tx)
    board = connect(app, live, as_role, Role.BOARD)
    board.emit("announced", {"ticket": ticket, "called_at": (NINE - minutes(1)).isoformat()})
    board.emit("announced", {"ticket": "gone", "called_at": NINE.isoformat()})

    with here.database.snapshot(at=NINE) as reading:
        assert reading.snapshot.tickets[ticket].announced_at is None
    assert board.is_connected()


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("announced", [{}]),
        ("announced", [{"ticket": 7, "called_at": NINE.isoformat()}]),
        ("announced", [{"ticket": "x", "called_at": "2026-11-23T14:00:00"}]),
        ("announced", [{"ticket": "x", "called_at": NINE.isoformat(), "desk": "room-1"}]),
        ("announced", ["x"]),
        ("announced", []),
        ("announced", [{"ticket": "x", "called_at": NINE.isoformat()}, "more"]),
        ("join", ["site"]),
        ("nudge", [{"version": 99}]),
    ],
)
def test_what_no_page_of_ours_says_ends_the_connection(
    app: Flask, live: Live, as_role: Enter, event: str, payload: list[Any]
) -> None:
    board = connect(app, live, as_role, Role.BOARD)
    board.emit(event, *payload)

    assert not board.is_connected()


def test_who_talks_too_much_is_cut_off() -> None:
    socket = Socket("s", (), at=0)

    assert all(socket.may_speak(0) for _ in range(BURST))
    assert not socket.may_speak(0)
    assert socket.may_speak(2 / PER_SECOND + 0.001)


def test_a_revoked_screen_is_told_and_cut_at_once(
    app: Flask, here: Clinic, live: Live, as_role: Enter
) -> None:
    board, kiosk = connect(app, live, as_role, Role.BOARD), connect(app, live, as_role, Role.KIOSK)
    (device,) = (who.id for socket in live.sockets() for who in socket.principals if who.role is Role.BOARD)
    with here.database.begin(at=NINE) as tx:
        stations.revoke(tx, device, "ana")
    live.cut(device)

    assert not board.is_connected()
    assert kiosk.is_connected()


def test_a_screen_revoked_by_another_process_is_cut_with_the_next_heartbeat(
    app: Flask, here: Clinic, live: Live, as_role: Enter
) -> None:
    board, console = connect(app, live, as_role, Role.BOARD), connect(app, live, as_role, Role.COORDINATOR)
    (device,) = (who.id for socket in live.sockets() for who in socket.principals if who.role is Role.BOARD)
    with here.database.begin(at=NINE) as tx:
        stations.revoke(tx, device, "ana")
    live._publish_once(0, beat=True)

    assert not board.is_connected()
    assert console.is_connected()


def test_a_screen_that_is_connected_counts_as_seen(
    app: Flask, here: Clinic, live: Live, as_role: Enter, clock: Clock
) -> None:
    connect(app, live, as_role, Role.BOARD)
    clock.at += minutes(5)
    for _ in range(3):
        live._publish_once(0, beat=True)

    with here.database.snapshot(at=clock()) as reading:
        (board,) = stations.devices(reading, clock())
    assert board.seen_at == clock()


def test_the_publisher_outlives_an_error_and_tells_it_later(here: Clinic, live: Live) -> None:
    told: list[int] = []

    def fail_once() -> dict[str, tuple[int, str]]:
        told.append(live.version)
        if len(told) == 1:
            raise RuntimeError
        return {}

    live.boards = fail_once
    live.start()
    with here.database.begin(at=NINE) as tx:
        tx.record("something", by="test")
    deadline = time.monotonic() + 10
    while len(told) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert len(told) >= 2


def test_rooms_are_given_by_the_server(app: Flask, live: Live, as_role: Enter) -> None:
    from kiosk.sockets import rooms_of

    assert rooms_of(Principal(Role.KIOSK, "front", "d1")) == ["station:front", "device:d1"]
    assert rooms_of(Principal(Role.BOARD, "lobby", "d2")) == ["board:lobby", "device:d2"]
    assert rooms_of(Principal(Role.SUPERVISOR, "ana", "s1")) == ["site"]
    assert rooms_of(Principal(Role.HOST, "front", "d3")) == rooms_of(Principal(Role.ANYONE)) == []
