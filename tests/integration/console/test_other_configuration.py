"""Somebody edits kiosk.toml in the middle of a day: whoever is here already is still looked after."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.appointments import records as appointments
from kiosk.config import Config
from kiosk.queueing.tickets import State
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests import cast
from tests.cast import NINE
from tests.integration.console.conftest import Floor, reopened

LESS: dict[str, Any] = {
    "services": cast.CLINIC["services"][:2],
    "desks": [{"id": "room-2", "name": "Room 2", "services": ["laboratory"]}],
    "priorities": [],
    "boards": [],
}
"""No consultation, no Rooms 1 and 3, no priority."""


@pytest.fixture
def reopen(config: Config, floor: Floor) -> Iterator[Callable[[], Floor]]:
    """Start the server again, with less in its kiosk.toml."""
    opened: list[Floor] = []

    def go() -> Floor:
        opened.append(reopened(floor, config, **LESS))
        return opened[-1]

    yield go
    for one in opened:
        one.here.database.close()


def test_the_console_shows_and_ends_visits_of_what_is_gone(floor: Floor, reopen: Callable[[], Floor]) -> None:
    urgent = floor.arrive("laboratory", priority="assistance")
    called, onward = floor.arrive("consultation"), floor.arrive("laboratory", "consultation")
    floor.open_desk("room-3")
    floor.act(floor.ana, "call", called, desk="room-3")

    now = reopen()
    page = now.ana.look()
    assert "15 min ahead" in page
    assert "Finished" in now.act(now.ana, "finish", called) + now.ana.look()
    now.act(now.ana, "call", urgent, desk="room-2")
    now.act(now.ana, "finish", urgent)
    now.act(now.ana, "call", onward, desk="room-2")
    now.act(now.ana, "finish", onward)
    now.act(now.ana, "transfer", onward, service="registration")

    assert [now.ticket(t).state for t in (called, urgent, onward)] == [State.SERVED] * 2 + [State.WAITING]


def test_tickets_are_printed_and_phones_answered(floor: Floor, reopen: Callable[[], Floor]) -> None:
    floor.open_desk("room-3")
    ticket = floor.arrive("consultation")
    floor.act(floor.ana, "call", ticket, desk="room-3")
    with floor.here.database.begin(at=NINE) as tx:
        token = stations.enrol(tx, Kind.HOST, "front", "test")

    now = reopen()
    host = now.app.test_client()
    job = host.get("/api/station/jobs/next", headers={"Authorization": f"Bearer {token}"})
    assert job.json["document"]["service"] == "consultation"  # type: ignore[index]
    waits = now.arrive("laboratory")
    for one in (ticket, waits):
        secret = now.here.database.vault.link_secret(one.visit)
        assert one.code in host.get(f"/t/{secret}").text


def test_an_appointment_for_what_is_gone_is_told_and_nothing_half_done(
    floor: Floor, reopen: Callable[[], Floor]
) -> None:
    with floor.here.database.begin(at=NINE) as tx:
        booked = appointments.add(
            tx, slot=NINE, services=["consultation"], family_name="Garcia", given_name="Maria",
            birth_date=None,
        )  # fmt: skip

    now = reopen()
    now.ana.look()
    said = now.ana.send("/tickets", appointment=booked.id)

    assert "no longer offered" in said
    with now.here.database.snapshot(at=NINE) as seen:
        assert appointments.find(seen, booked.id) == booked
