"""Two coordinators at once; what moves, what waits, what is heard."""

from playwright.sync_api import expect

from kiosk.queueing.tickets import State
from kiosk.tasks import records as tasks
from tests.acceptance.console.conftest import Opens, Room


def test_a_colleagues_call_is_seen_without_reload(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana, ben = sit_down("ana"), sit_down("ben")
    ana.work_for("room-1")
    ben.work_for("room-2")

    ben.press("Alt+N", f"{ticket.code} is called to Room 2.")

    expect(ana.page.locator("#desk-room-2")).to_contain_text(ticket.code)
    expect(ana.page.locator("#group-called")).to_contain_text(ticket.code)


def test_the_loser_reads_who_was_faster(sit_down: Opens, room: Room) -> None:
    first, second = room.arrive(2)
    ana, ben = sit_down("ana"), sit_down("ben")
    ana.work_for("room-2")
    ben.work_for("room-2")
    ana.page.mouse.move(900, 500)  # in the list: while she points there, her page waits
    ana.page.mouse.move(902, 500)

    ben.press("Alt+N", f"{first.code} is called to Room 2.")
    ana.page.mouse.move(900, 500)
    ana.press("Alt+N", f"Ben Wu called {first.code} to Room 2")

    expect(ana.page.locator("[data-told]")).to_contain_text("You can: Call again, Start")
    assert room.state(second).state is State.WAITING


def test_no_row_moves_under_the_pointer_and_news_are_counted(sit_down: Opens, room: Room) -> None:
    room.arrive(3)
    ana = sit_down()
    ana.work_for("room-1")
    rows = ana.page.locator("#group-waiting .line__code")
    before = rows.all_inner_texts()
    box = ana.page.locator("#group-waiting .line").first.bounding_box()
    assert box
    ana.page.mouse.move(box["x"] + 100, box["y"] + 10)
    ana.page.mouse.move(box["x"] + 102, box["y"] + 10)

    sit_down("ben").work_for("room-2")
    room.arrive(2)
    for step in range(16):
        ana.page.mouse.move(box["x"] + 100 + step, box["y"] + 10)
        ana.page.wait_for_timeout(500)
        if ana.page.locator("#news").inner_text():
            break
    assert rows.all_inner_texts() == before
    expect(ana.page.locator("#news")).to_have_text("2 new")

    ana.page.mouse.move(5, 5)

    expect(rows).to_have_count(5)
    expect(ana.page.locator("#news")).to_have_text("")


def test_help_wanted_is_shown_heard_and_done(sit_down: Opens, room: Room) -> None:
    ana = sit_down()
    ana.work_for("room-1")
    ana.page.evaluate(
        """document.addEventListener("console:chimed",
        () => document.documentElement.setAttribute("data-chimed", ""))"""
    )

    room.do(lambda tx: tasks.open(tx, "help_wanted", station="front"))

    expect(ana.page.locator(".todo")).to_contain_text("asks for help", timeout=15_000)
    expect(ana.page.locator("html")).to_have_attribute("data-chimed", "")
    expect(ana.page.locator("#said")).to_contain_text("asks for help")
    ana.page.get_by_role("button", name="Done").click()
    expect(ana.page.locator(".todo")).to_have_count(0)


def test_a_double_click_calls_one_patient(sit_down: Opens, room: Room) -> None:
    first, second = room.arrive(2)
    ana = sit_down()
    ana.work_for("room-1")

    ana.page.get_by_role("button", name="Call next").dblclick()

    room.becomes(first, State.CALLED)
    ana.page.wait_for_timeout(300)
    assert room.state(second).state is State.WAITING


def test_a_lost_connection_is_shown(sit_down: Opens, room: Room) -> None:
    ana = sit_down()
    ana.work_for("room-1")
    expect(ana.page.get_by_text("Live", exact=True)).to_be_visible()

    ana.context.set_offline(True)

    expect(ana.page.locator("[data-when=stale]")).to_be_visible(timeout=20_000)
    ana.context.set_offline(False)
    expect(ana.page.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    ana.complaints.clear()


def test_a_called_patient_is_found_by_name_without_an_accent(sit_down: Opens, room: Room) -> None:
    room.arrive(3)
    (wanted,) = room.arrive(name="Öström")
    ana = sit_down()
    ana.work_for("room-1")

    ana.press("Alt+L")
    ana.page.keyboard.type("ostrom")
    expect(ana.page.locator(".queue .lines li:visible")).to_have_count(1)
    ana.press("Enter")

    expect(ana.page.locator(".subject[data-picked]")).to_contain_text(wanted.code)
    assert "ostrom" not in ana.page.url
    ana.press("Alt+L")
    ana.page.keyboard.press("Escape")
    expect(ana.page.locator("#group-waiting li:visible")).to_have_count(4)


def test_without_scripts_every_button_still_works(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    context = ana.context.browser.new_context(
        java_script_enabled=False, storage_state=ana.context.storage_state()
    )  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(f"{ana.running.url}/console?desk=room-1")

    page.get_by_role("button", name="Call next").click()
    page.get_by_text(f"{ticket.code} is called to Room 1.").wait_for()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Finish").click()
    page.locator(".told").get_by_role("button", name="Undo").click()

    room.becomes(ticket, State.SERVING)
    context.close()
