"""What is one name written in two ways, and what is another name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.folding import forms, same, suffix_of, without_suffix, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'Connor", "OCONNOR"),
        ("O’Connor", "O CONNOR"),
        ("Smith-Jones", "SMITH JONES"),
        ("Smith-Jones", "SMITHJONES"),
        ("van der Berg", "VANDERBERG"),
        ("St. James", "ST JAMES"),
        ("José", "JOSE"),
        ("Jose\u0301", "JOSÉ"),
        ("Peña", "PENA"),
        ("Müller", "MUELLER"),
        ("Müller", "MULLER"),
        ("Weiß", "WEISS"),
        ("WEIẞ", "Weiß"),
        ("Sørensen", "SOERENSEN"),
        ("Sørensen", "SORENSEN"),
        ("Åberg", "AABERG"),
        ("Åberg", "ABERG"),
        ("Hämäläinen", "HAEMAELAEINEN"),
        ("Ångström", "ANGSTROEM"),
        ("Ægir", "AEGIR"),
        ("Þór", "THOR"),
        ("Łukasz", "LUKASZ"),
        ("Đặng", "DANG"),
        ("ERIKSSON<<", "Eriksson"),
        ("ışık", "ISIK"),
        ("Œuvre", "OEUVRE"),
    ],
)
def test_two_ways_to_write_one_name(one, other):
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith", "Smyth"),
        ("Muller", "Mueller"),
        ("Jon", "John"),
        ("Ann", "Anne"),
        ("Smith", "Smith-Jones"),
        ("Åse", "Ose"),
    ],
)
def test_another_letter_is_another_name(one, other):
    assert not same(one, other)


@pytest.mark.parametrize("nothing", ["", " ", "NONE", "unavl", "FNU", "LNU", "NMN", "<", "-", "'"])
def test_the_words_for_no_name_are_no_name(nothing):
    assert forms(nothing) == frozenset()
    assert not same(nothing, nothing)


@given(st.text(max_size=30))
def test_a_name_with_a_letter_is_the_same_as_itself(name):
    assert same(name, name) == bool(forms(name))
    assert all(form.isalnum() for form in forms(name))


def test_words_are_parted_by_spaces_hyphens_and_fillers():
    assert words(" Mary-Ann  <Lee ") == ["Mary", "Ann", "Lee"]
    assert words("NONE") == []


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("Jr.", "JR"),
        ("junior", "JR"),
        ("SR", "SR"),
        ("2nd", "II"),
        ("II", "II"),
        ("9TH", "IX"),
        ("", ""),
        ("MD", ""),
    ],
)
def test_one_word_stands_for_each_suffix(text, suffix):
    assert suffix_of(text) == suffix


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("SMITH JR", ("SMITH", "JR")),
        ("Smith, Jr.", ("Smith", "JR")),
        ("VAN DER BERG III", ("VAN DER BERG", "III")),
        ("SMITH V", ("SMITH V", "")),
        ("JR", ("JR", "")),
        ("SMITH", ("SMITH", "")),
        ("", ("", "")),
    ],
)
def test_a_suffix_behind_a_family_name_is_parted(name, parted):
    assert without_suffix(name) == parted
