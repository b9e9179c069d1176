import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import Cause
from drivers.printers.status import (
    Answers,
    AutomaticStatus,
    PaperAnswer,
    ProcessAnswer,
    RealTime,
    ask_process,
    from_automatic,
    from_real_time,
)

FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        (FINE, None),
        (FINE | {4: 0x12 | 0x0C}, Cause.PAPER_LOW),
        (FINE | {1: 0x1A, 2: 0x32, 4: 0x7E}, Cause.PAPER_OUT),
        (FINE | {1: 0x1A, 2: 0x16}, Cause.COVER_OPEN),
        (FINE | {1: 0x1A, 2: 0x52, 3: 0x1A}, Cause.CUTTER),
        (FINE | {1: 0x1A, 3: 0x32}, Cause.ERROR),
        (FINE | {1: 0x1A}, Cause.OFFLINE),
    ],
)
def test_real_time_answers_name_what_a_person_should_look_at(answers: dict[int, int], cause: Cause | None):
    assert from_real_time(answers).cause == cause


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"\x10\x00\x00\x00", None),
        (b"\x10\x00\x03\x00", Cause.PAPER_LOW),
        (b"\x18\x00\x0f\x00", Cause.PAPER_OUT),
        (b"\x38\x00\x00\x00", Cause.COVER_OPEN),
        (b"\x18\x08\x00\x00", Cause.CUTTER),
        (b"\x18\x20\x00\x00", Cause.ERROR),
        (b"\x18\x00\x00\x00", Cause.OFFLINE),
    ],
)
def test_automatic_status_says_the_same(data: bytes, cause: Cause | None):
    assert from_automatic(data).cause == cause


def test_unasked_status_between_the_answers_is_told_apart():
    answers = Answers()
    answers.paper_expected = True
    stream = b"\x10\x00\x12\x00\x00" + b"\x00" + b"\x37\x22abcd\x00" + b"\x18\x00\x0c\x00" + b"\x12"
    assert answers.feed(stream) == [
        RealTime(0x12),
        AutomaticStatus(b"\x10\x00\x00\x00"),
        PaperAnswer(0),
        ProcessAnswer(b"abcd"),
        AutomaticStatus(b"\x18\x00\x0c\x00"),
        RealTime(0x12),
    ]


def test_one_question_has_one_answer_and_what_else_looks_like_it_is_noise():
    answers = Answers()
    answers.paper_expected = True
    assert answers.feed(b"\x0f\x00\x00") == [PaperAnswer(0x0F)]
    assert PaperAnswer(0x0F).paper_out
    assert not PaperAnswer(0x03).paper_out


def test_a_byte_without_the_fixed_bits_is_no_answer():
    assert Answers().feed(b"\x00\xff\x11\x13\x01") == []


def test_the_process_number_is_sent_as_the_command_wants_it():
    assert ask_process(b"abcd") == b"\x1d(H\x06\x0000abcd"


@given(st.binary(max_size=200), st.booleans())
def test_no_garbage_breaks_the_reading(garbage: bytes, expected: bool):
    answers = Answers()
    answers.paper_expected = expected
    answers.feed(garbage)
    answers.feed(b"\xff" * 8)
    assert answers.feed(b"\x12")[-1:] == [RealTime(0x12)]


@given(st.lists(st.sampled_from([b"\x12", b"\x1a", b"\x10\x00\x00\x00", b"\x37\x22abcd\x00"])))
def test_whole_answers_are_all_found_however_they_arrive(parts: list[bytes]):
    one_by_one = Answers()
    stream = b"".join(parts)
    found = [answer for byte in stream for answer in one_by_one.feed(bytes([byte]))]
    assert found == Answers().feed(stream)
    assert len(found) == len(parts)
