"""What is announced, and in which order."""

import pytest

from display.announce import Phrase, announcements, languages
from display.board import Call
from tests.cast import NINE, minutes


def call(code: str, after: float, language: str = "en") -> Call:
    """A call to Room 1, `after` minutes past nine."""
    return Call(f"ticket {code}", code, "Room 1", NINE + minutes(after), language, again=False)


def say(call: Call) -> Phrase:
    """The call in words."""
    return Phrase(call.language, "ltr", f"{call.code}, {call.desk} in {call.language}")


def test_the_earliest_call_is_announced_first() -> None:
    said = announcements([call("B002", 2), call("A001", 1)], say)

    assert [each.phrase.text for each in said] == ["A001, Room 1 in en", "B002, Room 1 in en"]


def test_an_announcement_is_in_the_language_of_its_patient() -> None:
    (said,) = announcements([call("B002", 2, "ar")], say)

    assert (said.phrase.language, said.phrase.text) == ("ar", "B002, Room 1 in ar")


def test_a_recall_is_announced_again_under_another_key() -> None:
    first, again = announcements([call("B002", 2), call("B002", 3)], say)

    assert first.ticket == again.ticket
    assert first.key != again.key


@pytest.mark.parametrize(
    ("patient", "said"), [("en", ("en",)), ("ar", ("ar", "en")), ("", ("en",)), ("vi", ("en",))]
)
def test_a_call_is_said_in_the_patients_language_then_in_the_sites(
    patient: str, said: tuple[str, ...]
) -> None:
    assert languages(patient, ["en", "es", "ar"]) == said
