"""What is said: codes sign by sign, in the right voice, and nothing that does not stand on the page."""

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.speech.rules import sayable, spelled, squeezed, stands_on, voice_of, whole

KNOWN = frozenset({"en-us", "en-gb", "es", "es-419", "ar", "cmn", "yue", "pt", "pt-br", "vi", "fr-fr"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your number is B042.", "Your number is B, 0, 4, 2."),
        ("K47", "K, 4, 7"),
        ("0A1B2C3D4", "0, A, 1, B, 2, C, 3, D, 4"),
        ("رقمك هو B042.", "رقمك هو B, 0, 4, 2."),
        ("Appointment at 10:40 AM", "Appointment at 10:40 AM"),
        ("Step 2 of 5", "Step 2 of 5"),
        ("September 23, 1948", "September 23, 1948"),
        ("Room 3", "Room 3"),
        ("SMART Health Card", "SMART Health Card"),
        ("MARÍA1 and 1st", "MARÍA1 and 1st"),
    ],
)
def test_codes_are_said_sign_by_sign_and_nothing_else(text: str, said: str) -> None:
    assert sayable([text]) == said


def test_pieces_of_a_sentence_are_said_with_a_pause_between() -> None:
    assert sayable(["Code on the letter", "B", "7"]) == "Code on the letter, B, 7"


@given(st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True))
def test_every_ticket_code_keeps_its_signs_in_order(code: str) -> None:
    assert sayable([code]) == spelled(code)
    assert spelled(code).replace(", ", "") == code


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "en-us"), ("es", "es-419"), ("ar", "ar"), ("vi", "vi"), ("zh_Hans", "cmn"), ("zh_HK", "yue"),
     ("pt", "pt-br"), ("pt_BR", "pt-br"), ("fr_CA", "fr-fr"), ("so", None), ("tl", None), ("en_GB", "en-gb")],
)  # fmt: skip
def test_each_language_has_its_usual_voice_or_none(language: str, voice: str | None) -> None:
    assert voice_of(language, {}, KNOWN) == voice


def test_a_site_may_choose_another_voice_and_a_variant_of_it() -> None:
    assert voice_of("en", {"en": "en-gb+f3"}, KNOWN) == "en-gb+f3"
    assert voice_of("es", {"en": "en-gb+f3"}, KNOWN) == "es-419"


def test_a_voice_that_is_not_there_is_not_replaced_in_silence() -> None:
    assert voice_of("en", {"en": "en-mars"}, KNOWN) is None


@given(st.text(max_size=8), st.text(max_size=8))
def test_no_language_means_any_voice_that_is_not_known(language: str, own: str) -> None:
    voice = voice_of(language, {language: own}, KNOWN)
    assert voice is None or voice.partition("+")[0] in KNOWN


PAGE = """<main><h1>Is this   you?</h1><p><bdi>Wilhelmina V.</bdi> at&nbsp;10:40</p>
<button aria-label="Delete the last letter"><svg></svg></button><input value="VANDERBERG"></main>"""


@pytest.mark.parametrize("text", ["Is this you?", "Wilhelmina V.", "at 10:40", "Delete the last letter"])
def test_a_page_says_its_texts_and_its_labels(text: str) -> None:
    assert stands_on(PAGE, [text])


@pytest.mark.parametrize(
    "text", ["Is this", "Wilhelmina", "VANDERBERG", "Buy gold", "Delete", "h1", "Is this you? Wilhelmina V."]
)
def test_a_page_says_nothing_that_is_not_a_whole_piece_of_it(text: str) -> None:
    assert not stands_on(PAGE, [text])
    assert not stands_on(PAGE, ["Is this you?", text])


@pytest.mark.parametrize("text", ["É", "ب", "7", "30", "-"])
def test_what_was_typed_is_echoed_sign_by_sign(text: str) -> None:
    assert stands_on(PAGE, [text])


@given(st.text(min_size=3))
def test_nothing_longer_than_an_echo_is_said_by_an_empty_page(text: str) -> None:
    assert not stands_on("<main></main>", [text])


@given(st.text(alphabet=st.characters(exclude_characters="<>&\r\x00", exclude_categories=["Cs"]), min_size=1))
def test_whatever_stands_on_a_page_may_be_said(text: str) -> None:
    assert stands_on(f"<p>{text}</p>", [squeezed(text)])


def test_a_wav_from_a_pipe_gets_its_true_lengths() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setnchannels(1)
        writing.setsampwidth(2)
        writing.setframerate(22_050)
        writing.writeframes(b"\x01\x02" * 100)
    right = file.getvalue()
    piped = right[:4] + b"\x24\xf0\xff\x7f" + right[8:40] + b"\x00\xf0\xff\x7f" + right[44:]

    assert whole(piped) == right


@pytest.mark.parametrize("nothing", [b"", b"RIFF", b"no sound at all" * 9])
def test_what_is_no_wav_is_refused(nothing: bytes) -> None:
    with pytest.raises(ValueError, match="no sound"):
        whole(nothing)
