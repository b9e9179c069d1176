"""The 270 segment by segment, and what each 271 means."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.coverage.eligibility import Answer, State, from_plain, to_plain
from kiosk.coverage.x12 import Unwritable, X12Error, read_answer, write_inquiry
from kiosk.coverage.x12.interchange import Segment, read
from tests.unit.coverage.messages import AT, PAYER, PROVIDER, SUBSCRIBER, TRACE, answer, envelope, inquiry

ACTIVE: Segment = ("EB", "1", "", "30", "C1", "GOLD PLAN")


def understood(*benefits: Segment) -> Answer:
    return read_answer(answer(benefits), trace=TRACE)


def co_pay(amount: str, *, service: str = "98", period: str = "27", network: str = "Y") -> Segment:
    return ("EB", "B", "IND", service, "", "", period, amount, "", "", "", "", network)


def deductible(amount: str, *, level: str = "IND", period: str = "29", network: str = "Y") -> Segment:
    return ("EB", "C", level, "30", "", "", period, amount, "", "", "", "", network)


def written(**changes: object) -> str:
    return write_inquiry(inquiry(**changes), sender="CLINIC", receiver="HOUSE", at=AT)


# LinuxForHealth X12 0.57 reads it as a right 005010X279A1 (measured once: it needs pydantic 1).
GOLDEN = """\
ISA*00*          *00*          *ZZ*CLINIC         *ZZ*HOUSE          *261123*1400*^*00501*000000007*0*P*:~
GS*HS*CLINIC*HOUSE*20261123*1400*7*X*005010X279A1~
ST*270*0001*005010X279A1~
BHT*0022*13*5f2b*20261123*1400~
HL*1**20*1~
NM1*PR*2*ACME HEALTH*****PI*ACME1~
HL*2*1*21*1~
NM1*1P*2*RIVERSIDE CLINIC*****XX*1234567893~
HL*3*2*22*0~
TRN*1*5f2b*9234567893~
NM1*IL*1*SAMPLE*ANA****MI*W1234~
REF*6P*G-7~
DMG*D8*19800203~
DTP*291*D8*20261123~
EQ*30~
SE*14*0001~
GE*1*7~
IEA*1*000000007~
"""


def test_the_question_is_the_one_of_the_standard() -> None:
    assert written(group="G-7") == GOLDEN


def test_a_long_name_keeps_to_the_standards_lengths() -> None:
    subscriber = next(
        line for line in written(family_name="A" * 80, suffix="Jr").split("~\n") if "NM1*IL" in line
    )
    assert subscriber == f"NM1*IL*1*{'A' * 60}*ANA***JR*MI*W1234"


def test_spaces_of_the_printed_number_are_left_out() -> None:
    assert "*MI*W1234-5~" in written(member_id="W12 34-5")


def test_a_name_that_x12_cannot_carry_is_not_asked_about() -> None:
    with pytest.raises(Unwritable):
        written(family_name="محمد")


NAMES = st.text(st.characters(codec="latin-1", categories=["Lu", "Ll", "Zs", "Pd", "Sm", "Po"]), max_size=20)


@given(NAMES, NAMES, st.dates(date(1900, 1, 1), date(2026, 11, 23)))
@settings(max_examples=40)
def test_every_question_is_whole_whatever_the_name(family: str, given_name: str, born: date) -> None:
    try:
        question = written(family_name=family, given_name=given_name, birth_date=born)
    except Unwritable:
        return
    (only,) = read(question).sets
    assert [segment[0] for segment in only].count("HL") == 3
    assert len(only) == 13


def test_an_active_plan_without_more() -> None:
    assert to_plain(understood(ACTIVE)) == to_plain(Answer(state=State.ACTIVE, plan="GOLD PLAN"))


@pytest.mark.parametrize("code", ["6", "7", "8"])
def test_a_plan_that_ended_is_inactive(code: str) -> None:
    found = understood(("DTP", "347", "D8", "20251231"), ("EB", code, "", "30"))

    assert found.state is State.INACTIVE
    assert found.valid_until == date(2025, 12, 31)
    assert found.co_pay is None


def test_one_active_plan_beside_one_that_ended_is_active() -> None:
    assert understood(("EB", "6", "", "30", "", "OLD"), ACTIVE).plan == "GOLD PLAN"


def test_cover_for_teeth_only_says_nothing_about_today() -> None:
    assert understood(("EB", "1", "", "35")).state is State.UNCLEAR
    assert understood(("EB", "1", "", "35^98")).state is State.ACTIVE
    assert understood(("EB", "V")).state is State.UNCLEAR


@pytest.mark.parametrize(
    ("benefits", "amount"),
    [
        ([co_pay("25")], Decimal("25")),
        ([co_pay("25.5"), co_pay("60", network="N")], Decimal("25.5")),
        ([co_pay("25"), co_pay("40", service="86")], Decimal("25")),
        ([co_pay("25"), co_pay("40")], None),
        ([co_pay("25"), co_pay("25", service="BY")], Decimal("25")),
        ([co_pay("15", service="30", network="")], Decimal("15")),
        ([co_pay("25"), co_pay("15", service="30")], Decimal("25")),
        ([co_pay("25", network=""), co_pay("20")], Decimal("20")),
        ([co_pay("0")], Decimal("0")),
        ([co_pay(".5")], Decimal("0.5")),
        ([co_pay("-5")], None),
        ([co_pay("1E9")], None),
        ([co_pay("٢٥")], None),
        ([co_pay("25", period="23")], None),
        ([co_pay("60", network="N")], None),
        ([], None),
    ],
)
def test_the_co_pay_is_the_one_of_an_office_visit_or_none(
    benefits: list[Segment], amount: Decimal | None
) -> None:
    assert understood(ACTIVE, *benefits).co_pay == amount


@pytest.mark.parametrize(
    ("benefits", "amount"),
    [
        ([deductible("1500", period="23"), deductible("320.5")], Decimal("320.5")),
        ([deductible("320"), deductible("900", level="FAM")], Decimal("320")),
        ([deductible("900", level="FAM")], Decimal("900")),
        ([deductible("1"), deductible("2")], None),
        ([deductible("5", network="N")], None),
    ],
)
def test_the_deductible_is_what_is_left_of_it(benefits: list[Segment], amount: Decimal | None) -> None:
    assert understood(ACTIVE, *benefits).deductible_left == amount


@pytest.mark.parametrize(
    ("days", "begins", "ends"),
    [
        ([("DTP", "346", "D8", "20260101")], date(2026, 1, 1), None),
        ([("DTP", "291", "RD8", "20260101-20261231")], date(2026, 1, 1), date(2026, 12, 31)),
        ([("DTP", "357", "D8", "20261231"), ("DTP", "349", "D8", "20261130")], None, None),
        ([("DTP", "346", "D8", "20260231")], None, None),
        ([("DTP", "346", "D8", "2026011")], None, None),
        ([("DTP", "291", "D8", "20261123")], None, None),
        ([("DTP", "346", "D6", "260101")], None, None),
    ],
)
def test_how_long_the_plan_lasts_is_told_in_one_way_or_not_at_all(
    days: list[Segment], begins: date | None, ends: date | None
) -> None:
    found = understood(*days, ACTIVE)

    assert (found.valid_from, found.valid_until) == (begins, ends)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("42", State.PAYER_DOWN),
        ("80", State.PAYER_DOWN),
        ("58", State.WRONG_BIRTH_DATE),
        ("71", State.WRONG_BIRTH_DATE),
        ("72", State.NOT_FOUND),
        ("73", State.NOT_FOUND),
        ("75", State.NOT_FOUND),
        ("43", State.UNCLEAR),
        ("76", State.UNCLEAR),
        ("79", State.UNCLEAR),
        ("", State.UNCLEAR),
    ],
)
def test_a_rejection_means_what_its_code_says(code: str, state: State) -> None:
    found = understood(("AAA", "N", "", code, "C"))

    assert (found.state, found.code) == (state, code)


def test_the_rejection_that_helps_most_is_told() -> None:
    found = understood(("AAA", "N", "", "75", "C"), ("AAA", "N", "", "71", "C"))

    assert (found.state, found.code) == (State.WRONG_BIRTH_DATE, "71")


@pytest.mark.parametrize("levels", [1, 2])
def test_a_rejection_at_a_higher_level_counts(levels: int) -> None:
    loops = [*PAYER, *(PROVIDER if levels == 2 else [])]
    body: list[Segment] = [("BHT", "0022", "11"), *loops, ("AAA", "Y", "", "42", "P")]

    assert read_answer(envelope(body), trace=TRACE).state is State.PAYER_DOWN


def test_a_rejection_beside_benefits_is_a_contradiction() -> None:
    assert understood(("AAA", "N", "", "75", "C"), ACTIVE).state is State.UNCLEAR


def test_an_answer_about_somebody_else_is_none() -> None:
    assert read_answer(answer([ACTIVE]), trace="other").state is State.UNCLEAR
    rejected = answer([("AAA", "N", "", "75", "C")])
    assert read_answer(rejected, trace="other").state is State.UNCLEAR


def test_the_payer_may_answer_about_a_dependent() -> None:
    dependent: list[Segment] = [("HL", "4", "3", "23", "0"), ("NM1", "03", "1", "SAMPLE", "TINO"), ACTIVE]
    assert read_answer(answer(dependent), trace=TRACE).state is State.ACTIVE

    stranger: list[Segment] = [("HL", "4", "3", "23", "0"), ("TRN", "2", "other"), ACTIVE]
    assert read_answer(answer(stranger), trace=TRACE).state is State.UNCLEAR


def test_the_payers_words_are_kept_once_and_not_for_ever() -> None:
    words: Segment = ("MSG", "CALL\x07 FIRST")
    found = understood(ACTIVE, words, words, ("MSG", "X" * 400), ("MSG", ""))

    assert found.message.startswith("CALL FIRST X")
    assert found.message.count("CALL") == 1
    assert len(found.message) == 300


@pytest.mark.parametrize(("kind", "code"), [("999", "999"), ("277", "277")])
def test_another_message_is_unclear(kind: str, code: str) -> None:
    found = read_answer(envelope([("AK1", "HS", "1")], kind=kind, functional="FA"), trace=TRACE)

    assert (found.state, found.code) == (State.UNCLEAR, code)


def test_an_envelope_that_was_refused_is_unclear() -> None:
    head, _, _ = answer().partition("GS*")
    refused = head + "TA1*000000007*261123*1400*R*006~IEA*0*000000007~"
    accepted = head + "TA1*000000007*261123*1400*A*000~IEA*0*000000007~"

    assert read_answer(refused, trace=TRACE).code == "TA1 006"
    assert read_answer(accepted, trace=TRACE).code == "TA1"


def test_two_answers_in_one_message_are_none() -> None:
    whole = answer([ACTIVE])
    start, end = whole.index("ST*"), whole.index("GE*")
    twice = whole[:end] + whole[start:end] + whole[end:].replace("GE*1", "GE*2")

    with pytest.raises(X12Error):
        read_answer(twice, trace=TRACE)


def test_segments_before_the_first_level_are_nobodys() -> None:
    assert read_answer(answer([ACTIVE]).replace("BHT*", "MSG*"), trace=TRACE).message == ""


AMOUNTS = st.none() | st.decimals(0, 10**6, places=2)
ANSWERS = st.builds(
    Answer, state=st.sampled_from(State), plan=st.text(max_size=9), co_pay=AMOUNTS, deductible_left=AMOUNTS,
    valid_from=st.none() | st.dates(), valid_until=st.none() | st.dates(), message=st.text(max_size=9),
    code=st.text(max_size=5),
)  # fmt: skip


@given(ANSWERS)
@settings(max_examples=60)
def test_an_answer_survives_being_written_down(found: Answer) -> None:
    assert from_plain(to_plain(found)) == found


def test_nothing_about_a_person_is_printed() -> None:
    assert repr(inquiry()) == "<Inquiry>"
    assert repr(Answer(state=State.ACTIVE, plan="GOLD")) == "<Answer>"
    assert SUBSCRIBER[2][3] not in repr(read(answer()))
