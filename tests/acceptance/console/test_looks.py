"""What axe, the ruler and a patient with a hostile name find on the page."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kiosk.tasks import records as tasks
from tests.acceptance.console.conftest import Opens, Room

TAGS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
DESK, PHONE = (1440, 900), (390, 844)


def complaints(page: Page) -> list[str]:
    """What axe finds, in short."""
    found = Axe().run(page, options=TAGS).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("waiting", [0, 5, 40])
def test_the_page_is_accessible(sit_down: Opens, room: Room, size: tuple[int, int], waiting: int) -> None:
    called, *_ = room.arrive(waiting + 1)
    with_trouble = waiting == 5
    if with_trouble:
        room.do(lambda tx: tasks.open(tx, "help_wanted", station="front"))
        room.do(lambda tx: tasks.open(tx, "print_unknown", station="front", ticket=called.id))
    ana = sit_down("ana", *size)
    ana.work_for("room-1")
    ana.press("Alt+N", called.code)
    ana.page.wait_for_timeout(300)

    assert complaints(ana.page) == []

    if waiting:
        ana.press("Alt+ArrowDown")
        expect(ana.page.locator(".subject[data-picked]")).to_be_visible()
        ana.press("Alt+G")
        assert complaints(ana.page) == []


def test_a_message_of_conflict_is_accessible(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")
    room.do(lambda tx: tx.room.hold(ticket.id, at=tx.at, by="ben"))

    ana.press("Alt+N")
    expect(ana.page.locator("[data-told]")).to_contain_text("Nobody is waiting for Room 1.")

    assert complaints(ana.page) == []


def test_forty_waiting_need_no_scrolling_to_act(sit_down: Opens, room: Room) -> None:
    called, *_ = room.arrive(41)
    ana = sit_down()
    ana.work_for("room-1")
    ana.press("Alt+N", called.code)

    expect(ana.page.locator("#group-waiting .line")).to_have_count(40)
    size = ana.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == list(DESK)
    for button in ana.page.locator(".next__button, .command, .desk__choose").all():
        box = button.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= DESK[0]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= DESK[1]
        assert min(box["width"], box["height"]) >= 24


def test_a_phone_shows_who_is_called_and_every_button_without_scrolling(sit_down: Opens, room: Room) -> None:
    called, *_ = room.arrive(41)
    ana = sit_down("ana", *PHONE)
    ana.work_for("room-1")
    ana.press("Alt+N", called.code)

    assert ana.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    for button in ana.page.locator(".next__button, .command").all():
        box = button.bounding_box()
        assert box
        assert box["y"] + box["height"] <= PHONE[1]
        assert min(box["width"], box["height"]) >= 44


def test_on_a_phone_a_tap_in_the_list_leads_to_the_buttons(sit_down: Opens, room: Room) -> None:
    *_, last = room.arrive(40)
    ana = sit_down("ana", *PHONE)
    ana.work_for("room-1")

    ana.page.locator(f"#line-{last.id} a").click()

    expect(ana.page.locator(".subject[data-picked]")).to_contain_text(last.code)
    expect(ana.page.locator(".subject[data-picked]")).to_be_in_viewport()


def test_a_hostile_name_is_only_a_name(sit_down: Opens, room: Room) -> None:
    name = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    (ticket,) = room.arrive(name=name)
    ana = sit_down()
    ana.work_for("room-1")

    ana.press("Alt+N", ticket.code)

    expect(ana.page.locator(".subject__name")).to_have_text(f"{name}, Maria")
    assert "owned" not in ana.page.title()
    assert ana.page.locator("#live img").count() == 0


def test_a_wait_is_told_by_icon_word_and_number(sit_down: Opens, room: Room) -> None:
    room.arrive(25)
    ana = sit_down()
    ana.work_for("room-1")
    shown = {}
    for wait in ana.page.locator("#group-waiting .wait").all():
        kind = wait.get_attribute("data-wait")
        shown[kind] = (wait.locator("use").get_attribute("href"), wait.inner_text())

    assert set(shown) == {"on_time", "soon", "over"}
    assert len({icon for icon, _ in shown.values()}) == 3
    assert all("min" in words and words.split("min")[1].strip() for _, words in shown.values())


def test_nothing_flashes(sit_down: Opens, room: Room) -> None:
    room.do(lambda tx: tasks.open(tx, "help_wanted", station="front"))
    ana = sit_down()
    ana.work_for("room-1")

    endless = ana.page.evaluate(
        "document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations > 1).length"
    )

    assert endless == 0


def test_an_old_call_that_no_screen_showed_is_told(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    at = datetime.now(UTC) - timedelta(seconds=20)
    with room.running.database.begin(at=at) as tx:
        tx.room.call(ticket.id, "room-1", at=at, by="ben")
    ana = sit_down()
    ana.work_for("room-1")

    expect(ana.page.locator("#desk-room-1")).to_contain_text("No screen announced it")
