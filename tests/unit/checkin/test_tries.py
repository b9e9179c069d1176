"""Tries at a birth date: how many, whose, and that nothing tells right from wrong when they are used up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.given import NotFound
from kiosk.checkin.rules.machine import TRIES
from kiosk.checkin.rules.steps import Found, Who
from kiosk.checkin.rules.tries import STATION_TRIES, Failures, judged, subject
from kiosk.identity.claims import Claim, Source
from kiosk.identity.manual_code import manual_code

MARIA = Found("REF", "Maria", "L", datetime(2026, 11, 23, 14, 30, tzinfo=UTC))
MISSED = NotFound(Case.DIFFERS)
LICENCE = Who(
    claim=Claim(source=Source.LICENCE, family_name="LOPEZ", given_name="MARIA", birth_date=date(1948, 9, 23))
)


def like(who: Who, **changes: Any) -> Who:
    """The same document but for these."""
    assert who.claim is not None
    return Who(claim=replace(who.claim, **changes))


counts = st.integers(0, 50)
answers = st.sampled_from([MARIA, *map(NotFound, Case)])


@pytest.mark.parametrize("before", range(TRIES))
def test_the_right_answer_is_taken_while_a_try_is_left(before: int) -> None:
    assert judged(MARIA, Failures(before, 0)) == MARIA


def test_only_the_third_failure_is_the_last() -> None:
    finals = [judged(MISSED, Failures(before, 0)) for before in range(TRIES)]
    assert finals == [MISSED, MISSED, replace(MISSED, final=True)]


def test_more_than_twenty_failures_at_a_station_end_the_tries_of_all() -> None:
    assert judged(MARIA, Failures(0, STATION_TRIES)) == MARIA
    assert judged(MARIA, Failures(0, STATION_TRIES + 1)) == NotFound(Case.TOO_MANY_TRIES, final=True)


@given(answers, answers, counts, counts)
def test_when_tries_are_used_up_every_answer_reads_the_same(
    one: Found | NotFound, other: Found | NotFound, of_subject: int, at_station: int
) -> None:
    before = Failures(of_subject, at_station)
    if before.exhausted:
        assert judged(one, before) == judged(other, before)
    else:
        assert isinstance(judged(one, before), type(one))


@pytest.mark.parametrize("name", ["López", "lopez", " LO-PEZ ", "Lopez Jr.", "LOPEZ III"])
def test_another_spelling_of_a_typed_name_gives_no_new_tries(name: str) -> None:
    assert subject(Who(claim=Claim.typed(name, None))) == subject(Who(claim=Claim.typed("Lopez", None)))


@pytest.mark.parametrize(
    "changes",
    [
        {"source": Source.TRAVEL_DOCUMENT},
        {"source": Source.HEALTH_CARD},
        {"family_name": "López"},
        {"given_name": "Maria Jose"},
        {"middle_name": "JOSE", "suffix": "JR"},
        {"birth_date": date(1950, 1, 1)},
        {"truncated": frozenset({"given_name"})},
    ],
)
def test_another_card_of_the_same_name_gives_no_new_tries(changes: dict[str, object]) -> None:
    assert subject(like(LICENCE, **changes)) == subject(LICENCE)


def test_the_code_of_a_letter_shares_its_tries_with_the_letter() -> None:
    assert subject(Who(code=manual_code("REF"))) == subject(Who(reference="REF"))


def test_different_people_letters_and_ways_have_tries_of_their_own() -> None:
    subjects = [
        subject(LICENCE),
        subject(like(LICENCE, given_name="JUAN")),
        subject(like(LICENCE, given_name=None)),
        subject(like(LICENCE, family_name="GARCIA")),
        subject(Who(claim=Claim.typed("LOPEZ", None))),
        subject(Who(claim=Claim.typed("GARCIA", None))),
        subject(Who(reference="LOPEZ")),
        subject(Who(reference="REF")),
    ]
    assert len(set(subjects)) == len(subjects)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_subject(name: str) -> None:
    assert subject(Who(claim=Claim.typed(name, None))).startswith("name\0")
