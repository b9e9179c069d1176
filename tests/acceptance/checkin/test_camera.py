"""Pictures of an insurance card, with Chromium's own camera that films a synthetic card."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from kiosk.coverage import records as coverage
from kiosk.database.schema import visit
from tests.acceptance.checkin.conftest import PLACE, Panel
from tests.browser import EXECUTABLE, FLAGS

CARD = 856 / 540
BORN = date(1961, 2, 1)


@pytest.fixture(scope="module")
def filming(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Browser]:
    """A browser whose camera sees a card that is red at its left and blue at its right."""
    frame = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(frame)
    draw.rectangle((0, 40, 320, 440), fill="red")
    draw.rectangle((320, 40, 640, 440), fill="blue")
    picture = io.BytesIO()
    frame.save(picture, "JPEG")
    film = tmp_path_factory.mktemp("camera") / "card.mjpeg"
    film.write_bytes(picture.getvalue())
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(
        executable_path=EXECUTABLE, args=[*FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"]
    )
    yield browser
    browser.close()


@pytest.fixture
def kiosk(filming: Browser, tmp_path: Path) -> Iterator[Panel]:
    """A small kiosk where somebody is expected."""
    panel = Panel("small", tmp_path, filming)
    panel.expect(family_name="Okafor", given_name="Ben", birth_date=BORN)
    yield panel
    panel.close()


def to_the_camera(page: Page, url: str) -> None:
    """Check in, and choose to show the card to the camera."""
    page.goto(url)
    for name in ("I have an appointment", "Type my name"):
        page.get_by_role("button", name=name).tap()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("okafor")
    page.keyboard.press("Enter")
    for name in ("February", "1"):
        page.get_by_role("button", name=name, exact=True).tap()
    expect(page.locator("#question")).to_have_text("In which year were you born?")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("1961")
    page.keyboard.press("Enter")
    for name in ("Yes, check me in", "Yes, I have it here", "Take a picture of the card"):
        page.get_by_role("button", name=name).tap()


def photos(panel: Panel) -> dict[str, Image.Image]:
    """The pictures that were kept."""
    with panel.clinic.database.snapshot(at=panel.clinic.now()) as seen:
        visits = seen.connection.execute(sa.select(visit.c.id).where(visit.c.appointment.is_not(None)))
        kept = coverage.of_visit(seen, visits.scalar_one())
        assert kept is not None
        sides = {side: coverage.photo(seen, kept.id, side) for side in kept.photos}
    return {side: Image.open(io.BytesIO(data)) for side, data in sides.items() if data}


def test_front_and_back_are_photographed_by_a_keypad(kiosk: Panel) -> None:
    page = kiosk.page
    to_the_camera(page, kiosk.url)
    take, use = (page.get_by_role("button", name=name) for name in ("Take the picture", "Use this picture"))
    expect(take).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Can you read everything on it?")).to_be_visible()
    page.get_by_role("button", name="Again").tap()
    expect(take).to_be_focused()
    page.keyboard.press("Enter")
    expect(use).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Now the back of your card.")).to_be_visible()
    expect(take).to_be_focused()
    page.keyboard.press("Enter")
    expect(use).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_have_text("You are checked in")
    assert page.locator("video, canvas, input[type=file]").count() == 0

    kept = photos(kiosk)
    assert set(kept) == {"front", "back"}
    width, height = kept["front"].size
    assert width / height == pytest.approx(CARD, rel=0.03)
    assert width <= 1600
    left, right = (kept["front"].getpixel((x, height // 2)) for x in (width // 4, width * 3 // 4))
    assert left[0] > 200 > 60 > left[2], "A document is not mirrored."
    assert right[2] > 200 > 60 > right[0]


def test_the_front_may_be_enough_and_the_camera_is_off_afterwards(kiosk: Panel) -> None:
    page = kiosk.page
    to_the_camera(page, kiosk.url)
    page.get_by_role("button", name="Take the picture").tap()
    page.evaluate("() => { window.film = document.querySelector('video').srcObject.getTracks()[0]; }")
    page.get_by_role("button", name="Use this picture").tap()
    page.get_by_role("button", name="The front is enough").tap()
    expect(page.locator("#question")).to_have_text("You are checked in")
    assert set(photos(kiosk)) == {"front"}
    assert page.evaluate("window.film.readyState") == "ended"


@pytest.mark.parametrize("panel", ["small"], indirect=True, scope="module")
def test_without_a_camera_the_page_says_so_and_leads_on(panel: Panel) -> None:
    page = panel.show(PLACE["pictures"], "en")
    expect(page.get_by_text("The camera does not work. Choose another way.")).to_be_visible()
    expect(page.get_by_role("button", name="Take the picture")).to_be_hidden()
    page.get_by_role("button", name="Choose another way").tap()
    expect(page.locator("#question")).to_have_text("How do you want to show your card?")
