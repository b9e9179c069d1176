"""The auto-play's patients: they come to the kiosk, hold their card or touch the screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.appointments import codes
from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment, Status
from kiosk.bench.devices import Devices
from kiosk.checkin import records as dialogues
from kiosk.checkin.rules.steps import Dialogue, Step
from kiosk.clinic import utc_now
from kiosk.config import Config
from kiosk.database import Database
from kiosk.demo.auto_play.browser import Browser
from kiosk.demo.auto_play.pace import Pace
from kiosk.demo.cards import licence
from kiosk.demo.people import LANGUAGES

ARRIVAL_S = (25.0, 70.0)
THINKING_S = (1.5, 4.0)
PATIENCE = timedelta(seconds=60)
"""Then somebody else seems to be at the kiosk."""
EARLY, LATE = timedelta(minutes=40), timedelta(minutes=8)
WALK_IN, WITH_LETTER, OTHER_LANGUAGE = 0.25, 0.4, 0.3


@dataclass(frozen=True, slots=True)
class _Patient:
    """Who stands at the kiosk. Without `birth_date` they have no appointment."""

    language: str
    birth_date: date | None = None
    scans: bytes = b""
    service: str = ""


class AutoPatients:
    """One kiosk's patients."""

    def __init__(
        self,
        config: Config,
        database: Database,
        station: str,
        screen: Browser,
        devices: Devices,
        pace: Pace,
    ) -> None:
        self.config = config
        self.database = database
        self.station = station
        self.screen = screen
        self.devices = devices
        self.pace = pace
        self.chance = pace.chance
        self.patient: _Patient | None = None
        self.scanned = False
        self.gives_up_at = utc_now()

    def step(self) -> None:
        """Let the patient at the kiosk do the next thing, or let one come when nobody is there."""
        at = utc_now()
        with self.database.snapshot(at=at) as reading:
            record = dialogues.at_station(reading, self.station)
            expected = [one for one in appointments.today(reading, at) if _comes(one, at)]
        state = record.state
        if self.patient is None:
            if state.pristine and self.pace.over("arrival", ARRIVAL_S):
                self.patient, self.scanned = self._somebody(expected), False
                self.gives_up_at = at + PATIENCE
            return
        if at > self.gives_up_at:
            self.patient = None
            return
        if not self.pace.over("thinking", THINKING_S):
            return
        if state.step is Step.WELCOME and self.patient.scans and state.language == self.patient.language:
            if not self.scanned:
                self.devices.scan(self.patient.scans)
                self.scanned = True
            return
        answer = self._answer(state)
        if state.step in (Step.TICKET, Step.REFUSED):
            self.patient = None
        fields = {"version": str(record.version), **answer}
        self.screen.send(f"/kiosk/{self.station}/answer", fields)

    def _answer(self, state: Dialogue) -> Mapping[str, str]:
        patient = self.patient
        assert patient is not None  # noqa: S101
        born = patient.birth_date or date(1980, 1, 1)
        match state.step:
            case Step.WELCOME if state.language != patient.language:
                return {"answer": f"language:{patient.language}"}
            case Step.WELCOME:
                return {"answer": "walk_in"}
            case Step.SERVICE:
                return {"answer": f"service:{patient.service}"}
            case Step.MONTH:
                return {"answer": f"month:{born.month}"}
            case Step.DAY:
                return {"answer": f"day:{born.day}"}
            case Step.YEAR:
                return {"answer": "text", "text": str(born.year)}
            case Step.CONSENT | Step.CHECK | Step.CONFIRM | Step.CARD_CHECK:
                return {"answer": "yes"}
            case Step.INSURANCE:
                return {"answer": "same" if state.on_file else "desk"}
            case Step.TICKET | Step.REFUSED:
                return {"answer": "done"}
            case _:
                return {"answer": "start_over"}

    def _somebody(self, expected: list[Appointment]) -> _Patient:
        languages = self.config.site.languages
        others = [language for language in LANGUAGES if language in languages]
        language = self.chance.choice(others) if self.chance.random() < OTHER_LANGUAGE else languages[0]
        if not expected or self.chance.random() < WALK_IN:
            services = [service.id for service in self.config.services if service.walk_in]
            return _Patient(language, service=self.chance.choice(services))
        one = self.chance.choice(expected[:5])
        if self.chance.random() < WITH_LETTER:
            scans = codes.booking_code(self.config, one).encode() + b"\r"
        else:
            scans = licence(one.person, "T00000000")
        return _Patient(language, one.birth_date, scans)


def _comes(one: Appointment, at: datetime) -> bool:
    return one.status is Status.BOOKED and at - LATE <= one.slot <= at + EARLY
