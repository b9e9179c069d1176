import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.printers import faces, lettering
from drivers.printers.faces import DEBIAN, face_for, font
from drivers.printers.lettering import Hand, draw, letters, lines

PLAIN = Hand(34, 450)
EAST_ASIAN = {"zh": "SC", "zh-Hans": "SC", "zh-Hant": "TC", "zh-HK": "HK", "ja": "JP", "ko": "KR", "en": "SC"}


@pytest.mark.parametrize("language", EAST_ASIAN)
def test_each_language_gets_its_own_face_for_the_same_character(language: str):
    name, _ = font(face_for("直", False, language), 20, 400).getname()
    assert name == f"Noto Sans CJK {EAST_ASIAN[language]}"


def test_the_same_character_looks_different_in_chinese_and_japanese():
    chinese, japanese = (draw("直", Hand(60, 450, False, language), width=200) for language in ("zh", "ja"))
    assert chinese.tobytes() != japanese.tobytes()


@pytest.mark.parametrize(
    "words", ["रिवरसाइड क्लिनिक", "ห้องปฏิบัติการ", "מעבדה", "المختبر", "Łódź", "Лабораторія"]
)
def test_scripts_are_drawn_and_not_boxed(words: str):
    box = draw("\U0010fffd", PLAIN, width=400)
    assert all(letter.isspace() or face_for(letter, bold=False)[0] for letter in words)
    assert draw(words, PLAIN, width=400).width > 2 * box.width


def test_latin_inside_arabic_is_drawn_in_a_face_that_has_it():
    with_code, boxed = (
        draw(f"رقمك {code} هنا", Hand(34, 450, rtl=True), width=500) for code in ("B042", "\ue000" * 4)
    )
    assert with_code.tobytes() != boxed.tobytes()


@pytest.fixture
def no_font_for_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer without DejaVu: Noto's Arabic has digits and no Latin letter."""
    for module in (faces, lettering):
        monkeypatch.setattr(module, "DEBIAN", DEBIAN[:1])
    faces._found.cache_clear()
    yield
    faces._found.cache_clear()


@pytest.mark.parametrize(
    ("line", "from_the_left"),
    [
        ("ترقب B042 الآن", ["B042"]),
        ("ترقب B042-7 检 الآن", ["B042-7", "检"]),
        ("ترقب 检 B042", ["检", "B042"]),
        ("प्रयोगशाला B042", ["प्रयोगशाला ", "B042"]),
    ],
)
@pytest.mark.usefixtures("no_font_for_all")
def test_a_code_in_a_line_that_reads_from_the_right_is_not_turned_round(line: str, from_the_left: list[str]):
    drawn = [piece.words for piece in lettering._as_seen(lettering._pieces(line, Hand(34, 450, rtl=True)))]
    assert [words for words in drawn if words in from_the_left] == from_the_left
    assert sorted("".join(drawn)) == sorted(line)


def test_arabic_letters_are_joined():
    joined, apart = (draw(words, Hand(60, 450, rtl=True), width=500) for words in ("ببب", "ب\u200cب\u200cب"))
    assert joined.tobytes() != apart.tobytes()


def test_without_any_font_the_words_come_all_the_same():
    assert font(("/no/such/font.ttf", 0), 20, 400).getlength("B042") > 0


@pytest.mark.parametrize(
    ("word", "count"),
    [("cafe\u0301", 4), ("क्षत्रिय", 3), ("น้ำ", 2), ("เก็บ", 2), ("a\u200db", 1), ("", 0)],
)
def test_a_letter_keeps_what_hangs_on_it(word: str, count: int):
    assert len(letters(word)) == count


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P")), max_size=40))
def test_no_letter_is_torn_and_none_is_lost(word: str):
    parts = letters(word)
    assert "".join(parts) == word
    assert not any(unicodedata.category(part[0])[0] == "M" for part in parts[1:])


@pytest.mark.parametrize("width", [200, 384, 512])
@pytest.mark.parametrize(
    "text",
    [
        "Watch the screen for your number.",
        "请您坐下，等候叫号。",
        "กรุณานั่งรอสักครู่และติดตามหมายเลขของท่าน",
        "x" * 60,
    ],
)
def test_lines_fit_and_lose_nothing(text: str, width: int):
    rows = lines(text, PLAIN, width=width)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    assert all(draw(row, PLAIN, width=10_000).width <= width + 4 for row in rows)
    assert not any(row[:1] in "，。" for row in rows)


@pytest.mark.skipif(not Path(DEBIAN[1][0]).exists(), reason="needs fonts-dejavu")
def test_a_long_word_without_spaces_is_broken_evenly():
    rows = lines("x" * 60, PLAIN, width=512)
    assert max(map(len, rows)) - min(map(len, rows)) <= 4
