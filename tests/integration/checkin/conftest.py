"""A kiosk as a patient uses it: the page that is shown, its buttons, and the scanner beside it."""

import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from kiosk.app import create_app
from kiosk.appointments import codes, records
from kiosk.appointments.records import Appointment
from kiosk.checkin import dialogue
from kiosk.checkin.records import at_station
from kiosk.checkin.rules.steps import Dialogue, Step
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database.migrations import migrate
from kiosk.guards import DEVICE_COOKIE
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from kiosk.tasks import records as tasks
from tests.cast import NINE, minutes
from tests.unit.identity import cards

BORN = date(1948, 9, 23)


class Kiosk:
    """The station `front`, its clock standing at nine unless moved."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.at: datetime = NINE
        migrate(config)
        self.start()
        with self.clinic.database.begin(at=self.at) as tx:
            self.token = stations.enrol(tx, Kind.KIOSK, "front", "test")
        self.open()

    def start(self) -> None:
        """Start the server."""
        self.app: Flask = create_app(self.config, now=lambda: self.at)
        self.clinic: Clinic = self.app.extensions["clinic"]
        self.client = self.app.test_client()

    def restart(self) -> None:
        """Stop the server and start another one on the same records."""
        self.clinic.database.close()
        self.start()
        self.open()

    def open(self) -> None:
        """Open the screen's browser."""
        self.client.set_cookie(DEVICE_COOKIE, self.token)
        self.look()

    def look(self) -> str:
        """Show the page."""
        answer = self.client.get("/kiosk/front")
        assert answer.status_code == 200, answer.status
        self.page = answer.text
        return self.page

    def press(self, *answers: str, text: str = "") -> Step:
        """Press these buttons, one page after the other; say where that leads."""
        for pressed in answers:
            self.send(self.form(pressed, text))
        return self.state.step

    def form(self, pressed: str, text: str = "") -> dict[str, str]:
        """The form that this button of the present page sends."""
        hidden = dict(
            re.findall(r'<input type="hidden" name="(csrf_token|version)" value="([^"]*)"', self.page)
        )
        return {**hidden, "answer": pressed, "text": text}

    def send(self, form: dict[str, str]) -> None:
        """Send the form and follow to the page that is shown then."""
        answer = self.client.post("/kiosk/front/answer", data=form, follow_redirects=True)
        assert answer.status_code == 200, answer.status
        self.page = answer.text

    def born(self, day: date = BORN) -> Step:
        """Answer the three questions for the birth date."""
        self.press(f"month:{day.month}", f"day:{day.day}")
        return self.press("text", text=str(day.year))

    def named(self, name: str, day: date = BORN) -> Step:
        """Type a name and a birth date."""
        self.press("appointment", "type")
        self.press("text", text=name)
        return self.born(day)

    def scan(self, data: str | bytes, scan_id: str = "") -> Step:
        """Hold something under the scanner."""
        payload = data.encode("latin-1") if isinstance(data, str) else data
        dialogue.scanned(self.clinic, "front", scan_id or uuid.uuid4().hex, payload)
        self.look()
        return self.state.step

    def scan_licence(self, **holder: Any) -> Step:
        """Hold a licence under the scanner, and agree that it is read."""
        assert self.scan(self.licence(**holder)) is Step.CONSENT
        return self.press("yes")

    def expect(self, family: str = "López", given: str = "María José", **others: object) -> Appointment:
        """Book an appointment for somebody synthetic, in half an hour."""
        values = {
            "slot": self.at + minutes(30),
            "services": ("laboratory", "consultation"),
            "birth_date": BORN,
            **others,
        }
        with self.clinic.database.begin(at=self.at) as tx:
            return records.add(tx, family_name=family, given_name=given, **values)  # type: ignore[arg-type]

    def letter(self, appointment: Appointment) -> str:
        """The code on the appointment's letter."""
        return codes.booking_code(self.clinic.config, appointment)

    def licence(self, family: str = "LOPEZ", given: str = "MARIA JOSE", born: date = BORN) -> str:
        """What is on a driver licence."""
        return cards.text(cards.Card(holder=cards.Holder(family=family, given=given, middle="", born=born)))

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    @property
    def state(self) -> Dialogue:
        """Where the dialogue stands."""
        with self.clinic.database.snapshot(at=self.at) as seen:
            return dialogue.present(self.clinic, at_station(seen, "front"), self.at)

    @property
    def codes(self) -> list[str]:
        """The codes of all tickets."""
        with self.clinic.database.snapshot(at=self.at) as seen:
            return sorted(ticket.code for ticket in seen.snapshot.tickets.values())

    @property
    def tasks(self) -> list[tuple[str, str]]:
        """The open tasks: kind and subject."""
        with self.clinic.database.snapshot(at=self.at) as seen:
            return [(task.kind, task.subject) for task in tasks.open_tasks(seen)]


@pytest.fixture
def kiosk(config: Config) -> Iterator[Kiosk]:
    """The kiosk, its page open, nobody there."""
    made = Kiosk(config)
    yield made
    made.clinic.database.close()
