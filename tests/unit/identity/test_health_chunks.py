"""A health card on several codes: collected over separate scans, whatever comes between."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity import Chunks, HealthCard, Reason, Unknown, is_chunk, recognise
from kiosk.identity.chunks import MOST_CHUNKS, MOST_DIGITS
from tests.unit.identity.health_cards import AT, RULES, card, chunks, jws, payload

TOKEN = jws(payload())
ONE, TWO, THREE = chunks(TOKEN, 3)


def collected(*scans: str | bytes) -> Chunks:
    found = Chunks()
    for scan in scans:
        found = found.add(scan)
    return found


@pytest.mark.parametrize("order", list(permutations((ONE, TWO, THREE))))
def test_chunks_are_collected_in_any_order(order):
    begun = collected(*order[:2])
    assert begun.complete is None
    assert len(begun.missing) == 1
    done = begun.add(order[2])
    assert done.missing == ()
    assert done.complete is not None
    assert isinstance(recognise(done.complete, RULES, AT), HealthCard)


def test_what_is_missing_is_counted_from_one():
    assert collected(TWO).missing == (1, 3)
    assert len(collected(TWO).parts) == 3
    assert Chunks().missing == ()
    assert Chunks().complete is None


def test_a_chunk_that_we_have_changes_nothing():
    assert collected(ONE, TWO, ONE, TWO) == collected(TWO, ONE)


@pytest.mark.parametrize(
    "scan",
    ["", "CK1ABC", card(), "shc:/", "shc:/2/3/x", "shc:/0/3/12", "shc:/4/3/12", "shc:/1/51/12", b"\xff"],
)
def test_what_is_no_chunk_changes_nothing(scan):
    assert collected(ONE).add(scan) == collected(ONE)
    assert not is_chunk(scan)


def test_a_chunk_of_another_card_begins_that_card():
    other = chunks(jws(payload(iss="https://other.example")), 2)
    assert collected(ONE, TWO, other[0]) == collected(other[0])
    same_count = chunks(jws(payload(nbf=1)), 3)
    assert collected(ONE, TWO, same_count[1]) == collected(same_count[1])
    assert collected(ONE, TWO, same_count[1], same_count[0], same_count[2]).complete is not None


def test_chunks_of_two_cards_that_never_met_do_not_make_a_card():
    other = chunks(jws(payload(nbf=1)), 3)
    mixed = collected(ONE, TWO, other[2]).complete
    assert mixed is not None
    assert isinstance(recognise(mixed, RULES, AT), Unknown)


def test_a_chunk_comes_as_readers_and_viewers_send_it():
    for scan in (TWO.encode() + b"\r\n", "]Q1" + TWO, "https://viewer.example/#" + TWO, TWO.upper()):
        assert collected(ONE, scan, THREE) == collected(ONE, TWO, THREE)
        assert is_chunk(scan)


def test_several_chunks_in_one_scan_are_taken_together():
    assert collected(f"{ONE}\n{THREE}").missing == (2,)


def test_a_card_in_one_chunk_is_whole():
    whole = chunks(TOKEN, 1)[0]
    assert not is_chunk(whole)
    assert collected(whole).complete == recognise_text(TOKEN)


def recognise_text(token: str) -> str:
    return chunks(token, 1)[0].replace("/1/1/", "/")


def test_a_lone_chunk_is_incomplete():
    assert recognise(TWO, RULES, AT) == Unknown(reason=Reason.INCOMPLETE)


def test_more_digits_than_are_ever_read_are_given_up():
    half = MOST_DIGITS // 2 + 1
    large = [f"shc:/{number}/2/{'5' * half}" for number in (1, 2)]
    assert collected(large[0]).missing == (2,)
    assert collected(*large) == Chunks()
    longest = collected(
        *(f"shc:/{n}/{MOST_CHUNKS}/{'5' * (MOST_DIGITS // MOST_CHUNKS)}" for n in range(1, 51))
    )
    assert longest.complete is not None
    assert recognise(longest.complete) != Unknown(reason=Reason.TOO_LONG)


def test_chunks_never_print_what_they_hold():
    assert repr(collected(ONE, TWO)) == "<Chunks>"


@settings(max_examples=50)
@given(st.lists(st.one_of(st.sampled_from([ONE, TWO, THREE]), st.text(max_size=30), st.binary(max_size=30))))
def test_whatever_is_scanned_the_bounds_hold(scans):
    found = collected(*scans)
    assert sum(map(len, found.parts)) <= MOST_DIGITS
    assert (found.complete is None) == (not found.parts or bool(found.missing))
