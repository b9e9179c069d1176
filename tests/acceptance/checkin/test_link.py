"""From a link under the scanner to the ticket, in real Chromium, with an insurer's server on this machine."""

import socket
import threading
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.checkin import dialogue, fetching
from tests.acceptance.checkin.conftest import PLACE, Panel
from tests.acceptance.checkin.test_using import question
from tests.integration.coverage import phone
from tests.integration.coverage.insurer import HOST, Insurer

FAMILY, GIVEN = "Sample", "Anna"
BORN = date(1951, 6, 5)


@pytest.fixture(scope="module", params=["tall", "small"])
def panel(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Panel]:
    """Each panel in turn, in front of an empty waiting room."""
    made = Panel(request.param, tmp_path_factory.mktemp("panel"), chromium)
    made.expect(family_name=FAMILY, given_name=GIVEN, birth_date=BORN)
    yield made
    made.close()


@pytest.fixture
def insurer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Insurer]:
    """An insurer that the clinic trusts."""
    with Insurer(tmp_path) as server:
        monkeypatch.setattr(fetching, "trust", phone.trusting(server))
        yield server


def scan(panel: Panel, code: str) -> None:
    """Hold the phone under the scanner."""
    dialogue.scanned(panel.clinic, "front", uuid.uuid4().hex, code.encode())


def tap(page: Page, *names: str) -> None:
    """Touch these buttons, one page after the other."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).tap()


def test_from_a_link_to_the_ticket(panel: Panel, insurer: Insurer) -> None:
    released = Event()
    insurer.answers[phone.MANIFEST] = phone.once(released, phone.card(panel.clinic.now()))
    page = panel.show(PLACE["welcome"], "en")
    question(page, "Check in here")
    scan(panel, phone.link(insurer))
    question(page, "We are fetching your card…")
    released.set()
    question(page, "In which month were you born?")
    tap(page, "June")
    question(page, "On which day of the month?")
    tap(page, "5")
    question(page, "In which year were you born?")
    tap(page, *str(BORN.year), "Continue")
    expect(page.locator(".kiosk__name")).to_have_text("Anna S.")
    tap(page, "Yes, check me in")
    question(page, "Is this your insurance?")
    expect(page.locator(".kiosk__number")).to_have_text("W12 345 6789")
    tap(page, "Yes, this is right")
    question(page, "You are checked in")
    expect(page.locator(".kiosk__code")).to_be_visible()


def test_a_wrong_passcode_is_said_and_the_right_one_opens_the_card(panel: Panel, insurer: Insurer) -> None:
    insurer.answers[phone.MANIFEST] = phone.behind("4711", phone.card(panel.clinic.now()))
    page = panel.show(PLACE["insurance"], "en")
    scan(panel, phone.link(insurer, flag="P"))
    question(page, "What is the passcode of your card?")
    assert insurer.asked == []
    tap(page, *"1111", "Continue")
    wrong = page.get_by_role("alert").filter(has_text="That is not the passcode. Type it again.")
    expect(wrong).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_value("")
    tap(page, *"4711", "Continue")
    question(page, "Is this your insurance?")
    tap(page, "Yes, this is right")
    question(page, "You are checked in")


def test_after_too_many_wrong_passcodes_there_are_other_ways(panel: Panel, insurer: Insurer) -> None:
    insurer.answers[phone.MANIFEST] = phone.behind("4711", phone.card(panel.clinic.now()), tries=1)
    page = panel.show(PLACE["insurance"], "es")
    scan(panel, phone.link(insurer, flag="P"))
    question(page, "¿Cuál es el código de acceso?")
    tap(page, "1", "Continuar")
    question(page, "¿Cómo quiere mostrar su tarjeta?")
    expect(page.get_by_role("alert").filter(has_text="No pudimos obtener su tarjeta")).to_be_visible()


@pytest.mark.parametrize(
    "why", ["nobody answers", "the link is gone", "a host that the clinic does not trust"]
)
def test_a_link_that_gives_nothing_leads_politely_on(panel: Panel, insurer: Insurer, why: str) -> None:
    code = phone.link(insurer)
    if why == "nobody answers":
        code = phone.link(insurer, url=f"https://{HOST}:{closed_port()}/")
    elif why == "a host that the clinic does not trust":
        code = phone.link(insurer, url="https://elsewhere.example/")
    page = panel.show(PLACE["insurance"], "en")
    scan(panel, code)
    question(page, "How do you want to show your card?")
    expect(page.get_by_role("alert").filter(has_text="We could not get your card")).to_be_focused()
    tap(page, "Skip")
    question(page, "You are checked in")


def test_who_does_not_want_to_wait_goes_on_and_is_not_called_back(panel: Panel, insurer: Insurer) -> None:
    released = Event()
    insurer.answers[phone.MANIFEST] = phone.once(released, phone.card(panel.clinic.now()))
    page = panel.show(PLACE["insurance"], "en")
    scan(panel, phone.link(insurer))
    tap(page, "Do not wait: choose another way", "Type the member number", "7", "7")
    released.set()
    fetched()
    expect(page.get_by_role("textbox")).to_have_value("77")
    question(page, "What is your member number?")


def fetched() -> None:
    """Wait until nothing is fetched any more."""
    for thread in threading.enumerate():
        if thread.name == "health-link":
            thread.join(20)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
