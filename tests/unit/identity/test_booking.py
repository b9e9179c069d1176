"""Booking codes: made and read, in any case, never without a right signature."""

from base64 import b32decode, b32encode
from datetime import UTC, datetime

import pytest

from kiosk.identity import Booking, Reason, Rules, Unknown, recognise
from kiosk.identity.booking import make, reference_of
from kiosk.identity.signatures import ed25519_public_key

PRIVATE = bytes(range(32))
REFERENCE = reference_of(b"0123456789")
EXPIRES = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = Rules(booking_keys={7: ed25519_public_key(PRIVATE)})
CODE = make(REFERENCE, EXPIRES, 7, PRIVATE)


def changed(code: str, place: int, byte: int) -> str:
    signed = bytearray(b32decode(code[3:]))
    signed[place] ^= byte
    return "CK1" + b32encode(signed).decode()


def test_a_code_gives_back_its_reference_and_expiry():
    assert recognise(CODE, RULES) == Booking(reference=REFERENCE, expires=EXPIRES, key_id=7)


def test_a_code_is_letters_and_digits_that_every_keyboard_types():
    assert CODE.startswith("CK1")
    assert len(CODE) == 131
    assert set(CODE[3:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.mark.parametrize(
    "typed",
    [CODE.lower(), CODE.swapcase(), CODE + "\r\n", f"]Q3{CODE}", f" {CODE} ", CODE[:50] + "\n" + CODE[50:]],
)
def test_case_line_ends_and_symbology_do_not_matter(typed):
    assert isinstance(recognise(typed, RULES), Booking)


def test_a_german_keyboard_swaps_letters_and_the_signature_tells():
    assert isinstance(recognise(CODE.translate(str.maketrans("YZ", "ZY")), RULES), Booking)


def test_a_code_as_bytes_is_read():
    assert isinstance(recognise(CODE.encode(), RULES), Booking)


def test_an_expired_code_is_recognised_with_its_expiry():
    found = recognise(CODE, RULES, datetime(2030, 1, 1, tzinfo=UTC))
    assert isinstance(found, Booking)
    assert found.expires == EXPIRES


@pytest.mark.parametrize("place", [2, 5, 6, 15, 16, 79])
def test_a_changed_code_has_a_bad_signature(place):
    assert recognise(changed(CODE, place, 1), RULES) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_another_key_makes_a_bad_signature():
    assert recognise(make(REFERENCE, EXPIRES, 7, bytes(32)), RULES) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_an_unknown_key_or_version_has_its_own_reason():
    assert recognise(CODE) == Unknown(reason=Reason.UNKNOWN_KEY)
    assert recognise(changed(CODE, 1, 1), RULES) == Unknown(reason=Reason.UNKNOWN_KEY)
    assert recognise(changed(CODE, 0, 2), RULES) == Unknown(reason=Reason.UNKNOWN_VERSION)


def test_a_key_that_is_none_verifies_nothing():
    assert recognise(CODE, Rules(booking_keys={7: b"short"})) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_half_a_code_is_incomplete_and_a_stub_is_unknown():
    assert recognise(CODE[:90], RULES) == Unknown(reason=Reason.INCOMPLETE)
    assert recognise(CODE[:10], RULES) == Unknown(reason=Reason.UNKNOWN_CODE)


def test_two_keys_serve_while_one_replaces_the_other():
    other = bytes(range(1, 33))
    rules = Rules(booking_keys={7: ed25519_public_key(PRIVATE), 8: ed25519_public_key(other)})
    assert isinstance(recognise(make(REFERENCE, EXPIRES, 8, other), rules), Booking)
    assert isinstance(recognise(CODE, rules), Booking)


@pytest.mark.parametrize(
    ("reference", "expires", "key_id"),
    [
        (REFERENCE, datetime(2026, 1, 1), 7),
        (REFERENCE, EXPIRES, 256),
        (REFERENCE, EXPIRES, -1),
        (REFERENCE, datetime(2200, 1, 1, tzinfo=UTC), 7),
        (REFERENCE, datetime(1960, 1, 1, tzinfo=UTC), 7),
        ("AAAAAAAA", EXPIRES, 7),
        ("not base32", EXPIRES, 7),
    ],
)
def test_what_cannot_be_in_a_code_is_refused_when_making_it(reference, expires, key_id):
    with pytest.raises(ValueError, match=r"aware|key id|bytes|base32|padding|characters|digit"):
        make(reference, expires, key_id, PRIVATE)


def test_a_reference_has_ten_bytes():
    assert len(REFERENCE) == 16
    with pytest.raises(ValueError, match="10 bytes"):
        reference_of(b"short")
