"""What the kiosk's camera sees, on the kiosk's page: a device host, its simulated camera, and Chromium."""

import io
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, expect

from drivers.config import parse
from drivers.host import Host
from drivers.simulated.camera import VirtualCamera
from kiosk.appointments.codes import booking_code
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests.acceptance.checkin.conftest import PLACE, Panel

DARK, BRIGHT = (40, 40, 40), (220, 220, 220)


class Box:
    """The computer of the front door: its device host and its camera."""

    def __init__(self, panel: Panel, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        with panel.clinic.database.begin(at=panel.clinic.now()) as tx:
            (folder / "host.token").write_text(stations.enrol(tx, Kind.HOST, "front", "test"))
        self.camera = VirtualCamera(folder / "camera").plug()
        self.table = {
            "server": panel.origin,
            "token_file": str(folder / "host.token"),
            "preview_port": self.port,
            "scanners": [{"name": "camera", "kind": "camera", "device": self.camera.device, "fps": 30}],
        }
        self.host = self.start()

    def start(self) -> Host:
        """Switch it on."""
        host = Host(parse(self.table, {}))
        host.start()
        return host


@pytest.fixture
def panel(chromium: Browser, tmp_path: Path) -> Iterator[Panel]:
    """A small kiosk."""
    made = Panel("small", tmp_path, chromium)
    yield made
    made.close()


@pytest.fixture
def box(panel: Panel, tmp_path: Path) -> Iterator[Box]:
    """The front door's computer, with a camera that works."""
    made = Box(panel, tmp_path)
    yield made
    made.host.stop()


def scene(left: tuple[int, int, int], right: tuple[int, int, int]) -> Image.Image:
    """Something that fills the camera's picture."""
    seen = Image.new("RGB", (1280, 720), left)
    ImageDraw.Draw(seen).rectangle((640, 0, 1280, 720), fill=right)
    return seen


def shades(page: Page) -> list[str]:
    """What the mirror shows inside the frame, from left to right. No script of the page could tell."""
    shown = Image.open(io.BytesIO(page.locator(".kiosk__mirror").screenshot())).convert("L")
    spots = [shown.getpixel((shown.width * twentieths // 20, shown.height // 2)) for twentieths in (8, 12)]
    return ["dark" if isinstance(spot, int) and spot < 100 else "bright" for spot in spots]


def to_the_mirror(panel: Panel, place: str = "scan") -> Page:
    """Bring the dialogue there, and wait for the first picture."""
    page = panel.turn(PLACE[place], "en")
    expect(page.locator(".kiosk__mirror canvas")).to_be_visible(timeout=20_000)
    return page


def test_a_patient_sees_what_they_hold_as_in_a_mirror_until_it_is_read(panel: Panel, box: Box) -> None:
    box.camera.show(scene(DARK, BRIGHT))
    page = to_the_mirror(panel)
    expect(
        page.get_by_text("Hold your letter, phone or driver licence in front of the camera")
    ).to_be_visible()
    expect(page.get_by_text("No picture is kept.")).to_be_visible()
    assert shades(page) == ["bright", "dark"]
    appointment = panel.expect(family_name="Haddad", given_name="Omar", birth_date=date(1984, 11, 30))
    box.camera.write(booking_code(panel.config, appointment).encode())
    expect(page.locator("#question")).to_have_text("In which month were you born?")


def test_the_camera_is_looked_at_while_a_scan_is_asked_for_and_not_a_moment_longer(
    panel: Panel, box: Box
) -> None:
    page = to_the_mirror(panel)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if ".jpg" in request.url else None)
    with page.expect_request("**/*.jpg"):
        pass
    panel.turn(PLACE["name"], "en")
    asked.clear()
    page.wait_for_timeout(600)
    assert asked == []
    to_the_mirror(panel, "card")
    assert {urlsplit(url).netloc for url in asked} == {f"127.0.0.1:{box.port}"}


def test_an_address_of_an_earlier_question_shows_nothing(panel: Panel, box: Box) -> None:
    page = to_the_mirror(panel)
    earlier = page.locator("[data-mirror]").get_attribute("data-mirror")
    assert earlier is not None
    assert urllib3.request("GET", f"{earlier}/1.jpg").status == 200
    panel.turn(PLACE["name"], "en")
    assert earlier not in page.content()
    later = to_the_mirror(panel).locator("[data-mirror]").get_attribute("data-mirror")
    assert later != earlier
    assert urllib3.request("GET", f"{earlier}/2.jpg").status == 403


def test_a_camera_that_comes_back_is_shown_again_in_a_page_that_stood_there(panel: Panel, box: Box) -> None:
    page = to_the_mirror(panel)
    box.camera.unplug()
    expect(page.get_by_text("under the scanner")).to_have_count(0)
    expect(page.locator(".kiosk__mirror")).to_have_count(0, timeout=20_000)
    box.camera.plug()
    to_the_mirror(panel)
    box.host.stop()
    box.host = box.start()
    expect(page.locator(".kiosk__mirror canvas")).to_be_visible(timeout=20_000)


def test_a_page_that_was_there_before_the_camera_gets_the_policy_that_it_needs(
    panel: Panel, tmp_path: Path
) -> None:
    page = panel.turn(PLACE["scan"], "en")
    expect(page.get_by_text("under the scanner")).to_be_visible()
    expect(page.locator(".kiosk__mirror")).to_have_count(0)
    box = Box(panel, tmp_path)
    try:
        expect(page.locator(".kiosk__mirror canvas")).to_be_visible(timeout=20_000)
        assert page.evaluate("document.querySelector('.kiosk__mirror canvas').width") > 0
        with pytest.raises(Error, match="Tainted"):
            page.evaluate("document.querySelector('.kiosk__mirror canvas').toDataURL()")
    finally:
        box.host.stop()
