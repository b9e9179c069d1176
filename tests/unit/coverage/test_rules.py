"""A card held against the file, and what may be a member number."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.coverage import rules
from kiosk.coverage.rules import Card, Finding, Obstacle, Source, compare
from kiosk.identity.documents import Coverage, HealthCard

TODAY = date(2026, 11, 23)
FILED = Card(
    payer="Acme Health",
    member_id="AB 1234-5",
    group="G7",
    valid_until=date(2026, 12, 31),
    source=Source.IMPORTED,
)
SHOWN = Card(payer="Acme Health", member_id="AB12345", source=Source.TYPED)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, Finding.SAME),
        ({"payer": "ACME HEALTH PLAN, INC."}, Finding.SAME),
        ({"payer": ""}, Finding.SAME),
        ({"payer": "Example Mutual"}, Finding.CHANGED),
        ({"member_id": "AB12346"}, Finding.CHANGED),
        ({"group": "G8"}, Finding.CHANGED),
        ({"group": "g-7"}, Finding.SAME),
        ({"member_id": ""}, Finding.UNREAD),
        ({"valid_until": date(2026, 11, 22)}, Finding.EXPIRED),
        ({"valid_until": TODAY}, Finding.SAME),
        ({"valid_from": date(2026, 11, 24)}, Finding.NOT_YET_VALID),
        ({"valid_from": TODAY}, Finding.SAME),
    ],
)
def test_a_card_is_held_against_the_file(changes: dict[str, object], finding: Finding) -> None:
    assert compare(FILED, replace(SHOWN, **changes), TODAY) is finding  # type: ignore[arg-type]


def test_a_number_of_the_file_lasts_as_long_as_the_file_says() -> None:
    ended = replace(FILED, valid_until=date(2026, 1, 1))

    assert compare(ended, SHOWN, TODAY) is Finding.EXPIRED
    assert compare(ended, replace(SHOWN, valid_until=date(2027, 1, 1)), TODAY) is Finding.SAME
    assert compare(ended, replace(SHOWN, member_id="N999"), TODAY) is Finding.CHANGED


def test_a_card_that_the_file_does_not_know_is_new_and_no_card_is_missing() -> None:
    assert compare(None, SHOWN, TODAY) is Finding.NEW
    assert compare(FILED, None, TODAY) is Finding.MISSING
    assert compare(replace(FILED, member_id=""), SHOWN, TODAY) is Finding.SAME


def test_every_finding_that_needs_a_person_has_a_task() -> None:
    assert {*Finding} - rules.TASKS.keys() == {Finding.SAME, Finding.NEW}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("ab 12-34", "AB 12-34"),
        ("  w1234\t 5678 ", "W1234 5678"),
        ("1234\N{EN DASH}5678", "1234-5678"),
        ("1234 - 5678", "1234-5678"),
        ("ABC/123", "ABC/123"),
        ("123", ""),
        ("1" * 31, ""),
        ("ÄB1234", ""),
        ("AB*1234", ""),
        ("-1234", ""),
        ("", ""),
    ],
)
def test_a_typed_number_is_tidied_or_refused(typed: str, number: str) -> None:
    assert rules.tidy_member_number(typed) == number


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_a_tidied_number_stays_as_it_is(text: str) -> None:
    tidy = rules.tidy_member_number(text)

    assert rules.tidy_member_number(tidy) == tidy
    assert set(tidy) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- /")


@pytest.mark.parametrize(
    ("payload", "symbology", "number"),
    [
        (b"W123456789\r\n", "]C0", "W123456789"),
        (b"w123456789", None, "W123456789"),
        (b"5901234123457", "]E0", None),
        (b"036000291452", "]X0", None),
        (b"https://example.org/1", "]Q1", None),
        (b"ABCDEFGH", "]C0", None),
        ("1234é".encode("latin-1"), "]C0", None),
        (b"\x00\x01234567", None, None),
    ],
)
def test_an_unknown_code_may_be_a_member_number(
    payload: bytes, symbology: str | None, number: str | None
) -> None:
    assert rules.member_number(payload, symbology) == number


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_whatever_is_scanned_is_a_tidy_number_or_none(payload: bytes) -> None:
    number = rules.member_number(payload, None)

    assert number is None or number == rules.tidy_member_number(number) != ""


def test_the_covers_of_a_health_card_keep_what_it_says() -> None:
    cover = Coverage(
        member_id="W1", payer="Acme Health", group="G", rx_bin="1", rx_pcn="2", rx_group="3",
        start=date(2026, 1, 1), end=date(2026, 12, 31), status="active",
    )  # fmt: skip
    card = HealthCard(
        family_name="Sample", given_name="Ana", coverages=(cover,), issuer_name="Acme", verified=True
    )

    assert rules.from_health_card(card) == (
        Card(
            payer="Acme Health", member_id="W1", group="G", holder="Ana Sample", valid_from=date(2026, 1, 1),
            valid_until=date(2026, 12, 31), rx_bin="1", rx_pcn="2", rx_group="3", source=Source.HEALTH_CARD,
            verified=True, issuer_name="Acme",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "end", "kept"),
    [
        ("active", None, 1),
        ("", None, 1),
        ("cancelled", date(2026, 1, 1), 1),
        ("cancelled", None, 0),
        ("draft", None, 0),
        ("entered-in-error", date(2026, 1, 1), 0),
    ],
)
def test_a_cover_that_was_never_in_force_is_left_out(status: str, end: date | None, kept: int) -> None:
    card = HealthCard(coverages=(Coverage(member_id="W1", status=status, end=end),))

    assert len(rules.from_health_card(card)) == kept


def test_a_number_gets_the_payer_of_the_file_only_where_the_file_has_that_number() -> None:
    typed = replace(SHOWN, payer="")

    assert rules.complete(typed, FILED).payer == "Acme Health"
    assert rules.complete(replace(typed, member_id="X999"), FILED).payer == ""
    assert rules.complete(typed, None).payer == ""
    assert rules.complete(replace(typed, member_id=""), FILED).payer == ""
    assert rules.complete(SHOWN, replace(FILED, payer="Other")).payer == "Acme Health"


def test_a_payer_is_found_however_its_name_is_spelled() -> None:
    payers = {"Acme Health": "ACME1", "Example Mutual": "EXMUT"}

    assert rules.payer_id("ACME-health", payers) == "ACME1"
    assert rules.payer_id("Acme", payers) == ""
    assert rules.payer_id("", payers) == ""


def test_the_payer_is_asked_only_with_number_payer_and_birth_date() -> None:
    payers = {"Acme Health": "ACME1"}
    born = date(1980, 2, 3)

    assert rules.obstacle(SHOWN, payers, born) is None
    assert rules.obstacle(None, payers, born) is Obstacle.NO_NUMBER
    assert rules.obstacle(replace(SHOWN, member_id=""), payers, born) is Obstacle.NO_NUMBER
    assert rules.obstacle(SHOWN, {}, born) is Obstacle.NO_PAYER
    assert rules.obstacle(SHOWN, payers, None) is Obstacle.NO_BIRTH_DATE


TEXTS = st.text(max_size=12)
DAYS = st.none() | st.dates()
CARDS = st.builds(
    Card,
    payer=TEXTS, member_id=TEXTS, group=TEXTS, holder=TEXTS, valid_from=DAYS, valid_until=DAYS,
    rx_bin=TEXTS, rx_pcn=TEXTS, rx_group=TEXTS, source=st.sampled_from(Source), verified=st.booleans(),
    issuer_name=TEXTS,
)  # fmt: skip


@given(CARDS)
@settings(max_examples=50)
def test_a_card_survives_being_written_down(card: Card) -> None:
    assert rules.from_plain(rules.to_plain(card)) == card


@given(CARDS, CARDS)
@settings(max_examples=50)
def test_a_card_is_always_the_same_as_itself(card: Card, other: Card) -> None:
    assert compare(card, card, TODAY) in {
        Finding.SAME,
        Finding.UNREAD,
        Finding.EXPIRED,
        Finding.NOT_YET_VALID,
    }
    assert compare(other, card, TODAY) in Finding


def test_a_card_never_prints_what_it_holds() -> None:
    assert repr(FILED) == "<Card>"
