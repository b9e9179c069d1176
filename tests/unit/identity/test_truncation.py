"""How issuers cut long names: AAMVA A.7.7 and ICAO 9303-3."""

import pytest

from kiosk.identity.truncation import aamva_reduced, is_aamva_cut_of, is_mrz_cut_of

PUBLISHED = "V'Erylongmiddlename01 V'Erylongmiddlename02 Marie - Louise"
LONG = "Wolfeschlegelsteinhausenbergerdorff-Papadopoulos"


def test_the_published_example_is_cut_as_published():
    assert aamva_reduced(PUBLISHED, 35) == "VErylongmiddlename01 VErylongmi M-L"


@pytest.mark.parametrize(
    ("name", "length", "cut"),
    [
        ("SMITH", 40, "SMITH"),
        ("MARIE - LOUISE", 13, "MARIE -LOUISE"),
        ("MARIE - LOUISE", 12, "MARIE-LOUISE"),
        ("O'BRIEN", 6, "OBRIEN"),
        ("ABCDEF GHI", 8, "ABCDEF G"),
        ("ABCDEF GHI", 5, "ABC G"),
        ("AB CD", 1, "A C"),
        ("", 5, ""),
    ],
)
def test_names_are_cut_from_the_right_and_only_as_far_as_needed(name, length, cut):
    assert aamva_reduced(name, length) == cut


def test_a_cut_name_is_recognised_by_cutting_the_record():
    assert is_aamva_cut_of(aamva_reduced(PUBLISHED, 35), PUBLISHED)
    assert is_aamva_cut_of(aamva_reduced(LONG, 40).upper(), LONG)


def test_a_prefix_is_not_the_cut():
    assert not is_aamva_cut_of(PUBLISHED[:35], PUBLISHED)


def test_a_short_cut_is_the_cut_of_too_many_names():
    assert not is_aamva_cut_of(aamva_reduced(LONG, 15), LONG)


def test_a_name_is_not_its_own_cut():
    assert not is_aamva_cut_of(LONG, LONG)


@pytest.mark.parametrize(
    ("printed", "full", "is_cut"),
    [
        ("CHAYAPA DEJTHAMRONG K", "Chayapa Dejthamrong Krasuang", True),
        ("CHAYAPA DEJ", "Chayapa Dejthamrong Krasuang", True),
        ("CHAYAPA DEX", "Chayapa Dejthamrong", False),
        ("CHAYA DEJ", "Chayapa Dejthamrong", False),
        ("CHAYAPA", "Chayapa Dejthamrong", False),
        ("CHAYAPA DEJ K", "Chayapa Dejthamrong", False),
        ("ANNA MUEL", "Anna Müller", True),
    ],
)
def test_in_a_full_name_line_only_the_last_word_may_be_cut(printed, full, is_cut):
    assert is_mrz_cut_of(printed, full) is is_cut
