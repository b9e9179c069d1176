"""The short code to type: forgiving to read, unforgiving to a wrong character."""

from itertools import combinations

import pytest

from kiosk.identity.manual_code import manual_code, read_manual_code

CODE = manual_code("GAYTEMZUGU3DOOBZ")


def test_a_code_is_nine_characters_and_always_the_same():
    assert len(CODE) == 9
    assert manual_code("GAYTEMZUGU3DOOBZ") == CODE
    assert manual_code("GAYTEMZUGU3DOOBA") != CODE


def test_case_spaces_and_hyphens_are_forgiven():
    assert read_manual_code(f"{CODE[:3].lower()}-{CODE[3:6]} {CODE[6:]}\n") == CODE


def test_letters_that_look_like_digits_are_forgiven():
    for reference in map(str, range(40)):
        code = manual_code(reference)
        assert read_manual_code(code.replace("0", "O").replace("1", "l")) == code
        assert read_manual_code(code.replace("1", "I")) == code


def test_every_single_wrong_character_is_caught():
    for place in range(9):
        for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if letter != CODE[place]:
                assert read_manual_code(CODE[:place] + letter + CODE[place + 1 :]) is None


def test_every_swap_of_two_characters_is_caught():
    for one, other in combinations(range(9), 2):
        letters = list(CODE)
        letters[one], letters[other] = letters[other], letters[one]
        if letters != list(CODE):
            assert read_manual_code("".join(letters)) is None


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "U" * 9, "ÄÖÜ456789", CODE + CODE])
def test_what_is_no_code_is_none(text):
    assert read_manual_code(text) is None
