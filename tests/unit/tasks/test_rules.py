"""What a task says to who takes it."""

import pytest

from kiosk.tasks import rules


@pytest.mark.parametrize("kind", [*rules.KINDS, "a_kind_of_tomorrow"])
def test_every_task_says_what_is_the_matter_and_what_to_do(kind: str) -> None:
    words = rules.words(kind, place="Front door", code="B042", subject="ticket printer", cause="paper_out")
    for text in (words.what, words.next_step):
        assert text[0].isupper()
        assert text.endswith((".", ")."))
        assert "{" not in text


def test_a_task_is_said_without_knowing_everything() -> None:
    assert rules.words("print_unknown").what == (
        "The clinic: nobody knows whether the ticket of a patient was printed."
    )


def test_the_printer_says_its_trouble_and_the_next_step() -> None:
    words = rules.words("print_failed", place="Front door", subject="ticket printer", cause="paper_out")
    assert words.what == "Front door: no tickets come out. The ticket printer is out of paper."
    assert words.next_step.startswith("Put in a new roll.")


def test_urgent_kinds_are_known_kinds() -> None:
    assert rules.KINDS.keys() >= rules.URGENT
