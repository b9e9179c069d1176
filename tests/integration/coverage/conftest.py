"""A clinic that asks for insurance, with a clearing house and an insurer that listen on real ports."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from kiosk.appointments import records as appointments
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import check_in
from kiosk.config import Config, Coverage
from kiosk.coverage import records
from kiosk.coverage.asking import Asking
from kiosk.coverage.clearing_house import HttpClearingHouse, open_clearing_house
from kiosk.coverage.records import Cover
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.coverage.simulated import SimulatedClearingHouse
from kiosk.database import Database
from kiosk.queueing.tickets import Ticket
from kiosk.tasks import records as tasks
from tests.cast import NINE
from tests.integration.coverage.insurer import Insurer

BORN = date(1980, 2, 3)
ANA = Person("Sample", "Ana", "", "", BORN)
FILED = Card(payer="Acme Health", member_id="W12345671", source=Source.IMPORTED)
JPEG = b"\xff\xd8\xff\xe0" + b"a photograph" + b"\xff\xd9"


def settings(url: str = "", **more: Any) -> Coverage:
    """The `[coverage]` of a clinic with two payers."""
    return Coverage(
        ask=True,
        clearing_house=url,
        sender="CLINIC",
        receiver="HOUSE",
        provider_name="Riverside Clinic",
        provider_npi="1234567893",
        payers={"Acme Health": "ACME1", "Example Mutual": "EXMUT"},
        **more,
    )


def card(last_digit: str = "1", **changes: Any) -> Card:
    """A typed card; the last digit decides what the simulated clearing house says."""
    return Card(
        **{"payer": "Acme Health", "member_id": f"W1234567{last_digit}", "source": Source.TYPED} | changes
    )


@dataclass
class Desk:
    """The clinic's records and clock, and the thread's work done by hand."""

    database: Database
    settings: Coverage
    asking: Asking
    at: datetime = NINE
    tickets: list[Ticket] = field(default_factory=list)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)

    def arrive(self, person: Person | None = ANA, filed: Card | None = None) -> Ticket:
        """Somebody checks in, with an appointment when something is on file."""
        with self.database.begin(at=self.at) as tx:
            booked = None
            if filed is not None:
                booked = appointments.add(
                    tx, slot=self.at, services=("laboratory",), family_name="Sample", given_name="Ana",
                    birth_date=BORN, coverage=filed,
                )  # fmt: skip
            ticket = check_in(
                tx, station=None, services=["laboratory"], language="en", command=uuid.uuid4().hex, by="test",
                appointment=booked, person=person,
            )  # fmt: skip
        self.tickets.append(ticket)
        return ticket

    def show(
        self,
        ticket: Ticket,
        shown: Card | None,
        finding: Finding = Finding.NEW,
        photos: dict[str, bytes] | None = None,
    ) -> str:
        """The patient shows a card at the kiosk."""
        with self.database.begin(at=self.at) as tx:
            return records.take(
                tx, self.settings, visit=ticket.visit, card=shown, finding=finding, station="front",
                by="station:front", photos=photos,
            )  # fmt: skip

    def cover(self, ticket: Ticket) -> Cover:
        """What is known of the ticket's insurance."""
        with self.database.snapshot(at=self.at) as reading:
            found = records.of_visit(reading, ticket.visit)
        assert found is not None
        return found

    def tasks(self, ticket: Ticket) -> list[str]:
        """What needs a person, of that ticket."""
        with self.database.snapshot(at=self.at) as reading:
            return sorted(task.kind for task in tasks.open_tasks(reading) if task.ticket == ticket.id)

    def do(self, change: Callable[..., Any], ticket: Ticket, *before: Any, **more: Any) -> Any:
        """Change the ticket's cover by one of the records' functions."""
        with self.database.begin(at=self.at) as tx:
            found = records.of_visit(tx, ticket.visit)
            return change(tx, *before, found, by="ana", **more)

    def ask(self) -> int:
        """Ask all that is due; return how many questions that were."""
        asked = 0
        while self.asking.ask_next():
            asked += 1
        return asked


@pytest.fixture
def house() -> Iterator[SimulatedClearingHouse]:
    """A clearing house of our own."""
    with SimulatedClearingHouse() as listening:
        yield listening


@pytest.fixture
def client(house: SimulatedClearingHouse) -> HttpClearingHouse:
    """The way to it."""
    return open_clearing_house(settings(house.url))


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insurer]:
    """An insurer's server."""
    with Insurer(tmp_path_factory.mktemp("insurer")) as server:
        yield server


@pytest.fixture
def insurer(serving: Insurer) -> Insurer:
    """The same, as if nobody had asked it yet."""
    serving.answers.clear()
    serving.asked.clear()
    serving.connections = 0
    return serving


@pytest.fixture
def desk(database: Database, house: SimulatedClearingHouse, client: HttpClearingHouse) -> Desk:
    """A clinic at nine."""
    made: Desk
    configured = settings(house.url)
    asking = Asking(database, configured, client, lambda: made.at)
    made = Desk(database, configured, asking)
    return made


@pytest.fixture
def insured(config: Config) -> Config:
    """The clinic's configuration with insurance, without a clearing house."""
    return msgspec.structs.replace(config, coverage=settings())
