import base64
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt import (
    Band,
    Cut,
    Logo,
    Numeral,
    Paper,
    QrCode,
    Text,
    balanced,
    clean,
    columns,
    layout,
    wrap,
)

WIDE, NARROW = Paper(42, 512), Paper(32, 384)
DOCUMENT = {
    "code": "B042",
    "site": "Riverside Clinic",
    "service": "Laboratory",
    "issued": "Mon 23 Nov 2026, 09:12",
    "lines": ["Please take a seat.", "Watch the screen for your number."],
    "language": "en",
    "direction": "ltr",
    "url": "https://kiosk.example/t#abc",
    "url_label": "Follow your place on your phone",
    "copy": None,
}


def words(operations: list[object]) -> list[str]:
    return [operation.text for operation in operations if isinstance(operation, (Text, Numeral, Band))]


def test_a_ticket_reads_from_the_site_to_the_phone():
    ticket = layout(DOCUMENT, WIDE)
    assert words(ticket) == [
        "Riverside Clinic",
        "Mon 23 Nov 2026, 09:12",
        "Laboratory",
        "B042",
        "Please take a seat.",
        "Watch the screen for your number.",
        "Follow your place on your phone",
    ]
    assert QrCode("https://kiosk.example/t#abc") in ticket
    assert ticket[-1] == Cut()


def test_a_copy_says_so_large():
    assert Band("COPY", False, "en") in layout(DOCUMENT | {"copy": "COPY"}, WIDE)


def test_a_ticket_without_a_code_is_refused():
    with pytest.raises(ValueError, match="code"):
        layout(DOCUMENT | {"code": "\x1b\x00"}, WIDE)


@pytest.mark.parametrize("field", ["site", "service", "issued", "lines", "url", "url_label"])
def test_anything_but_the_code_may_be_missing(field: str):
    assert Numeral("B042") in layout({name: DOCUMENT[name] for name in DOCUMENT if name != field}, NARROW)


@pytest.mark.parametrize("url", ["https://x/\x1b@", "https://x/ y", "https://x/é", "", None, "x" * 500])
def test_an_address_that_is_none_gives_no_code_to_scan(url: object):
    assert not any(isinstance(operation, QrCode) for operation in layout(DOCUMENT | {"url": url}, WIDE))


def test_no_word_stands_alone_on_the_last_line():
    assert balanced("Watch the screen for your number.", 32) == ["Watch the screen", "for your number."]


def test_chinese_takes_two_columns_and_breaks_without_spaces():
    assert columns("实验室") == 6
    assert wrap("请您坐下等候叫号", 8) == ["请您坐下", "等候叫号"]


@given(st.text(max_size=400))
def test_no_control_character_survives(text: str):
    kept = clean(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") for c in kept)
    assert clean(kept) == kept


@given(st.text(max_size=300), st.integers(4, 48))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int):
    cleaned = clean(text)
    lines = balanced(cleaned, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == cleaned.replace(" ", "")


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4))
)
def test_no_document_breaks_the_layout(junk: object):
    for field in DOCUMENT:
        if field != "code":
            assert layout(DOCUMENT | {field: junk}, NARROW)[-1] == Cut()


PNG = b"\x89PNG\r\n\x1a\n"


def test_a_designed_ticket_has_its_logo_first_and_its_own_lines_around():
    design = {
        "logo": base64.b64encode(PNG).decode(),
        "header": ["12 River Road"],
        "footer": ["Feeling worse?", "Tell us."],
    }
    ticket = layout(DOCUMENT | design, WIDE)
    assert ticket[0] == Logo(PNG)
    assert words(ticket)[:2] == ["Riverside Clinic", "12 River Road"]
    assert words(ticket)[-2:] == ["Feeling worse?", "Tell us."]


@pytest.mark.parametrize("logo", ["?", "", 5, "x" * 200_000, None])
def test_a_logo_that_is_none_is_left_out(logo: object):
    assert not any(isinstance(operation, Logo) for operation in layout(DOCUMENT | {"logo": logo}, WIDE))


def test_parts_that_a_clinic_does_not_want_are_left_out():
    assert words(layout(DOCUMENT | {"service": None, "lines": [], "url": None}, WIDE)) == [
        "Riverside Clinic",
        "Mon 23 Nov 2026, 09:12",
        "B042",
    ]


def test_large_type_makes_small_lines_tall_and_headings_no_taller():
    texts = [line for line in layout(DOCUMENT | {"large": True}, WIDE) if isinstance(line, Text)]
    assert {(line.scale, line.tall) for line in texts} == {(1, True), (2, False)}


@pytest.mark.parametrize(("said", "language"), [("zh-Hant", "zh-Hant"), ("x", ""), ("e\nn", ""), (7, "")])
def test_the_language_goes_with_the_words_when_it_is_one(said: object, language: str):
    texts = [line for line in layout(DOCUMENT | {"language": said}, WIDE) if isinstance(line, Text)]
    assert {line.language for line in texts} == {language}
