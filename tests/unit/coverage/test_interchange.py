"""The envelope of X12: every count and number is checked, and nothing but one error comes out."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.coverage.x12 import Unwritable, X12Error, read_answer
from kiosk.coverage.x12.interchange import ISA_LENGTH, Delimiters, clean, element, read
from tests.unit.coverage.messages import TRACE, answer, envelope

WHOLE = answer([("EB", "1", "", "30")])
ORDINARY = st.text("ABCXYZ0189 .-/()&", max_size=12).map(str.strip)


def delimited(text: str, element: str, component: str, repetition: str, segment: str) -> str:
    """The same message with other delimiters."""
    swapped = text.replace("~\n", "~")
    return swapped.translate(str.maketrans({"*": element, ":": component, "^": repetition, "~": segment}))


def test_the_first_segment_is_as_long_as_everywhere() -> None:
    assert WHOLE[ISA_LENGTH - 1] == "~"
    assert WHOLE.index("GS*") == ISA_LENGTH + 1


def test_a_message_is_read_as_it_was_written() -> None:
    message = read(WHOLE)

    assert message.sender == "HOUSE"
    assert message.receiver == "CLINIC"
    assert message.number == "000000007"
    assert message.delimiters == Delimiters()
    assert [one[0][:2] for one in message.sets] == [("ST", "271")]


@given(st.lists(st.lists(ORDINARY, min_size=1, max_size=4).filter(lambda parts: parts[-1] != ""), max_size=6))
@settings(max_examples=60)
def test_whatever_is_written_is_read_again(parts: list[list[str]]) -> None:
    body = [("MSG", *texts) for texts in parts]

    assert list(read(envelope(body)).sets[0][1:-1]) == body


@pytest.mark.parametrize(
    "marks",
    [("|", ">", "^", "\n"), ("\x1d", "\x1f", "\x1e", "\x1c"), ("*", ":", "U", "~"), ("+", "<", "!", "'")],
)
def test_the_delimiters_are_told_by_the_message(marks: tuple[str, str, str, str]) -> None:
    assert read_answer(delimited(WHOLE, *marks), trace=TRACE).state == "active"


def test_line_breaks_and_a_byte_order_mark_are_decoration() -> None:
    assert len(read("\ufeff\r\n" + WHOLE.replace("\n", "\r\n")).sets) == 1
    assert len(read(WHOLE.replace("\n", "")).sets) == 1


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("SE*11*", "SE*8*"),
        ("SE*11*0001", "SE*11*0002"),
        ("SE*11*", "SE**"),
        ("SE*11*", "SE*²*"),
        ("GE*1*7", "GE*2*7"),
        ("GE*1*7", "GE*1*8"),
        ("IEA*1*", "IEA*2*"),
        ("IEA*1*000000007", "IEA*1*000000008"),
        ("IEA*1*000000007~\n", ""),
        ("IEA*1*000000007~", "IEA*1*000000007"),
        ("GE*1*7~\n", ""),
        ("GS*", "GX*"),
        ("ST*271", "SU*271"),
        ("SE*11*0001~\n", ""),
        ("HL*1", "hl*1"),
        ("ISA*00*", "ISA*0**"),
        ("*P*:~", "*P**~"),
        ("*P*:~", "*P*A~"),
        ("*P*:~", "*P* ~"),
        ("ISA*00", "ISB*00"),
        ("GS*", "ABC~GS*"),
    ],
)
def test_a_message_that_is_not_whole_is_refused(right: str, wrong: str) -> None:
    assert right in WHOLE
    with pytest.raises(X12Error):
        read(WHOLE.replace(right, wrong, 1))


def test_what_is_too_short_or_too_long_is_refused() -> None:
    for text in ("", "ISA*00*", WHOLE[:ISA_LENGTH], WHOLE + "X" * 1_000_000):
        with pytest.raises(X12Error):
            read(text)


@given(st.text(max_size=200) | st.binary(max_size=300).map(lambda data: data.decode("latin-1")))
@example("ISA" + "\x00" * 200)
@settings(max_examples=150)
def test_hostile_text_gives_the_one_error(text: str) -> None:
    with pytest.raises(X12Error):
        read_answer(text, trace=TRACE)


@given(
    st.integers(0, len(WHOLE) - 1),
    st.integers(0, 40),
    st.text("~*:^ \nABE0123456789\x00é", max_size=8),
)
@settings(max_examples=250)
def test_a_damaged_message_gives_an_answer_or_the_one_error(at: int, cut: int, put: str) -> None:
    with suppress(X12Error):
        read_answer(WHOLE[:at] + put + WHOLE[at + cut :], trace=TRACE)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Örnek", "ORNEK"),
        ("Ejemplo-Muestra", "EJEMPLO-MUESTRA"),
        ("O’Brien", "O'BRIEN"),
        ("Łukasz  Weiß", "LUKASZ WEISS"),
        ("Ana*B~C:D^E", "ANA B C D E"),
        ("x" * 50, "X" * 35),
        ("", ""),
    ],
)
def test_a_name_is_cleaned_of_what_x12_cannot_carry(text: str, cleaned: str) -> None:
    assert clean(text, 35) == cleaned


@pytest.mark.parametrize("text", ["محمد", "李", "Ана", "a\x00b"])
def test_a_name_in_other_letters_is_not_changed_but_refused(text: str) -> None:
    with pytest.raises(Unwritable):
        clean(text, 35)


def test_an_element_behind_the_end_is_empty() -> None:
    assert element(("EB", "1"), 7) == ""


def test_an_error_does_not_tell_what_was_in_the_message() -> None:
    with pytest.raises(X12Error, match=r"^This is not a whole X12 interchange\.$"):
        read("SAMPLE")
