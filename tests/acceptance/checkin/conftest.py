"""The kiosk's pages in real Chromium, at the sizes of two panels, every state put there by the records."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from werkzeug.serving import make_server

from kiosk.app import create_app
from kiosk.appointments import records as book
from kiosk.checkin import records
from kiosk.checkin.arrival import check_in
from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.insurance import STEPS
from kiosk.checkin.rules.steps import Dialogue, Found, Notice, Step, Who
from kiosk.clinic import Clinic
from kiosk.coverage.rules import Card
from kiosk.coverage.rules import Source as CardSource
from kiosk.database.migrations import migrate
from kiosk.guards import DEVICE_COOKIE
from kiosk.identity.chunks import Chunks
from kiosk.identity.claims import Claim, Source
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests import cast

PANELS = {
    "tall": {"inches": 21.5, "pixels": [1080, 1920]},
    "small": {"inches": 10.1, "pixels": [1280, 800]},
}
WHO = Who(claim=Claim.typed("VANDERBERG", None))
LICENCE = Who(claim=Claim(source=Source.LICENCE, family_name="VANDERBERG", given_name="WILHELMINA"))
CODE = Who(code="0A1B2C3D4")
CARD = Card(
    payer="Meridian Mutual Health Insurance",
    member_id="MMH-4477120956",
    valid_until=date(2027, 12, 31),
    source=CardSource.SCANNED,
)
BORN = {"who": WHO, "month": 9, "day": 23}


@dataclass(frozen=True)
class Place:
    """A state of the dialogue that a patient can see, by name."""

    name: str
    values: dict[str, Any]


PLACES = [
    Place("welcome", {}),
    Place("welcome, helped", {"helped": True}),
    Place("scan", {"step": Step.SCAN}),
    Place("scan, unreadable", {"step": Step.SCAN, "notice": Notice.UNREADABLE}),
    Place("scan, touch", {"step": Step.SCAN, "notice": Notice.USE_TOUCH}),
    Place("scan, no licences", {"step": Step.SCAN, "notice": Notice.NO_LICENCES}),
    Place("consent", {"step": Step.CONSENT, "held": LICENCE}),
    Place("scan, part", {"step": Step.SCAN, "chunks": Chunks(("1", "2", ""))}),
    Place("code", {"step": Step.CODE}),
    Place("code, wrong", {"step": Step.CODE, "notice": Notice.CODE_WRONG, "typed": "ABC12"}),
    Place("name", {"step": Step.NAME}),
    Place("name, missing", {"step": Step.NAME, "notice": Notice.NAME_MISSING}),
    Place("month", {"step": Step.MONTH, "who": WHO}),
    Place("month, scanned", {"step": Step.MONTH, "who": WHO, "notice": Notice.SCANNED}),
    Place("day", {"step": Step.DAY, "who": WHO, "month": 12}),
    Place("year", {"step": Step.YEAR, **BORN}),
    Place("year, missing", {"step": Step.YEAR, "notice": Notice.YEAR_MISSING, **BORN}),
    Place("year, no such date", {"step": Step.YEAR, "notice": Notice.NO_SUCH_DATE, **BORN}),
    Place("check", {"step": Step.CHECK, "case": Case.DIFFERS, "year": 1948, **BORN}),
    Place("confirm", {"step": Step.CONFIRM, "year": 1948, **BORN}),
    Place("check, code", {"step": Step.CHECK, "case": Case.DIFFERS, "year": 1948, **BORN, "who": CODE}),
    Place("insurance", {"step": Step.INSURANCE, "on_file": CARD}),
    Place("insurance, none on file", {"step": Step.INSURANCE}),
    Place("card", {"step": Step.CARD}),
    Place("card, not one", {"step": Step.CARD, "notice": Notice.NOT_A_CARD}),
    Place("card, not fetched", {"step": Step.CARD, "notice": Notice.NOT_FETCHED}),
    Place("member", {"step": Step.MEMBER}),
    Place("member, wrong", {"step": Step.MEMBER, "notice": Notice.NUMBER_WRONG, "typed": "1"}),
    Place("card check", {"step": Step.CARD_CHECK, "card": CARD}),
    Place("pictures", {"step": Step.PICTURES}),
    Place("pictures, refused", {"step": Step.PICTURES, "notice": Notice.PICTURE_REFUSED}),
    Place("fetching", {"step": Step.FETCHING}),
    Place("passcode", {"step": Step.PASSCODE}),
    Place("passcode, wrong", {"step": Step.PASSCODE, "notice": Notice.PASSCODE_WRONG, "tries": 2}),
    Place("service", {"step": Step.SERVICE}),
    Place("ticket", {"step": Step.TICKET}),
    Place("ticket, again", {"step": Step.TICKET, "again": True, "helped": True}),
    Place("ticket, copy", {"step": Step.TICKET, "notice": Notice.COPY, "copies": 2}),
    Place("refused", {"step": Step.REFUSED, "code": "K47"}),
]

PLACE = {place.name: place for place in PLACES}


class Panel:
    """A kiosk with a panel of that kind, its server and its browser."""

    def __init__(self, kind: str, folder: Path, browser: Browser, **site: Any) -> None:
        panel = {"id": "front", "name": "Front door", "camera": True, **PANELS[kind]}
        self.config = cast.config(folder, stations=[panel], coverage={"ask": True}, **site)
        migrate(self.config)
        app = create_app(self.config)
        self.clinic: Clinic = app.extensions["clinic"]
        self.clinic.live.start()
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        with self.clinic.database.begin(at=self.clinic.now()) as tx:
            tx.room.open_desk("room-2", at=tx.at, by="ana")
            self.token = stations.enrol(tx, Kind.KIOSK, "front", "test")
            self.ticket = check_in(
                tx, station=None, services=["laboratory"], language="en", command="c1", by="test"
            )
        self.origin = f"http://127.0.0.1:{self.server.port}/"
        self.url = f"{self.origin}kiosk/front"
        self.mm = self.config.stations[0].mm
        self.browser = browser
        self.page = self.open().new_page()

    def open(self, **options: Any) -> BrowserContext:
        """A browser with this panel that is paired."""
        width, height = self.config.stations[0].pixels
        size = ViewportSize(width=width, height=height)
        context = self.browser.new_context(viewport=size, has_touch=True, **options)
        context.add_cookies([{"name": DEVICE_COOKIE, "value": self.token, "url": self.origin}])
        return context

    def put(self, place: Place, language: str) -> int:
        """Bring the dialogue there; return the version of its page."""
        values = dict(place.values, language=language)
        if values.get("step") in STEPS | {Step.TICKET}:
            values["ticket"] = self.ticket.id
        if values.get("step") is Step.CONFIRM:
            slot = self.clinic.now() + timedelta(minutes=20)
            values["found"] = Found("REF", "Wilhelmina", "V", slot)
        with self.clinic.database.begin(at=self.clinic.now()) as tx:
            saved = records.save(tx, "front", records.at_station(tx, "front"), Dialogue(**values))
            tx.touch("station:front")
        return saved.version

    def show(self, place: Place, language: str, page: Page | None = None) -> Page:
        """Bring the dialogue there and show it."""
        self.put(place, language)
        page = page or self.page
        page.goto(self.url)
        return page

    def turn(self, place: Place, language: str, page: Page | None = None) -> Page:
        """Bring the dialogue there while the page is open: it follows by itself, or by its own reload."""
        page = page or self.page
        if page.url != self.url:
            page.goto(self.url)
        version = self.put(place, language)
        shown = "(version) => document.getElementById('live')?.dataset.record === String(version)"
        page.wait_for_function(shown, arg=version)
        return page

    def expect(self, **person: Any) -> book.Appointment:
        """Book an appointment in twenty minutes."""
        at = self.clinic.now()
        with self.clinic.database.begin(at=at) as tx:
            return book.add(tx, slot=at + timedelta(minutes=20), services=["laboratory"], **person)

    def close(self) -> None:
        """Stop the server and the browser's windows."""
        for context in self.browser.contexts:
            context.close()
        self.clinic.live.stop()
        self.server.shutdown()
        self.server.server_close()
        self.clinic.database.close()


@pytest.fixture(scope="module", params=list(PANELS))
def panel(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Panel]:
    """Each panel in turn."""
    made = Panel(request.param, tmp_path_factory.mktemp("panel"), chromium)
    yield made
    made.close()
