"""Text that was decoded as something else, and signs that somebody wrote out."""

import pytest

from kiosk.identity import Licence, recognise
from kiosk.identity.encodings import as_written
from kiosk.identity.escapes import unescaped
from tests.unit.identity.cards import Card, Holder, text
from tests.unit.identity.damage import as_windows_1252

HEADER = "@\n\x1e\rANSI 636000"


@pytest.mark.parametrize("name", ["PEÑA", "ÍÐÁ", "Voilà", "JOSÉ", "MÜLLER", "ŠIMŮNEK"])
def test_utf_8_is_decoded_however_it_was_taken(name):
    raw = name.encode()
    assert as_written(name) == name
    assert as_written(raw.decode("latin-1")) == name
    assert as_written(as_windows_1252(raw)) == name
    assert as_written(raw.decode("latin-1").encode().decode("latin-1")) == name


@pytest.mark.parametrize("mixed", ["PLAIN", "É", "ÃA", "A\x90B", "🙂", "Ã🙂"])
def test_what_is_not_utf_8_as_a_whole_stays(mixed):
    assert as_written(mixed) == mixed


def test_it_is_decoded_three_times_at_most():
    wrong = "É"
    for _ in range(4):
        wrong = wrong.encode().decode("latin-1")
    assert as_written(wrong) == "É".encode().decode("latin-1")


def test_a_text_that_was_mended_in_parts_is_mended_whole():
    assert as_written("PEÃ\x91A JOSÃ‰ ␊ É") == "PEÑA JOSÉ ␊ É"


def test_a_code_page_of_dos_is_known_by_its_boxes():
    assert as_written("JOS╔") == "JOSÉ"
    assert as_written("ZOË ╔".replace("Ë", "╦")) == "ZOË É"
    assert as_written("PEÐA, JOS╔") == "PEÑA, JOSÉ"
    assert as_written("╔ŵ") == "╔ŵ"


def test_accents_are_put_on_their_letters():
    assert as_written("JOSE\u0301") == "JOSÉ"


@pytest.mark.parametrize(
    "written",
    [
        r"@\n\u001e\rANSI 636000",
        r"@\x0a\x1e\x0dANSI 636000",
        "@<LF><RS><CR>ANSI 636000",
        "@[LF][RS][CR]ANSI 636000",
        "@{NL}(RS){0x0D}ANSI 636000",
        "@<0x0A><1E><0x0d>ANSI 636000",
        "@^J^^^MANSI 636000",
        "@\n^^^MANSI 636000",
        "@␊␞␍ANSI 636000",
        "%40%0A%1E%0DANSI%20636000",
        "%40%0A%1E%0DANSI+636000",
        "@&#10;&#30;&#xD;ANSI 636000",
    ],
)
def test_controls_that_were_written_out_are_given_back(written):
    assert unescaped(written) == HEADER


def test_letters_that_were_written_out_come_with_them():
    assert unescaped(r"A\nB\'\"\/\\\tC\u00c9") == "A\nB'\"/\\\tCÉ"
    assert unescaped("O&#x27;NEIL &amp; S&ouml;HNE") == "O'NEIL & SöHNE"
    assert unescaped("%0DANSI 6%C3%89%0A") == "\rANSI 6É\n"


@pytest.mark.parametrize(
    "own", [r"A\nB" + "\n", "A<LF>B\r", "A%0AB", "A^JB", "A&B;", "A&#1234;", r"A\DAC", ""]
)
def test_what_the_card_may_have_said_itself_stays(own):
    assert unescaped(own) == own


def test_a_hard_space_inside_utf_8_is_no_space():
    card = Card(holder=Holder(family="Voilà", given="ANNA"))
    for payload in (text(card).encode(), text(card).encode().decode("latin-1"), text(card).encode("utf-16")):
        found = recognise(payload)
        assert isinstance(found, Licence)
        assert found.family_name == "Voilà"
