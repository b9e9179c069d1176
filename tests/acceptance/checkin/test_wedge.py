"""A scanner that types into the kiosk's page, at a station with `wedge = true`, in real Chromium."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.appointments import codes
from kiosk.checkin import records
from kiosk.checkin.rules.steps import Dialogue, Notice, Step
from tests.acceptance.checkin import conftest
from tests.acceptance.checkin.conftest import Panel, Place

# As a scanner does: one key after the other without a pause. Whatever is not held back would type.
TYPE = """(keys) => {
  const at = document.activeElement ?? document.body;
  return keys.map((key) => {
    const ctrlKey = key.startsWith("^");
    const pressed = { key: ctrlKey ? key.slice(1) : key, ctrlKey, bubbles: true, cancelable: true };
    return at.dispatchEvent(new KeyboardEvent("keydown", pressed));
  }).filter(Boolean).length;
}"""


@pytest.fixture(scope="module")
def wedge(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Panel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(conftest.PANELS, "wedge", {**conftest.PANELS["tall"], "wedge": True})
        made = Panel("wedge", tmp_path_factory.mktemp("wedge"), chromium)
    yield made
    made.close()


def scan(page: Page, text: str) -> int:
    """Type it like a scanner; how many keys the page got to see."""
    keys = {"\r": "Enter", "\n": "^j", "\x1d": "^]", "\x1e": "^6", "\x04": "^d"}
    return page.evaluate(TYPE, [keys.get(char, char) for char in text])


def state(panel: Panel) -> Dialogue:
    with panel.clinic.database.snapshot(at=panel.clinic.now()) as seen:
        return records.at_station(seen, "front").state


def test_a_letter_that_is_scanned_is_read(wedge: Panel):
    booked = wedge.expect(family_name="VANDERBERG", given_name="WILHELMINA", birth_date=date(1948, 9, 23))
    page = wedge.show(Place("scan", {"step": Step.SCAN}), "en")
    assert scan(page, codes.booking_code(wedge.config, booked) + "\r") == 0
    expect(page.locator("main[data-step=month]")).to_be_visible()
    assert state(wedge).notice is Notice.SCANNED


def test_a_licence_with_line_ends_inside_is_one_scan(wedge: Panel):
    page = wedge.show(Place("scan", {"step": Step.SCAN}), "en")
    lines = ["DAQD12345678", "DCSVANDERBERG", "DACWILHELMINA", "DBB09231948", "DBA01012099"]
    body = "DL" + "".join(f"{line}\n" for line in lines) + "\r"
    assert scan(page, f"@\n\x1e\rANSI 636014090001DL0031{len(body):04d}{body}\r") == 0
    expect(page.locator("main[data-step=consent]")).to_be_visible()


def test_a_passport_with_a_line_end_inside_is_one_scan(wedge: Panel):
    page = wedge.show(Place("scan", {"step": Step.SCAN}), "en")
    lines = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
    assert scan(page, "\r".join(lines) + "\r") == 0
    expect(page.locator("main[data-step=consent]")).to_be_visible()


def test_a_scan_types_into_no_field_and_what_means_nothing_is_unreadable(wedge: Panel):
    page = wedge.show(Place("name", {"step": Step.NAME}), "en")
    assert scan(page, "QWERTZ123456\r") == 0
    expect(page.locator("#problem")).to_be_visible()
    assert page.locator(".kiosk__input").input_value() == ""


def test_a_key_that_means_nothing_spoils_the_scan(wedge: Panel):
    page = wedge.show(Place("scan", {"step": Step.SCAN}), "en")
    page.evaluate(TYPE, [*"ABC", "F5", *"DEFGH", "Enter"])
    expect(page.locator("#problem")).to_be_visible()


@pytest.mark.parametrize("focused", [False, True])
def test_a_person_types_as_ever(wedge: Panel, focused: bool):
    page = wedge.show(Place("name", {"step": Step.NAME}), "en")
    field = page.locator(".kiosk__input")
    if focused:
        field.focus()
    for key in "SMITH":
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    expect(field).to_have_value("SMITH")
    page.keyboard.press("Backspace")
    expect(field).to_have_value("SMIT")


def test_a_station_without_it_takes_nothing_from_its_page(wedge: Panel, tmp_path: Path, chromium: Browser):
    plain = Panel("small", tmp_path, chromium)
    try:
        page = plain.show(Place("scan", {"step": Step.SCAN}), "en")
        assert scan(page, "B042ABCDEF\r") > 0
        assert not page.locator("script[src*=wedge]").count()
    finally:
        plain.server.shutdown()
        plain.server.server_close()
        plain.clinic.live.stop()
        plain.clinic.database.close()
