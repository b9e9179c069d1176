"""The touch keyboard: the letters of each language, in rows that a finger can hit."""

import pytest

from kiosk.checkin.keyboards import (
    ACCENTED,
    ALPHABETS,
    COLUMNS,
    CROCKFORD,
    DIGITS,
    LATIN,
    MOST_ROWS,
    keyboards,
    lettered,
)


@pytest.mark.parametrize("language", ["en", *ACCENTED, *ALPHABETS])
@pytest.mark.parametrize("site", ["en", "ar"])
def test_every_keyboard_fills_its_rows(site: str, language: str) -> None:
    boards = keyboards([site], language)
    extra = 1 if len(boards) == 1 else 2
    for board in boards:
        cells = len(board.keys) + extra * board.wide + board.space
        assert cells % COLUMNS == 0
        assert cells <= COLUMNS * (MOST_ROWS + 1)
        assert len(set(board.keys)) == len(board.keys)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("site", ["en", "es", "ar"])
def test_the_keyboards_of_the_three_languages_fit_a_small_wide_panel(site: str, language: str) -> None:
    for board in keyboards([site], language):
        extra = 1 if len(keyboards([site], language)) == 1 else 2
        assert len(board.keys) + extra * board.wide + board.space == COLUMNS * MOST_ROWS


def test_the_letters_that_names_are_recorded_in_come_first() -> None:
    assert [board.direction for board in keyboards(["en", "ar"], "ar")] == ["ltr", "rtl"]
    assert [board.direction for board in keyboards(["ar", "en"], "ar")] == ["rtl", "ltr"]
    assert [board.direction for board in keyboards(["ar", "en"], "en")] == ["rtl", "ltr"]


def test_a_language_brings_its_accents() -> None:
    assert "Ñ" in keyboards(["en"], "es")[0].keys
    assert "Ñ" not in keyboards(["en"], "en")[0].keys
    assert "Ñ" in keyboards(["es"], "en")[0].keys


def test_a_keyboard_for_codes_has_their_letters_alone_and_fills_its_rows() -> None:
    (code,) = lettered(CROCKFORD)
    assert not set("ILOU") & set(code.keys)
    assert (len(code.keys) + code.wide) % COLUMNS == 0
    small, capital = lettered(DIGITS + "abcdefghijklmnopqrstuvwxyz", DIGITS + LATIN)
    assert (small.letters, capital.letters) == ("abc", "ABC")
    assert len(small.keys) + 2 * small.wide == COLUMNS * MOST_ROWS
    assert (code.space, small.direction) == (0, "ltr")
