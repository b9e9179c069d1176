"""The canary: a whole visit of somebody whose name nobody else has, then a search of everything."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, Response, expect

from kiosk.appointments.rules import Person
from kiosk.coverage import records
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.coverage.simulated import SimulatedClearingHouse
from kiosk.demo.cards import licence
from kiosk.queueing.tickets import Ticket
from tests.acceptance.running import RunningClinic, until
from tests.acceptance.stage import Stage

BORN = date(1947, 8, 23)
FAMILY, GIVEN = "Quillfeather", "Zephyrine"
PAYER, MEMBER = "Plumtree Canary Health", "QX4471CANARY2"
PHOTO = b"\xff\xd8\xff\xe0" + b"photographed canary" + b"\xff\xd9"
PLUG_IN_A_HEADSET = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'F13' }))"
SECRETS = (
    FAMILY, GIVEN, "1947-08-23", "08231947", "19470823", "T99887766", PAYER, MEMBER, "photographed canary",
    "GOLD PLAN", "320.5",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic of our own, so that nothing else is in its files. It asks payers."""
    coverage = {"sender": "CLINIC", "receiver": "HOUSE", "provider_name": "Us", "provider_npi": "1234567893"}
    with SimulatedClearingHouse() as house:
        coverage |= {"clearing_house": house.url, "payers": {"PLUMTREE-CANARY HEALTH": "PLUM1"}}
        with RunningClinic(tmp_path_factory.mktemp("canary"), coverage=coverage) as clinic:
            yield clinic


def test_nothing_but_the_sealed_columns_knows_the_patient(running: RunningClinic, chromium: Browser) -> None:
    frames: list[str] = []
    addresses: list[str] = []
    running.expect(15, family_name=FAMILY, given_name=GIVEN, birth_date=BORN)
    with Stage(running, chromium) as stage:
        for page in (stage.kiosk, stage.board, stage.console):
            page.on(
                "websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(str(data)))
            )
            page.on("request", lambda request: addresses.append(request.url))
            page.reload()

        running.scan(licence(Person(FAMILY, GIVEN, "", "", BORN), "T99887766"))
        stage.kiosk.get_by_role("button", name="Yes, read it").click()
        expect(stage.kiosk.get_by_role("heading", level=1)).to_contain_text("month were you born")
        stage.kiosk.evaluate(PLUG_IN_A_HEADSET)
        with stage.kiosk.expect_response(says_the_name) as said:
            stage.birth_date(BORN)
        assert said.value.status == 200
        expect(stage.kiosk.locator("#live")).to_contain_text(GIVEN)
        assert FAMILY not in stage.kiosk.content()
        stage.confirm()
        code = stage.ticket()
        until(running.papers, what="No ticket was printed.")
        with running.database.begin(at=running.now) as tx:
            ticket = next(t for t in tx.room if t.code == code)
            tx.room.open_desk("room-1", at=tx.at, by="ana")
        stage.console.goto(f"{running.url}/console?ticket={ticket.id}")
        show_insurance(running, ticket)
        panel = stage.console.locator(".insurance")
        expect(panel).to_contain_text("Deductible still to pay: 320.50 USD.", timeout=20_000)
        expect(panel).to_contain_text(MEMBER)
        with running.database.begin(at=running.now) as tx:
            tx.room.call(ticket.id, "room-1", at=tx.at, by="ana")
            tx.room.start(ticket.id, at=tx.at, by="ana")
            tx.room.finish(ticket.id, at=tx.at, by="ana")
        stage.done()
        assert FAMILY not in stage.board.content()
        assert stage.kiosk.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
        browsers = json.dumps([context.storage_state() for context in stage.contexts])

    assert not leaks("socket frames", " ".join(frames))
    assert not leaks("addresses", " ".join(addresses))
    assert GIVEN not in " ".join(addresses) + running.log("server"), "It was said into a headset only."
    assert not leaks("browser storage", browsers)
    for path in running.folder.rglob("*"):
        if path.is_file():
            assert not leaks(str(path.relative_to(running.folder)), path.read_bytes().decode("latin-1"))


def says_the_name(response: Response) -> bool:
    """Tell whether this is the patient's first name, aloud."""
    return response.url.endswith("/speech") and GIVEN in (response.request.post_data or "")


def show_insurance(running: RunningClinic, ticket: Ticket) -> None:
    """What the kiosk does with a card."""
    with running.database.begin(at=datetime.now(UTC)) as tx:
        card = Card(payer=PAYER, member_id=MEMBER, source=Source.TYPED)
        records.take(
            tx, running.config.coverage, visit=ticket.visit, card=card, finding=Finding.CHANGED,
            station="front", by="station:front", photos={"front": PHOTO},
        )  # fmt: skip


def leaks(where: str, text: str) -> list[str]:
    """What of the patient stands in `text`."""
    folded = text.casefold()
    return [f"{where}: {secret}" for secret in SECRETS if secret.casefold() in folded]
