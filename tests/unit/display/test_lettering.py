"""The letters are as tall as the farthest seat needs (ADA 703.5.5), and nothing runs off the screen."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display import lettering as module
from display.lettering import Lettering, capital_inches, lettering, text_em

ROOMS = ("Room 1", "Room 2", "Room 12")
FULL_HD = (1920, 1080)
PORTRAIT = (1080, 1920)

panels = st.tuples(
    st.floats(21, 98), st.sampled_from([FULL_HD, PORTRAIT, (3840, 2160), (1280, 800)]), st.floats(1, 20)
)
desks = st.lists(st.text("RoomDesk 0123456789wiW", min_size=1, max_size=24), min_size=1, max_size=6)


def capital_on_screen(letters: float, inches: float, pixels: tuple[int, int]) -> float:
    """How many inches a capital of so many percent of the height is tall."""
    height = inches * pixels[1] / hypot(*pixels)
    return letters / 100 * height * module.CAPITAL_EM


@pytest.mark.parametrize(
    ("feet", "inches"), [(5, 2.0), (15, 2.0), (16, 2.125), (20, 2.625), (23, 3.0), (31, 4.0)]
)
def test_a_capital_is_two_inches_and_an_eighth_more_per_foot_beyond_fifteen(
    feet: float, inches: float
) -> None:
    assert capital_inches(feet * module.METRES_PER_FOOT) == pytest.approx(inches)


@pytest.mark.parametrize(
    ("inches", "pixels", "metres"),
    [(43, FULL_HD, 6), (43, FULL_HD, 4), (43, PORTRAIT, 6), (55, (3840, 2160), 6), (75, FULL_HD, 9)],
)
def test_every_call_on_a_usual_screen_is_as_tall_as_the_standard_wants(
    inches: float, pixels: tuple[int, int], metres: float
) -> None:
    letters = lettering(inches, pixels, metres, ROOMS)

    assert letters.legible
    for size in (letters.row, letters.row_desk, letters.newest_code, letters.newest_desk):
        assert capital_on_screen(size, inches, pixels) >= capital_inches(metres) * 0.998


def test_a_usual_screen_shows_three_calls_at_once() -> None:
    assert lettering(43, FULL_HD, 6, ROOMS).rows == 2
    assert lettering(43, PORTRAIT, 6, ROOMS).rows == 2
    assert lettering(55, FULL_HD, 6, ROOMS).rows == 3


def test_a_near_screen_shows_six_calls_and_fills_itself() -> None:
    letters = lettering(75, FULL_HD, 4, ROOMS)

    assert letters.rows == module.MOST_ROWS
    assert letters.newest_code == pytest.approx(letters.row * module.NEWEST, rel=0.01)


def test_full_hd_and_4k_are_lettered_alike() -> None:
    assert lettering(43, FULL_HD, 6, ROOMS) == lettering(43, (3840, 2160), 6, ROOMS)


def test_a_long_desk_name_goes_under_the_code() -> None:
    assert not lettering(43, FULL_HD, 6, ["Room 1"]).stacked
    assert lettering(43, FULL_HD, 6, ["Examination room 12"]).stacked


def test_a_screen_too_small_for_its_distance_says_so() -> None:
    assert not lettering(32, FULL_HD, 12, ROOMS).legible


@given(panels, desks)
def test_whatever_the_panel_everything_fits_on_it(
    panel: tuple[float, tuple[int, int], float], names: list[str]
) -> None:
    letters = lettering(*panel, names)
    width, height = panel[1]

    assert tall(letters) <= 100 - module.HEADER - module.HEADING - module.FOOT + 0.1
    room = width / height * 100 * (1 - 2 * module.MARGIN) - 2 * module.PADDING
    assert wide(letters, names) <= room + 0.2


def tall(letters: Lettering) -> float:
    """How much of the height the calls take."""
    newest, row = (
        (letters.newest_code + letters.newest_desk, letters.row + letters.row_desk)
        if letters.stacked
        else (max(letters.newest_code, letters.newest_desk), letters.row)
    )
    return module.LINE * (newest + letters.rows * row) + letters.gap * letters.rows


def wide(letters: Lettering, names: list[str]) -> float:
    """How much of the width the widest line takes, in percent of the height."""
    code_em = module.WIDEST_LETTER_EM + 3 * module.DIGIT_EM
    desk_em = max(map(text_em, names))
    code, desk = letters.newest_code * code_em, letters.newest_desk * desk_em
    return max(code, desk) if letters.stacked else code + module.ARROW_EM * letters.row + desk


def test_a_name_in_wide_characters_takes_an_em_for_each() -> None:
    assert text_em("診察室") == 3
    assert text_em("W") > text_em("R") > text_em("e") > text_em("i")
