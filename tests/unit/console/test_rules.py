"""The table of commands: what is possible, by which key, and how a wait is judged."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.console import rules
from kiosk.console.rules import COMMANDS, INSURANCE_KEYS, PAGE_KEYS, SLOTS, Shown, Wait
from kiosk.queueing.tickets import Action, State, Ticket
from tests.cast import NINE, minutes

TICKET = Ticket(
    id="t1", visit="v1", code="B042", serial=1, service="laboratory", state=State.WAITING,
    arrived=NINE, since=NINE, due=NINE,
)  # fmt: skip
TARGET = minutes(20)


def test_every_action_of_the_queue_has_a_button_and_a_key() -> None:
    on_buttons = {command.action for slot in SLOTS for command in slot if command.action}

    assert on_buttons == set(Action)
    assert all(command.key.startswith("Alt+") for command in COMMANDS.values())


@pytest.mark.parametrize("state", State)
def test_a_key_means_one_thing_at_a_time(state: State) -> None:
    ticket = TICKET.changed(state=state)
    keys = [button.command.key for button in rules.buttons(ticket)] + [
        key.key for key in PAGE_KEYS + INSURANCE_KEYS
    ]

    assert len(keys) == len(set(keys))


@given(st.sampled_from(State), st.sampled_from(Action))
def test_only_what_the_ticket_allows_is_enabled(state: State, action: Action) -> None:
    ticket = TICKET.changed(state=state)
    enabled = {button.command.action for button in rules.buttons(ticket) if button.possible}

    assert (action in enabled) == ticket.allows(action)


@pytest.mark.parametrize("state", State)
def test_the_buttons_keep_their_places(state: State) -> None:
    shown = rules.buttons(TICKET.changed(state=state))

    assert [button.command in slot for button, slot in zip(shown, SLOTS, strict=True)] == [True] * len(SLOTS)


@pytest.mark.parametrize("state", sorted(set(State) - {State.SERVED}))
def test_the_button_that_stands_out_can_be_pressed(state: State) -> None:
    ticket = TICKET.changed(state=state)

    assert rules.main_command(ticket).possible(ticket)


@pytest.mark.parametrize(
    ("waited", "judged"),
    [(0, Wait.ON_TIME), (14, Wait.ON_TIME), (15, Wait.SOON), (20, Wait.SOON), (20.1, Wait.OVER)],
)
def test_a_wait_is_held_against_the_target(waited: float, judged: Wait) -> None:
    assert rules.wait(TICKET, TARGET, at=NINE + minutes(waited)) is judged


def test_whoever_comes_before_their_slot_waits_from_the_slot_on() -> None:
    early = TICKET.changed(slot=NINE + minutes(30))

    assert rules.wait(early, TARGET, at=NINE + minutes(25)) is Wait.EARLY
    assert rules.wait(early, TARGET, at=NINE + minutes(40)) is Wait.ON_TIME
    assert rules.wait(early, TARGET, at=NINE + minutes(51)) is Wait.OVER


def test_whoever_comes_after_their_slot_waits_from_the_arrival_on() -> None:
    late = TICKET.changed(slot=NINE - minutes(8))

    assert rules.wait(late, TARGET, at=NINE + minutes(14)) is Wait.ON_TIME


def test_a_call_is_announced_only_when_a_board_said_so() -> None:
    called = TICKET.changed(state=State.CALLED, called_at=NINE)

    assert rules.shown(called, at=NINE + timedelta(seconds=5)) is Shown.COMING
    assert rules.shown(called, at=NINE + timedelta(seconds=16)) is Shown.NOT_SHOWN
    assert rules.shown(called.changed(announced_at=NINE), at=NINE + timedelta(seconds=60)) is Shown.SHOWN


@pytest.mark.parametrize(
    "changes", [{"state": State.HELD}, {"desk": "room-1"}, {"calls": 2}, {"service": "registration"}]
)
def test_a_form_notices_whatever_decides_what_may_happen(changes: dict[str, object]) -> None:
    assert rules.stamp(TICKET) != rules.stamp(TICKET.changed(**changes))


def test_a_form_is_not_disturbed_by_an_announcement() -> None:
    assert rules.stamp(TICKET) == rules.stamp(TICKET.changed(announced_at=NINE))


def test_a_form_made_for_a_free_desk_notices_whoever_comes_there() -> None:
    called = TICKET.changed(state=State.CALLED, desk="room-1")
    gone = called.changed(state=State.SERVED)

    assert rules.occupant([TICKET, gone, called], "room-1") == called
    assert rules.occupant([TICKET, gone], "room-1") is None
    assert rules.stamp(None) != rules.stamp(called)
