"""The canary: a whole visit of somebody whose name nobody else has, then a search of everything."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from kiosk.appointments.rules import Person
from kiosk.demo.cards import licence
from tests.acceptance.running import RunningClinic, until
from tests.acceptance.stage import Stage

BORN = date(1947, 8, 23)
FAMILY, GIVEN = "Quillfeather", "Zephyrine"
SECRETS = (FAMILY, GIVEN, "1947-08-23", "08231947", "19470823", "T99887766")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic of our own, so that nothing else is in its files."""
    with RunningClinic(tmp_path_factory.mktemp("canary")) as clinic:
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
        stage.birth_date(BORN)
        expect(stage.kiosk.locator("#live")).to_contain_text(GIVEN)
        assert FAMILY not in stage.kiosk.content()
        stage.confirm()
        code = stage.ticket()
        until(running.papers, what="No ticket was printed.")
        with running.database.begin(at=running.now) as tx:
            ticket = next(t for t in tx.room if t.code == code)
            tx.room.open_desk("room-1", at=tx.at, by="ana")
        stage.console.goto(f"{running.url}/console")
        stage.console.evaluate("0")
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
    assert not leaks("browser storage", browsers)
    for path in running.folder.rglob("*"):
        if path.is_file():
            assert not leaks(str(path.relative_to(running.folder)), path.read_bytes().decode("latin-1"))


def leaks(where: str, text: str) -> list[str]:
    """What of the patient stands in `text`."""
    folded = text.casefold()
    return [f"{where}: {secret}" for secret in SECRETS if secret.casefold() in folded]
