"""A screen tells that it drew a frame; its box asks how long ago that was."""

import pytest
from flask import Flask

from kiosk.access import Role
from kiosk.clinic import Clinic
from kiosk.live import ROUNDS_BEATS, Live
from tests.cast import Clock, minutes
from tests.integration.shell.conftest import Enter
from tests.integration.shell.test_live import connect


@pytest.fixture
def live(here: Clinic) -> Live:
    """The publisher, not running."""
    return here.live


ADDRESSES = {Role.KIOSK: "/api/painted/kiosk/front", Role.BOARD: "/api/painted/board/lobby"}


def rounds(live: Live) -> None:
    """So many heartbeats that the publisher makes its rounds."""
    for _ in range(ROUNDS_BEATS):
        live._publish_once(0, beat=True)


@pytest.mark.parametrize("role", ADDRESSES)
def test_a_box_learns_how_long_ago_its_screen_drew(
    app: Flask, live: Live, as_role: Enter, clock: Clock, role: Role
) -> None:
    anybody = app.test_client()
    screen = connect(app, live, as_role, role)
    assert anybody.get(ADDRESSES[role]).json == {"seconds": None}

    screen.emit("painted", {})
    rounds(live)
    assert anybody.get(ADDRESSES[role]).json == {"seconds": 0}

    clock.at += minutes(2)
    rounds(live)
    assert anybody.get(ADDRESSES[role]).json == {"seconds": 120}
    assert screen.is_connected()


def test_a_screen_that_is_connected_but_draws_nothing_has_not_drawn(
    app: Flask, live: Live, as_role: Enter
) -> None:
    connect(app, live, as_role, Role.KIOSK)
    rounds(live)
    assert app.test_client().get(ADDRESSES[Role.KIOSK]).json == {"seconds": None}


def test_of_a_screen_that_there_is_not_nothing_is_known(app: Flask) -> None:
    assert app.test_client().get("/api/painted/kiosk/attic").json == {"seconds": None}
    assert app.test_client().get("/api/painted/host/front").status_code == 404


def test_who_is_no_screen_draws_nothing(app: Flask, live: Live, as_role: Enter) -> None:
    console = connect(app, live, as_role, Role.COORDINATOR)
    console.emit("painted", {})
    assert not console.is_connected()
