"""A busy clinic by itself, to train on: patients come to the kiosk, desks call, serve, finish.

Everything goes the way of people: the simulated scanner, the kiosk's pages, the console's commands. It keeps
its hands off a kiosk that somebody uses, and off tickets that somebody else called.
"""

import threading

from kiosk.bench.devices import Devices, DevicesAway
from kiosk.clinic import utc_now
from kiosk.config import Config
from kiosk.database import Database
from kiosk.demo.auto_play.browser import Browser, Unwilling
from kiosk.demo.auto_play.desks import AutoDesks
from kiosk.demo.auto_play.pace import Pace
from kiosk.demo.auto_play.patients import AutoPatients
from kiosk.demo.clinic_day import STAFF
from kiosk.guards import DEVICE_COOKIE
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind

LOOK_EVERY_S = 1.0
TRY_AGAIN_S = 5.0
STILL_THERE_S = 10.0
"""A screen that nobody hears of for longer than 20 s is shown as down."""
BY = "auto-play"


class AutoPlay:
    """Plays until `stop`."""

    def __init__(self, config: Config, database: Database, speed: float = 1.0) -> None:
        assert config.demo is not None  # noqa: S101
        self.config = config
        self.database = database
        self.station = config.stations[0].id
        self.pace = Pace(speed)
        self.awake = Pace(1)
        self.devices = Devices(config.demo.bench)
        self._token = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._play, name="auto-play", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and give the kiosk's second pairing back."""
        self._stopping.set()
        self._thread.join(LOOK_EVERY_S * 2)
        at = utc_now()
        with self.database.begin(at=at) as tx:
            for device in stations.devices(tx, at):
                if device.paired_by == BY:
                    stations.revoke(tx, device.id, BY)

    def _play(self) -> None:
        while not self._stopping.is_set():
            try:
                self._day()
            except (Unwilling, DevicesAway) as problem:
                print(f"Auto-play pauses: {problem}", flush=True)
                self._stopping.wait(TRY_AGAIN_S)

    def _day(self) -> None:
        """Sign in, then look and act until stopped."""
        address = self.config.public_url
        coordinator, screen = Browser(address), Browser(address)
        username, _, _, password = STAFF[0]
        coordinator.look("/sign-in")
        coordinator.send("/sign-in", {"username": username, "password": password})
        coordinator.look("/console")
        screen.cookies[f"{DEVICE_COOKIE}-auto-play"] = self._pairing()
        screen.look(f"/kiosk/{self.station}")
        patients = AutoPatients(self.config, self.database, self.station, screen, self.devices, self.pace)
        desks = AutoDesks(self.config, self.database, coordinator, self.pace)
        while not self._stopping.wait(LOOK_EVERY_S / max(1.0, self.pace.speed)):
            patients.step()
            desks.step()
            if self.awake.over("look", (STILL_THERE_S, STILL_THERE_S)):
                screen.look(f"/kiosk/{self.station}")

    def _pairing(self) -> str:
        """A pairing of our own with the same kiosk: its patients' fingers."""
        if not self._token:
            with self.database.begin(at=utc_now()) as tx:
                self._token = stations.enrol(tx, Kind.KIOSK, self.station, BY)
        return self._token
