"""What is wrong with a scanner is told from how two codes arrive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.scanners.keystrokes import Key, Keystrokes
from drivers.scanners.layouts import LAYOUTS, POSITIONS
from kiosk.trying.rules import (
    CONTROLS,
    COUNTRIES,
    LETTERS,
    PAYLOADS,
    SWAPPED,
    Code,
    Finding,
    Outcome,
    judge,
    words,
)


def typed(scanner: str, host: str) -> str:
    """LETTERS as a scanner of one country types them and a host reads them that expects another."""
    layout, keys, text = LAYOUTS[scanner], Keystrokes(LAYOUTS[host]), ""
    plain, shift = (
        {level[code]: code for code in reversed((*POSITIONS, 57)) if code in level}
        for level in (layout.plain, layout.shift)
    )
    for char in LETTERS:
        if char in plain:
            text += keys.press(plain[char]) + keys.release(plain[char])
            continue
        keys.press(Key.LEFT_SHIFT)
        text += keys.press(shift[char]) + keys.release(shift[char])
        keys.release(Key.LEFT_SHIFT)
    return text


def test_every_country_of_the_drivers_has_a_name():
    assert set(COUNTRIES) == set(LAYOUTS)


@pytest.mark.parametrize("scanner", sorted(LAYOUTS))
@pytest.mark.parametrize("host", sorted(LAYOUTS))
def test_a_scanner_of_another_country_is_named(scanner: str, host: str):
    found = judge(Code.LETTERS, typed(scanner, host).encode())
    if scanner == host:
        assert found == Finding(Outcome.EXACT)
    elif {scanner, host} == {"us", "uk"}:
        assert found == Finding(Outcome.LAYOUT, "us uk")
        assert "the other way round" in words(found)[0]
    else:
        assert found == Finding(Outcome.LAYOUT, f"{scanner} {host}")
        assert COUNTRIES[scanner] in words(found)[0]
        assert f"“{scanner}”" in words(found)[1]


def test_the_table_of_swapped_letters_has_no_more_than_there_are():
    assert len(SWAPPED) == len(LAYOUTS) * (len(LAYOUTS) - 1) - 1


@pytest.mark.parametrize("code", list(Code))
def test_a_code_arrives_exactly_with_or_without_its_symbology(code: Code):
    payload = PAYLOADS[code].encode()
    for data in (payload, b"]Q1" + payload):
        assert judge(code, data) == Finding(Outcome.EXACT)
    assert words(Finding(Outcome.EXACT))[1] == ""


@pytest.mark.parametrize(
    ("code", "text", "outcome", "detail"),
    [
        (Code.LETTERS, "", Outcome.UNREADABLE, ""),
        (Code.LETTERS, LETTERS.swapcase(), Outcome.CAPS, ""),
        (Code.LETTERS, LETTERS + "\r", Outcome.END_SIGN, ""),
        (Code.LETTERS, LETTERS + "\t", Outcome.END_SIGN, ""),
        (Code.LETTERS, "x" + LETTERS, Outcome.MORE, ""),
        (Code.LETTERS, LETTERS[:6], Outcome.PIECES, ""),
        (Code.LETTERS, "%", Outcome.OTHER, ""),
        (Code.LETTERS, "B042", Outcome.OTHER, ""),
        (Code.LETTERS, CONTROLS, Outcome.OTHER, ""),
        (Code.CONTROLS, CONTROLS + "\r\n", Outcome.END_SIGN, ""),
        (Code.CONTROLS, "%TRY ABCDE", Outcome.CONTROLS_LOST, "LF CR RS GS"),
        (Code.CONTROLS, "%TRY ABCDE\r", Outcome.CONTROLS_LOST, "LF CR RS GS"),
        (Code.CONTROLS, CONTROLS.replace("\x1d", ""), Outcome.CONTROLS_LOST, "GS"),
        (Code.CONTROLS, CONTROLS.replace("\x1d", "\u241d"), Outcome.CONTROLS_LOST, "GS"),
        (Code.CONTROLS, "%TRY A", Outcome.PIECES, ""),
        (Code.CONTROLS, "5TRY", Outcome.OTHER, ""),
    ],
)
def test_what_is_wrong_is_told_in_words(code: Code, text: str, outcome: Outcome, detail: str):
    found = judge(code, text.encode())
    assert found == Finding(outcome, detail)
    what, then = words(found)
    assert what
    assert then
    assert "{" not in what + then
    assert detail in what


@settings(max_examples=60)
@given(st.sampled_from(list(Code)), st.binary(max_size=40))
def test_whatever_arrives_is_judged(code: Code, data: bytes):
    found = judge(code, data)
    assert len(f"{found.outcome} {found.detail}") <= 200
    assert words(found)[0]
