"""Codes that people type, trouble that counts, and words that a receptionist understands."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import live
from kiosk.stations import rules
from kiosk.stations.rules import Device, Kind, Part, State
from tests.cast import NINE

SECOND = timedelta(seconds=1)
PRINTER = Part("ticket printer", "printer", State.READY, "", NINE)
OUT_OF_PAPER = replace(PRINTER, state=State.DOWN, cause="paper_out")
DOWN = ("device_down", "ticket printer")


def host(*parts: Part, lost_at: datetime | None = None, kind: Kind = Kind.HOST) -> Device:
    """A paired device with these parts."""
    return Device("d", kind, "front", State.READY, "", "", "", parts, NINE, "ana", NINE, lost_at)


@pytest.mark.parametrize("typed", ["K7M2-9QPX", "k7m29qpx", " k7m2 9qpx ", "K7M2–9QPX"])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert rules.normal(typed) == "K7M29QPX"


def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert rules.normal("oOiI-lL00") == "00111100"


@pytest.mark.parametrize("typed", ["", "K7M2-9QP", "K7M2-9QPX1", "K7M2-9QPU", "K7M2-9QP\x00"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert rules.normal(typed) is None


@given(st.text(alphabet=rules.ALPHABET, min_size=8, max_size=8))
def test_every_code_is_read_back_as_it_is_shown(code: str) -> None:
    assert rules.normal(rules.shown(code)) == code


@given(st.text())
def test_whatever_is_typed_never_fails(typed: str) -> None:
    code = rules.normal(typed)
    assert code is None or set(code) <= set(rules.ALPHABET)


@pytest.mark.parametrize("cause", [*rules.TROUBLE, "", "something new"])
def test_every_cause_is_a_sentence_and_a_next_step(cause: str) -> None:
    for text in (rules.trouble("ticket printer", cause), rules.advice(cause)):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text


def test_the_words_name_the_device_and_the_next_step() -> None:
    assert rules.trouble("ticket printer", "paper_out") == "The ticket printer is out of paper."
    assert rules.advice("paper_out") == "Put in a new roll."
    assert rules.trouble("ticket printer", "denied") == "The kiosk computer may not use the ticket printer."
    assert "technician" in rules.advice("denied")
    assert rules.advice("taken").startswith("Restart that computer.")
    assert rules.trouble(rules.called("counter", "scanner"), "unplugged") == (
        "The scanner “counter” is not plugged in."
    )


def test_a_device_that_fell_silent_is_shown_as_down_within_half_a_minute() -> None:
    assert rules.STALE + timedelta(seconds=live.HEARTBEAT_S * live.ROUNDS_BEATS) <= timedelta(seconds=30)
    assert rules.silent(None, NINE)
    assert not rules.silent(NINE, NINE + rules.STALE)
    assert rules.silent(NINE, NINE + rules.STALE + SECOND)


def test_a_device_that_is_opened_and_opened_does_not_work() -> None:
    opening = replace(PRINTER, state=State.OPENING)
    assert rules.settled(opening, NINE + rules.DOWN_FOR - SECOND) == opening
    hung = rules.settled(opening, NINE + rules.DOWN_FOR)
    assert rules.judge([host(hung)], [], NINE + rules.DOWN_FOR).open == {DOWN: "timeout"}


def test_a_lid_that_is_being_closed_is_no_task() -> None:
    verdict = rules.judge([host(OUT_OF_PAPER)], [], NINE + rules.DOWN_FOR - SECOND)
    assert verdict.open == {}


def test_trouble_that_lasts_is_a_task_with_its_cause() -> None:
    verdict = rules.judge([host(OUT_OF_PAPER)], [], NINE + rules.DOWN_FOR)
    assert verdict.open == {DOWN: "paper_out"}


def test_a_device_that_just_came_back_keeps_its_task_for_a_moment() -> None:
    assert rules.judge([host(PRINTER)], [DOWN], NINE + SECOND).close == frozenset()
    assert DOWN in rules.judge([host(PRINTER)], [DOWN], NINE + rules.WELL_FOR).close


def test_little_paper_is_a_task_of_its_own() -> None:
    low = replace(PRINTER, state=State.ATTENTION, cause="paper_low")
    verdict = rules.judge([host(low)], [DOWN], NINE + rules.DOWN_FOR)
    assert verdict.open == {("paper_low", "ticket printer"): "paper_low"}
    assert verdict.close == {DOWN}


@pytest.mark.parametrize(
    ("kind", "subject"),
    [(Kind.HOST, "kiosk computer"), (Kind.KIOSK, "touch screen"), (Kind.BOARD, "screen")],
)
def test_silence_that_lasts_is_a_task(kind: Kind, subject: str) -> None:
    silent = host(lost_at=NINE, kind=kind)
    assert rules.judge([silent], [], NINE + rules.DOWN_FOR - SECOND).open == {}
    assert rules.judge([silent], [], NINE + rules.DOWN_FOR).open == {("device_down", subject): "silent"}
    assert rules.owner(subject) is kind


def test_one_of_two_hosts_that_still_speaks_is_enough() -> None:
    verdict = rules.judge([host(lost_at=NINE), host(PRINTER)], [], NINE + 10 * rules.DOWN_FOR)
    assert verdict.open == {}


def test_a_silent_host_says_nothing_about_its_printer() -> None:
    verdict = rules.judge([host(PRINTER, lost_at=NINE)], [DOWN], NINE + 10 * rules.DOWN_FOR)
    assert verdict.close == frozenset()


def test_tasks_of_what_is_no_longer_there_are_closed() -> None:
    assert rules.judge([], [DOWN], NINE).close == {DOWN}
    other = replace(PRINTER, name="new printer")
    assert rules.judge([host(other)], [DOWN], NINE).close == {DOWN}


def test_the_worst_part_speaks_for_its_host() -> None:
    low = replace(PRINTER, state=State.ATTENTION, cause="paper_low")
    assert rules.worst([PRINTER]) is None
    assert rules.worst([PRINTER, low, OUT_OF_PAPER]) == OUT_OF_PAPER


STATES = st.builds(
    Part,
    name=st.just("ticket printer"),
    kind=st.just("printer"),
    state=st.sampled_from(State),
    cause=st.sampled_from(["", "paper_low", "paper_out"]),
    since=st.just(NINE),
)


@given(st.lists(STATES, max_size=3), st.integers(0, 60))
def test_no_task_is_opened_and_closed_at_once(parts: list[Part], seconds: int) -> None:
    verdict = rules.judge([host(*parts)], [DOWN], NINE + seconds * SECOND)
    assert not verdict.open.keys() & verdict.close


def test_a_patient_is_sent_only_to_scanners_and_pictures_that_a_living_host_has() -> None:
    scanner = Part("counter", "scanner", State.READY, "", NINE)
    camera = rules.Preview("http://127.0.0.1:8190", "00" * 32)
    well = replace(host(PRINTER, scanner, replace(scanner, state=State.DOWN)), preview=camera)
    silent = replace(well, cause="silent")

    assert rules.scanners([silent, well]) == [scanner]
    assert rules.preview([silent, well]) == camera
    assert rules.scanners([silent]) == []
    assert rules.preview([silent, host(scanner)]) is None
    assert camera.of(1) != camera.of(2)
