"""A busy clinic by itself, to train on: patients come to the kiosk with their cards, desks call, serve and finish.

Everything goes the way of people: the simulated scanner, the kiosk's pages, the console's commands. It keeps its
hands off a kiosk that somebody else uses, and off tickets that it did not call.
"""

import random
import threading
import time
from datetime import datetime, timedelta

from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment, Status
from kiosk.bench.devices import Devices, DevicesAway
from kiosk.checkin import records as dialogues
from kiosk.checkin.steps import Dialogue, Step
from kiosk.clinic import Clinic
from kiosk.database import Reading
from kiosk.demo.browser import Browser, Unwilling
from kiosk.demo.cards import licence
from kiosk.demo.clinic_day import STAFF
from kiosk.queueing.tickets import State, Ticket
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind

STEP_S = 1.0
THINKING_S = (1.5, 4.0)
"""How long a patient looks at a page of the kiosk."""
WALKING_S = (6.0, 20.0)
"""From the call to the desk."""
PAUSE_S = (4.0, 15.0)
"""Between two patients of a desk."""
SERVING = 0.5
"""A service lasts this part of what is expected of it: trainees see more."""
ARRIVAL_EVERY_S = (25.0, 70.0)
EARLY = timedelta(minutes=40)
WALK_IN = 0.3
ABSENT = 0.06


class AutoPlay:
    """Plays until `stop`. `speed` 2 is twice as fast."""

    def __init__(self, clinic: Clinic, station: str, speed: float = 1.0) -> None:
        self.clinic = clinic
        self.station = station
        self.speed = speed
        self.chance = random.Random()
        self.coordinator = Browser(clinic.config.public_url)
        self.screen = Browser(clinic.config.public_url)
        self.patient: Appointment | None = None
        self.walks_in = False
        self.due: dict[str, float] = {}
        self.called: set[str] = set()
        self.device = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._play, name="auto-play", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and give the kiosk's pairing back."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STEP_S * 3)
        if self.device:
            with self.clinic.database.begin(at=self.clinic.now()) as tx:
                stations.revoke(tx, self.device, "demo")

    def _play(self) -> None:
        self._enter()
        self._later("arrival", (1.0, 5.0))
        while not self._stopping.wait(STEP_S / max(1.0, self.speed)):
            try:
                self.step()
            except (Unwilling, DevicesAway) as problem:
                print(f"Auto-play waits: {problem}", flush=True)
                self._stopping.wait(5 * STEP_S)
                self._enter()

    def step(self) -> None:
        """Look at the clinic once, and do what is due at the kiosk and at each desk."""
        at = self.clinic.now()
        with self.clinic.database.snapshot(at=at) as reading:
            dialogue = dialogues.at_station(reading, self.station)
            expected = self._expected(reading, at)
            room = reading.snapshot
        self._at_the_kiosk(dialogue.state, dialogue.version, expected)
        for desk in sorted(room.open_desks):
            there = next((t for t in room.tickets.values() if t.desk == desk and t.state in (State.CALLED, State.SERVING)), None)
            waiting = any(t.service in self.clinic.config.room_rules().desks[desk].services for t in room.in_order())
            self._at_the_desk(desk, there, waiting)
