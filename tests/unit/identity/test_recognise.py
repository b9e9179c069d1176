"""What holds for every scan: it never raises, never invents, never shows what it read."""

import dataclasses
import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity import Licence, Reason, Rules, TravelDocument, Unknown, recognise
from kiosk.identity.aamva.elements import ELEMENTS
from tests.unit.identity.cards import ORDERS, VERSIONS, Card, Holder, text
from tests.unit.identity.damage import HARMLESS, LOSSY

AT = datetime(2026, 11, 23, tzinfo=UTC)
NAME = (
    st.text(string.ascii_letters + "ÉÑÜØ' -", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda name: any(map(str.isalpha, name)) and name.upper() not in {"NONE", "UNAVL", "UNAVAIL"})
)
CARDS = st.builds(
    Card,
    holder=st.builds(
        Holder,
        family=NAME.map(lambda name: " ".join(name.split())),
        given=NAME.map(lambda name: " ".join(name.split())),
        middle=st.just("LEE"),
        born=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
        expires=st.dates(date(2000, 1, 1), date(2099, 1, 1)),
        number=st.text(string.ascii_uppercase + string.digits + "-*", min_size=4, max_size=20),
    ),
    version=st.sampled_from([version for version in VERSIONS if version > 3]),
    issuer=st.sampled_from(["636000", "636012", "604432", "636030"]),
    order=st.sampled_from(ORDERS),
    jurisdiction=st.booleans(),
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *ELEMENTS,
                "ANSI 636000",
                "100002DL00410278",
                "DL",
                "ZVZVA",
                "\n",
                "\r",
                "\x1e",
                "|",
                "@",
                "shc:/",
            ]
        ),
        st.text(max_size=8),
        st.dates().map(lambda day: f"{day:%m%d%Y}"),
    ),
    max_size=60,
).map("".join)


def texts(found: object) -> list[str]:
    values = [getattr(found, field.name) for field in dataclasses.fields(found)]  # type: ignore[arg-type]
    return [value for value in values if isinstance(value, str)]


def invents(found: Licence | TravelDocument, payload: str) -> bool:
    """Whether a returned word or number does not stand in what was scanned, in either case."""
    scanned = payload.upper()
    return any(
        word.upper() not in scanned for value in texts(found) for word in value.replace(",", " ").split()
    )


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=400), st.binary(max_size=400), PIECES))
def test_no_text_and_no_bytes_raise(payload):
    recognise(payload)
    recognise(payload, Rules(), AT)


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_no_licence_says_what_the_text_does_not(payload):
    found = recognise("@\n\x1e\rANSI 636000100002DL00410278ZV03190008DL" + payload)
    if isinstance(found, Licence):
        assert not invents(found, "ANSI 636000" + payload)


@settings(max_examples=150, deadline=None)
@given(CARDS)
def test_every_card_survives_the_round_trip(card):
    found = recognise(text(card))
    if found in (Unknown(reason=Reason.SEPARATORS_LOST), Unknown(reason=Reason.CONTRADICTORY)):
        return  # a name that is made of element ids
    assert isinstance(found, Licence)
    assert (found.family_name, found.given_name) == (card.holder.family.strip(), card.holder.given.strip())
    assert (found.birth_date, found.expiry) == (card.holder.born, card.holder.expires)


@settings(max_examples=150, deadline=None)
@given(CARDS, st.sampled_from([*HARMLESS.values(), *LOSSY.values()]))
def test_damage_never_makes_another_person(card, damage):
    payload = text(card)
    try:
        found = recognise(damage(payload))
    except UnicodeEncodeError:
        return
    if isinstance(found, Licence):
        # A family name like AAA'AA is taken for a hyphenated one that a Spanish keyboard typed.
        assert not invents(found, payload.replace("'", "-")) or not invents(found, payload)
        assert found.birth_date in (card.holder.born, None)


@settings(max_examples=200, deadline=None)
@given(CARDS, st.data())
def test_a_changed_character_never_raises(card, data):
    payload = text(card)
    place = data.draw(st.integers(0, len(payload) - 1))
    letter = data.draw(st.characters(max_codepoint=0x17F))
    assert isinstance(recognise(payload[:place] + letter + payload[place + 1 :]), Licence | Unknown)


@pytest.mark.parametrize("payload", ["", b"", "\n", "\x00", "\ufeff", "]L2", " \t\r\n", "\x02\x03"])
def test_nothing_is_empty(payload):
    assert recognise(payload) == Unknown(reason=Reason.EMPTY)


def test_a_text_longer_than_any_code_is_refused():
    assert recognise("9" * 20_000) == Unknown(reason=Reason.TOO_LONG)


@pytest.mark.parametrize(
    "payload", ["https://example.org", "hello", "4006381333931", "😀", "\ud800", b"\xff\xfd\x00"]
)
def test_other_codes_are_unknown(payload):
    assert recognise(payload) == Unknown(reason=Reason.UNKNOWN_CODE)


def test_no_result_prints_what_it_holds():
    found = recognise(text(Card()))
    assert repr(found) == str(found) == "<Licence>"
    assert "SAMPLE" not in f"{found!r}{[found]}"
