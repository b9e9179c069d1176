"""Every action by its key, in real Chromium."""

import pytest
from playwright.sync_api import expect

from kiosk.queueing.tickets import State
from tests.acceptance.console.conftest import Opens, Room

STEPS = {
    "recall": (("Alt+N",), "Alt+R", "is called again to Room 1.", State.CALLED),
    "start": (("Alt+N",), "Alt+S", "is being served at Room 1.", State.SERVING),
    "finish": (("Alt+N", "Alt+S"), "Alt+F", "is finished.", State.SERVED),
    "hold": (("Alt+N",), "Alt+H", "is on hold.", State.HELD),
    "missed": (("Alt+N",), "Alt+M", "is marked as missed.", State.NO_SHOW),
    "cancel": (("Alt+N",), "Alt+X", "is cancelled.", State.CANCELLED),
    "print": (("Alt+N",), "Alt+P", "is being printed at Front door.", State.CALLED),
}
"""What is done → the keys before, its key, what the page says, the state after."""


@pytest.mark.parametrize("what", STEPS)
def test_the_called_patient_is_handled_by_keys(what: str, sit_down: Opens, room: Room) -> None:
    before, key, told, state = STEPS[what]
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")
    for earlier in before:
        ana.press(earlier, ticket.code)
        expect(ana.page.locator(f"[aria-keyshortcuts='{key}']")).to_be_enabled()

    ana.press(key, f"{ticket.code} {told}")

    room.becomes(ticket, state)


def test_keys_pressed_faster_than_the_server_answers_are_done_one_after_the_other(
    sit_down: Opens, room: Room
) -> None:
    first, second = room.arrive(2)
    ana = sit_down()
    ana.work_for("room-1")

    for key in ("Alt+N", "Alt+S", "Alt+F", "Alt+N"):
        ana.page.keyboard.press(key)

    room.becomes(second, State.CALLED)
    assert room.state(first).state is State.SERVED


BETWEEN_ANSWER_AND_WAITING_KEYS = """() => {
  const press = () => document.dispatchEvent(
    new KeyboardEvent("keydown", { code: "KeyR", altKey: true, bubbles: true, cancelable: true }));
  document.addEventListener("live:updated", () => queueMicrotask(press), { once: true });
}"""


def test_a_key_that_comes_just_after_an_answer_does_not_overtake_those_that_wait(
    sit_down: Opens, room: Room
) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")
    ana.slow_down(500)
    ana.page.evaluate(BETWEEN_ANSWER_AND_WAITING_KEYS)

    ana.page.keyboard.press("Alt+N")
    ana.page.keyboard.press("Alt+S")

    room.becomes(ticket, State.SERVING)
    assert room.state(ticket).calls == 1


def test_a_key_waits_until_the_patient_whom_the_arrow_chose_is_selected(sit_down: Opens, room: Room) -> None:
    first, second = room.arrive(2)
    ana = sit_down()
    ana.work_for("room-1")
    ana.press("Alt+ArrowDown")
    expect(ana.page.locator(".subject[data-picked]")).to_contain_text(first.code)
    ana.slow_down(500)

    ana.page.keyboard.press("Alt+ArrowDown")
    ana.page.keyboard.press("Alt+H")

    room.becomes(second, State.HELD)
    assert room.state(first).state is State.WAITING


def test_a_wrong_call_is_taken_back_by_one_key(sit_down: Opens, room: Room) -> None:
    first, second = room.arrive(2)
    ana = sit_down()
    ana.work_for("room-1")
    place = room.state(first).place

    ana.press("Alt+N", f"{first.code} is called")
    ana.press("Alt+Z", f"{first.code} is as before: waiting.")

    room.becomes(first, State.WAITING)
    assert room.state(first).place == place
    ana.press("Alt+N", f"{first.code} is called")
    assert room.state(second).state is State.WAITING


def test_any_patient_in_the_list_is_selected_and_handled_by_keys(sit_down: Opens, room: Room) -> None:
    _, second, third = room.arrive(3)
    ana = sit_down()
    ana.work_for("room-1")
    subject = ana.page.locator(".subject[data-picked]")

    ana.press("Alt+ArrowDown")
    ana.press("Alt+ArrowDown")
    expect(subject).to_contain_text(second.code)
    ana.press("Alt+ArrowDown")
    expect(subject).to_contain_text(third.code)
    ana.press("Alt+ArrowUp")
    expect(subject).to_contain_text(second.code)

    ana.press("Alt+H", f"{second.code} is on hold.")
    ana.press("Alt+H", f"{second.code} is back in line")
    ana.press("Alt+M", f"{second.code} is marked as missed.")
    ana.press("Alt+M", f"{second.code} is back in line")
    ana.press("Alt+C", f"{second.code} is called to Room 1.")
    room.becomes(second, State.CALLED)
    expect(ana.page.locator(".subject:not([data-picked])")).to_contain_text(second.code)


def test_a_transfer_is_chosen_by_keys(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")
    ana.press("Alt+N", ticket.code)

    ana.press("Alt+T")
    expect(ana.page.get_by_role("button", name="Registration", exact=True)).to_be_focused()
    ana.press("Enter", f"{ticket.code} waits for Registration")

    assert room.state(ticket).service == "registration"


def test_escape_leads_back_to_the_desk(sit_down: Opens, room: Room) -> None:
    room.arrive(2)
    ana = sit_down()
    ana.work_for("room-1")
    ana.press("Alt+ArrowDown")
    expect(ana.page.locator(".subject[data-picked]")).to_be_visible()

    ana.press("Escape")

    expect(ana.page.locator(".subject[data-picked]")).to_have_count(0)
    assert ana.page.url.endswith("/console")


def test_desks_are_chosen_opened_and_closed_by_keys(sit_down: Opens, room: Room) -> None:
    ana = sit_down()
    ana.work_for("room-1")

    ana.press("Alt+2")
    expect(ana.page.locator(".acting h2")).to_have_text("Room 2")
    ana.press("Alt+O", "Room 2 is closed.")
    expect(ana.page.locator("[aria-keyshortcuts='Alt+N']")).to_be_disabled()
    ana.press("Alt+O", "Room 2 is open.")


def test_a_key_that_is_not_possible_says_so_and_does_nothing(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")
    ana.press("Alt+N", ticket.code)

    ana.press("Alt+C")

    expect(ana.page.locator("#said")).to_have_text(f"Not possible: {ticket.code} is called")


def test_a_ticket_is_given_by_keys_alone(sit_down: Opens, room: Room) -> None:
    ana = sit_down()
    ana.work_for("room-1")

    ana.press("Alt+G")
    expect(ana.page.locator("#give-service")).to_be_focused()
    ana.page.keyboard.press("L")
    for _ in range(4):
        ana.page.keyboard.press("Tab")
    ana.page.keyboard.type("Smith")
    ana.press("Enter", "is given for Laboratory.")

    expect(ana.page.locator(".subject[data-picked]")).to_contain_text("Smith")


def test_letters_typed_without_alt_do_nothing(sit_down: Opens, room: Room) -> None:
    (ticket,) = room.arrive()
    ana = sit_down()
    ana.work_for("room-1")

    for letter in "nrsfhmtxzp":
        ana.page.keyboard.press(letter)

    ana.page.wait_for_timeout(300)
    assert room.state(ticket).state is State.WAITING


def test_the_keys_are_explained(sit_down: Opens, room: Room) -> None:
    ana = sit_down()
    ana.work_for("room-1")

    ana.press("Alt+K")
    expect(ana.page.get_by_role("dialog", name="Keys")).to_contain_text("Call who is next")
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_the_whole_page_can_be_walked_by_tab_and_the_focus_is_seen(sit_down: Opens, room: Room) -> None:
    room.arrive(5)
    ana = sit_down()
    ana.work_for("room-1")
    walked: list[str] = []

    for _ in range(60):
        ana.page.keyboard.press("Tab")
        seen = ana.page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
            const s = getComputedStyle(e);
            return [e === document.body ? null : e.className,
            s.outlineStyle !== 'none' || s.boxShadow !== 'none',
            r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth]; }"""
        )
        if seen[0] is None:
            break
        walked.append(seen[0])
        assert seen[1:] == [True, True], seen

    wanted = {"desk__choose", "button button--primary next__button", "look__field", "line", "devices__glance"}
    assert wanted <= set(walked)
