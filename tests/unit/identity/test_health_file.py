"""Files of SMART Health Links: opened with the key of the link, each card verified by itself."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity import HealthCard, Reason
from kiosk.identity.compact import inflated
from kiosk.identity.health_file import LARGEST, HealthFile, cards_in, opened
from tests.unit.identity.health_cards import (
    AT,
    COVERAGE,
    OTHER_KEY,
    PATIENT,
    PAYER,
    RULES,
    base64url,
    bundle,
    deflated,
    jwe,
    jws,
    payload,
)

SECRET = bytes(range(32))
LINK_KEY = base64url(SECRET)
CARDS = {"verifiableCredential": [jws(payload())]}
SOURCE = "https://links.example"


def read(*contents: dict[str, Any]) -> tuple[tuple[HealthCard, ...], frozenset[Reason]]:
    return cards_in([HealthFile(one) for one in contents], RULES, AT, source=SOURCE)


@pytest.mark.parametrize("header", [{}, {"zip": "DEF"}, {"cty": None}, {"kid": "x"}])
def test_a_file_is_opened(header):
    file = opened(jwe(CARDS, SECRET, header) + "\n", LINK_KEY)
    assert file is not None
    assert file.content == CARDS
    assert repr(file) == "<HealthFile>"


def test_a_key_whose_spare_bits_are_set_is_the_same_key():
    assert LINK_KEY.endswith("8")
    assert opened(jwe(CARDS, SECRET), LINK_KEY[:-1] + "9") is not None


PARTS = jwe(CARDS, SECRET).split(".")


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "a.b.c",
        ".".join([*PARTS[:1], "AA", *PARTS[2:]]),
        ".".join([*PARTS[:2], base64url(b"short"), *PARTS[3:]]),
        ".".join([*PARTS[:4], base64url(b"short")]),
        ".".join([*PARTS[:4], base64url(bytes(16))]),
        ".".join([base64url(b'{"alg":"dir","enc":"A256GCM" }'), *PARTS[1:]]),
        ".".join(["e30", *PARTS[1:]]),
        jwe(CARDS, bytes(32)),
        jwe(CARDS, SECRET, {"alg": "A256KW"}),
        jwe(CARDS, SECRET, {"enc": "A128GCM"}),
        jwe(CARDS, SECRET, {"zip": "GZ"}),
        jwe(CARDS, SECRET, {"crit": ["exp"]}),
        jwe(b"no JSON", SECRET),
        jwe([1], SECRET),
        jwe(b'{"a":1,"a":2}', SECRET),
        jwe(b"[" * 100_000, SECRET),
        jwe(b" " * LARGEST + b"{}", SECRET),
        jwe(b" " * LARGEST + b"{}", SECRET, {"zip": "DEF"}),
    ],
)
def test_what_is_not_sealed_as_it_should_be_stays_closed(sealed):
    assert opened(sealed, LINK_KEY) is None


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A"])
def test_a_key_of_another_length_opens_nothing(key):
    assert opened(jwe(CARDS, SECRET), key) is None


def test_each_credential_is_verified_by_itself():
    expired = jws(payload(exp=AT.timestamp()))
    forged = jws(payload(), key=OTHER_KEY)
    unknown = jws(payload(iss="https://other.example"), key=OTHER_KEY)
    cards, refused = read({"verifiableCredential": [jws(payload()), expired, forged, unknown, "a.b.c", 5]})
    assert [one.verified for one in cards] == [True, False]
    assert refused == {Reason.EXPIRED, Reason.BAD_SIGNATURE, Reason.MALFORMED}


def test_a_file_may_be_as_large_as_is_left_and_no_larger():
    size = len(json.dumps(CARDS))
    for header in ({}, {"zip": "DEF"}):
        file = opened(jwe(CARDS, SECRET, header), LINK_KEY, size)
        assert file is not None
        assert file.size == size
        assert opened(jwe(CARDS, SECRET, header), LINK_KEY, size - 1) is None


def test_when_nothing_is_left_nothing_is_unpacked():
    for content in (b" " * 10_000, b"{}"):
        assert opened(jwe(content, SECRET, {"zip": "DEF"}), LINK_KEY, 0) is None
    with pytest.raises(ValueError, match="too large"):
        inflated(deflated(b" " * 10_000), 0)


def test_not_more_than_twenty_credentials_are_verified():
    many = {"verifiableCredential": [jws(payload())] * 15}
    assert len(read(many, many)[0]) == 20


def test_fhir_files_together_are_one_card_that_nobody_signed():
    cards, refused = read(bundle(PATIENT, COVERAGE), {**PAYER, "id": "o"})
    assert refused == frozenset()
    assert [(one.family_name, one.verified, one.issuer, one.issuer_name) for one in cards] == [
        ("Sample", False, SOURCE, "")
    ]
    assert cards[0].coverages[0].member_id == "W123456789"


def test_insurance_comes_first_and_what_is_verified_before_what_is_said():
    vaccination = jws(payload(vc={"credentialSubject": {"fhirBundle": bundle(PATIENT)}}))
    cards, _ = read(bundle(PATIENT, COVERAGE), {"verifiableCredential": [vaccination, jws(payload())]})
    assert [(bool(one.coverages), one.verified) for one in cards] == [
        (True, True),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"verifiableCredential": "x"},
        {"resourceType": "Endpoint"},
        {"resourceType": "Bundle", "entry": 5},
        {"resourceType": "Bundle"},
    ],
)
def test_files_of_other_things_give_no_card(content):
    assert read(content) == ((), frozenset())


def test_a_person_without_insurance_is_a_card_too():
    cards, _ = read(PATIENT)
    assert (cards[0].family_name, cards[0].coverages) == ("Sample", ())


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=80), st.binary(max_size=60).map(lambda data: jwe(data, SECRET))))
def test_opening_never_raises(sealed):
    opened(sealed, LINK_KEY)
