"""A technician tries the kiosk's scanner and printer with a phone in hand; the page goes on by itself."""

import io
import json

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from kiosk.trying.rules import CONTROLS, LETTERS
from tests.acceptance.running import RunningClinic, until
from tests.acceptance.stage import Stage
from tests.acceptance.test_other_pages import assert_accessible

PATIENCE_MS = 30_000
PHONE = {"width": 390, "height": 844}


def shown(page: Page) -> bytes:
    """What a scanner reads from the page's code."""
    with Image.open(io.BytesIO(page.locator(".trying__code").screenshot())) as picture:
        (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    return bytes(code.bytes)


def test_scanner_and_printer_are_tried_from_a_phone(running: RunningClinic, stage: Stage) -> None:
    kept = stage.console.context.storage_state()
    context = stage.browser.new_context(viewport=PHONE, storage_state=kept, bypass_csp=True)
    stage.contexts.append(context)
    page = context.new_page()
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.goto(running.url + "/console/screens")
    page.get_by_role("link", name="Try it").click()
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    kiosk = stage.kiosk.locator("h1").inner_text()

    letters, controls, printer = (page.locator("section").nth(number) for number in range(3))
    for section, payload in ((letters, LETTERS), (controls, CONTROLS)):
        section.get_by_role("button").click()
        expect(section).to_contain_text("Waiting for the scan.", timeout=PATIENCE_MS)
        read = shown(page)
        assert read == payload.encode()
        running.scan(read)
        expect(section).to_contain_text("It arrived exactly.", timeout=PATIENCE_MS)
    letters.get_by_role("button").click()
    expect(letters).to_contain_text("Waiting for the scan.", timeout=PATIENCE_MS)
    running.scan(b"%TRZ zyZY/&|@^aqwm<ok")
    expect(letters).to_contain_text("like a German keyboard", timeout=PATIENCE_MS)

    before = len(running.papers())
    printer.get_by_role("button", name="Print a test ticket").click()
    expect(printer).to_contain_text("The printer says that it is printed.", timeout=PATIENCE_MS)
    until(lambda: len(running.papers()) == before + 1)
    printer.get_by_text("No, something is wrong").click()
    expect(printer.get_by_text("It is not cut")).to_be_visible()
    assert_accessible(page)
    assert len(loads) == 2, loads
    assert stage.kiosk.locator("h1").inner_text() == kiosk
    page.goto(running.url + "/console/screens/settings-codes")
    assert_accessible(page)
    counted = json.loads((running.folder / "counters.json").read_text())
    assert counted["ticket printer"]["tickets"] == 1
