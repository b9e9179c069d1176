"""Health links at the kiosk: what was fetched belongs to who waits for it, and nothing of a link is told."""

import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from kiosk.checkin import dialogue, fetching
from kiosk.checkin.dialogue import life
from kiosk.checkin.rules.effects import Outcome
from kiosk.checkin.rules.given import Given, Scanned
from kiosk.checkin.rules.steps import Dialogue, Notice, Options, Step
from kiosk.config import Config, Coverage
from kiosk.coverage import records as coverage
from kiosk.coverage.rules import Card, Source
from tests.integration.checkin.conftest import Kiosk
from tests.integration.coverage import phone
from tests.integration.coverage.insurer import Insurer, as_json

FILED = Card(payer="Quetzal Mutual", member_id="QZL-5550001", source=Source.IMPORTED)


@pytest.fixture
def kiosk(config: Config) -> Iterator[Kiosk]:
    """A kiosk that asks for the insurance."""
    made = Kiosk(msgspec.structs.replace(config, coverage=Coverage(ask=True)))
    yield made
    made.clinic.database.close()


@pytest.fixture
def insurer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Insurer]:
    """An insurer's server, which the clinic trusts."""
    with Insurer(tmp_path) as server:
        monkeypatch.setattr(fetching, "trust", phone.trusting(server))
        yield server


@pytest.fixture
def held(kiosk: Kiosk, insurer: Insurer) -> Iterator[Event]:
    """The insurer answers with a card, once this is set."""
    released = Event()
    insurer.answers[phone.MANIFEST] = phone.once(released, phone.card(kiosk.at))
    yield released
    released.set()
    wait_for(kiosk)


def arrive(kiosk: Kiosk) -> None:
    """Somebody is checked in and asked for the insurance."""
    kiosk.expect(coverage=FILED)
    kiosk.named("Lopez")
    assert kiosk.press("yes") is Step.INSURANCE


def wait_for(kiosk: Kiosk) -> Step:
    """Wait until nothing is fetched any more."""
    for thread in under_way():
        thread.join(20)
    kiosk.look()
    return kiosk.state.step


def under_way() -> list[threading.Thread]:
    """What fetches now."""
    return [thread for thread in threading.enumerate() if thread.name == "health-link"]


def version(kiosk: Kiosk) -> str:
    """The version of the page that is shown."""
    return kiosk.form("")["version"]


# Whose it is.


@pytest.mark.parametrize("leaves", ["timed_out", "start_over", "done", "without a word"])
def test_a_card_that_comes_when_its_patient_has_left_is_dropped(
    kiosk: Kiosk, insurer: Insurer, held: Event, leaves: str
) -> None:
    assert kiosk.scan(phone.link(insurer)) is Step.FETCHING
    if leaves == "without a word":
        kiosk.later(life(kiosk.clinic).total_seconds() + 1)
    else:
        kiosk.press(leaves)
    held.set()
    assert wait_for(kiosk) is Step.WELCOME
    assert kiosk.state.card is kiosk.state.who is kiosk.state.link is None


def test_a_card_is_not_given_to_the_next_patient(kiosk: Kiosk, insurer: Insurer, held: Event) -> None:
    kiosk.scan(phone.link(insurer))
    (first,) = under_way()
    kiosk.press("start_over")
    other = Event()
    insurer.answers["/other"] = phone.once(other, as_json({}, 404))
    assert kiosk.scan(phone.link(insurer, url=insurer.url("/other"))) is Step.FETCHING
    before = version(kiosk)
    held.set()
    first.join(20)
    kiosk.look()
    assert (kiosk.state.step, version(kiosk)) == (Step.FETCHING, before)
    other.set()
    assert wait_for(kiosk) is Step.SCAN
    assert kiosk.state.card is None


def test_a_passcode_opens_the_card_for_who_typed_it_alone(kiosk: Kiosk, insurer: Insurer) -> None:
    right, wrong = Event(), Event()
    card = phone.behind("4711", phone.card(kiosk.at))
    insurer.answers[phone.MANIFEST] = phone.once(right, card)
    code = phone.link(insurer, flag="P")
    kiosk.scan(code)
    assert kiosk.press("text", text="4711") is Step.FETCHING
    (first,) = under_way()
    until_asked(insurer)
    kiosk.press("start_over")
    insurer.answers[phone.MANIFEST] = phone.once(wrong, card)
    kiosk.scan(code)
    assert kiosk.press("text", text="0000") is Step.FETCHING
    right.set()
    first.join(20)
    kiosk.look()
    assert kiosk.state.step is Step.FETCHING
    wrong.set()
    assert wait_for(kiosk) is Step.PASSCODE
    assert kiosk.state.card is None


def test_a_code_that_is_read_twice_is_fetched_once(kiosk: Kiosk, insurer: Insurer, held: Event) -> None:
    code = phone.link(insurer)
    assert kiosk.scan(code) is kiosk.scan(code) is Step.FETCHING
    held.set()
    assert wait_for(kiosk) is Step.MONTH
    assert len(insurer.asked) == 1


def test_a_code_that_is_read_once_more_does_not_ask_for_the_passcode_again(
    kiosk: Kiosk, insurer: Insurer, held: Event
) -> None:
    code = phone.link(insurer, flag="P")
    kiosk.scan(code)
    kiosk.press("text", text="4711")
    assert kiosk.scan(code) is Step.FETCHING
    held.set()
    assert wait_for(kiosk) is Step.MONTH


# What comes is not lost, and disturbs nobody.


def test_help_that_is_called_for_at_the_same_moment_costs_nobody_the_card(
    kiosk: Kiosk, insurer: Insurer, held: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.scan(phone.link(insurer))
    taps = [kiosk.form("help")]
    advance = dialogue.advance

    def slowly(state: Dialogue, given: Given, options: Options) -> Outcome:
        outcome = advance(state, given, options)
        while isinstance(given, Scanned) and taps:
            kiosk.send(taps.pop())
        return outcome

    monkeypatch.setattr(dialogue, "advance", slowly)
    held.set()
    assert wait_for(kiosk) is Step.MONTH
    assert "help_wanted" in {kind for kind, _ in kiosk.tasks}


def test_what_comes_too_late_does_not_turn_the_page(kiosk: Kiosk, insurer: Insurer, held: Event) -> None:
    arrive(kiosk)
    kiosk.scan(phone.link(insurer))
    kiosk.press("back", "type")
    kiosk.press("text", text="1")
    before = version(kiosk)
    held.set()
    assert wait_for(kiosk) is Step.MEMBER
    assert (kiosk.state.notice, version(kiosk)) == (Notice.NUMBER_WRONG, before)


def test_a_passcode_of_which_the_link_does_not_speak_is_asked_for_too(kiosk: Kiosk, insurer: Insurer) -> None:
    insurer.answers[phone.MANIFEST] = phone.behind("4711", phone.card(kiosk.at))
    arrive(kiosk)
    kiosk.scan(phone.link(insurer))
    assert wait_for(kiosk) is Step.PASSCODE
    assert kiosk.state.notice is None, "Nobody typed anything yet."
    kiosk.press("text", text="4711")
    assert wait_for(kiosk) is Step.CARD_CHECK


@pytest.mark.parametrize(
    ("left", "said"),
    [(1, "1 try is left."), (3, "3 tries are left."), (10**30, None), (-1, None), (0, None), ("3", None)],
)
def test_how_many_tries_are_left_is_said_when_it_helps(
    kiosk: Kiosk, insurer: Insurer, left: object, said: str | None
) -> None:
    insurer.answers[phone.MANIFEST] = as_json({"remainingAttempts": left}, 401)
    arrive(kiosk)
    kiosk.scan(phone.link(insurer, flag="P"))
    kiosk.press("text", text="1")
    gone = isinstance(left, int) and left <= 0
    assert wait_for(kiosk) is (Step.CARD if gone else Step.PASSCODE)
    assert (said or "That is not the passcode. Type it again.") in kiosk.page or gone
    assert said or "left." not in kiosk.page


def test_a_link_that_lies_under_the_scanner_is_fetched_once(
    kiosk: Kiosk, insurer: Insurer, held: Event
) -> None:
    held.set()
    code = phone.link(insurer)
    kiosk.scan(code)
    assert wait_for(kiosk) is Step.MONTH
    kiosk.press("month:6")
    assert kiosk.scan(code) is Step.DAY
    assert len(insurer.asked) == 1
    kiosk.press("back", "back")
    kiosk.scan(code)
    assert wait_for(kiosk) is Step.MONTH
    assert len(insurer.asked) == 2, "Who goes back may show it once more."


# What is told.


def test_the_log_of_a_fetch_that_fails_holds_no_address_key_or_passcode(
    kiosk: Kiosk, insurer: Insurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(link: Any, trust: Any, *, passcode: str, **_: Any) -> None:
        raise ValueError(f"no luck with {link.url} {link.key} {passcode}")

    monkeypatch.setattr(fetching, "fetch", fails)
    arrive(kiosk)
    kiosk.scan(phone.link(insurer, flag="P"))
    with capture_logs() as lines:
        kiosk.press("text", text="P4ssc0de")
        assert wait_for(kiosk) is Step.CARD
    (line,) = [line for line in lines if line["event"] == "fetching_failed"]
    assert (line["error"], line["cause"], line["log_level"]) == ("ValueError", "ValueError", "error")
    assert "exc_info" not in line
    told = repr(lines)
    for secret in (phone.MANIFEST, phone.health_key(), "P4ssc0de"):
        assert secret not in told


def test_the_log_of_insurance_that_fails_holds_no_number(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, card: Card, **__: Any) -> None:
        raise ValueError(f"no luck with {card.member_id}")

    monkeypatch.setattr(coverage, "take", fails)
    arrive(kiosk)
    with capture_logs() as lines:
        assert kiosk.press("same") is Step.TICKET
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["insurance_failed"]
    assert "exc_info" not in repr(lines)
    assert "5550001" not in repr(lines)


def until_asked(insurer: Insurer) -> None:
    """Wait until the insurer was asked."""
    turn = Event()
    for _ in range(2_000):
        if insurer.asked:
            return
        turn.wait(0.01)
    raise TimeoutError("The insurer was not asked.")
