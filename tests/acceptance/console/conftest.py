"""The console in real Chromium, on a real server, with patients put straight into the records."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.appointments.rules import Person
from kiosk.checkin.records import add_visit
from kiosk.database import Transaction
from kiosk.queueing.tickets import State, Ticket
from tests.acceptance.running import PASSWORD, RunningClinic, until

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

READY = "[data-sound]:not([hidden])"
"""The page's modules have run."""

DESKS = ("room-1", "room-2", "room-3")
NAMES = ("Ortiz", "Nguyen", "Johansson", "Abdullahi", "Kowalski", "Rivera-Montgomery", "Haddad", "Okafor")


class Desk:
    """One coordinator's browser. What its page complains of is in `complaints`."""

    def __init__(
        self, running: RunningClinic, browser: Browser, username: str, width: int, height: int
    ) -> None:
        self.running = running
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{running.url}/sign-in?next=/console")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{running.url}/console")

    def work_for(self, desk: str) -> None:
        """Choose a desk and wait until the page is live."""
        self.page.goto(f"{self.running.url}/console?desk={desk}")
        self.page.wait_for_selector(READY)
        expect(self.page.locator("html")).to_have_attribute("data-connection", "live")

    def slow_down(self, ms: int) -> None:
        """From now on the page hears every answer of the server so much later."""
        self.page.evaluate(
            """ms => { const usual = window.fetch; window.fetch = async (...request) => {
            const answer = await usual(...request);
            return new Promise(resolve => setTimeout(resolve, ms, answer)); }; }""",
            ms,
        )

    def press(self, key: str, told: str | None = None) -> None:
        """Press a key; wait until the page tells what came of it."""
        self.page.keyboard.press(key)
        if told is not None:
            expect(self.page.locator("[data-told]")).to_contain_text(told)


class Room:
    """Who waits: changed straight in the records, as if by kiosks and colleagues."""

    def __init__(self, running: RunningClinic) -> None:
        self.running = running

    def clear(self) -> None:
        """Nobody is here, every desk is open."""
        with self._begin() as tx:
            for ticket in list(tx.room):
                if ticket.state not in (State.SERVED, State.CANCELLED):
                    tx.room.cancel(ticket.id, at=tx.at, by="ben")
            for desk in DESKS:
                tx.room.open_desk(desk, at=tx.at, by="ben")

    def arrive(self, number: int = 1, service: str = "laboratory", name: str | None = None) -> list[Ticket]:
        """So many patients arrive, a minute apart, the last one just now."""
        return [
            self._issue(service, name or NAMES[index % len(NAMES)], number - index) for index in range(number)
        ]

    def state(self, ticket: Ticket) -> Ticket:
        """How the ticket stands."""
        with self.running.database.snapshot(at=datetime.now(UTC)) as seen:
            return seen.snapshot.tickets[ticket.id]

    def becomes(self, ticket: Ticket, state: State) -> None:
        """Wait until the ticket stands so."""
        until(lambda: self.state(ticket).state is state, what=f"{ticket.code} never became {state}.")

    def do(self, change: Callable[[Transaction], object]) -> None:
        """Change anything."""
        with self._begin() as tx:
            change(tx)

    def _issue(self, service: str, family_name: str, minutes_ago: int) -> Ticket:
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        with self.running.database.begin(at=at) as tx:
            visit = add_visit(tx, station="front", appointment=None, person=Person(family_name, "Maria"))
            return tx.room.issue(
                ticket_id=uuid.uuid4().hex, visit=visit, services=[service], at=at, by="station:front"
            )

    def _begin(self) -> AbstractContextManager[Transaction]:
        return self.running.database.begin(at=datetime.now(UTC))


@pytest.fixture
def room(running: RunningClinic) -> Room:
    """An empty waiting room, every desk open."""
    made = Room(running)
    made.clear()
    return made


Opens = Callable[..., Desk]


@pytest.fixture
def sit_down(running: RunningClinic, chromium: Browser) -> Iterator[Opens]:
    """Opens a coordinator's browser; in the end, no page may have complained."""
    desks: list[Desk] = []

    def opened(username: str = "ana", width: int = 1440, height: int = 900) -> Desk:
        desks.append(Desk(running, chromium, username, width, height))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.context.close()
        assert desk.complaints == []
