"""The dialogue: every way through it, and that no way shows anything of a patient too early."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.checkin.rules.cases import EXPLANATIONS, Case, explain
from kiosk.checkin.rules.effects import Arrive, Effect, LookUp, OpenTask, Print
from kiosk.checkin.rules.given import (
    Arrived,
    Chose,
    Confirmed,
    Given,
    NotFound,
    Press,
    Scanned,
    Speaks,
    Typed,
)
from kiosk.checkin.rules.machine import COPIES, TRIES, advance, days_of
from kiosk.checkin.rules.scanning import UNREAD_TRIES
from kiosk.checkin.rules.steps import Dialogue, Found, Notice, Options, Step, Who
from kiosk.identity.claims import Claim, Source
from kiosk.identity.manual_code import manual_code

OPTIONS = Options(
    languages=("en", "es", "ar"),
    walk_in=("registration", "laboratory"),
    today=date(2026, 11, 23),
    number=47,
)
SLOT = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MARIA = Found("REF", "Maria", "L", SLOT)
LICENCE = Who(
    claim=Claim(source=Source.LICENCE, family_name="LOPEZ", given_name="MARIA", birth_date=date(1948, 9, 23))
)
BOOKING = Who(reference="REF")
CODE = Who(code=manual_code("REF"))
HEALTH = Who(claim=Claim(source=Source.HEALTH_CARD, family_name="LOPEZ", given_name="MARIA"))
PASSPORT = Who(claim=Claim(source=Source.TRAVEL_DOCUMENT, family_name="LOPEZ", given_name="MARIA"))
BY_LICENCE = (Scanned(LICENCE), Confirmed(True))


def after(*givens: Given, state: Dialogue = Dialogue(), options: Options = OPTIONS) -> Dialogue:  # noqa: B008
    """Where these lead."""
    return last(*givens, state=state, options=options)[0]


def last(
    *givens: Given,
    state: Dialogue = Dialogue(),  # noqa: B008
    options: Options = OPTIONS,
) -> tuple[Dialogue, tuple[Effect, ...]]:
    """Where these lead, and what the last one asks for."""
    effects: tuple[Effect, ...] = ()
    for one in givens:
        state, effects = advance(state, one, options)
    return state, effects


BIRTH_DATE = (Chose("month", "9"), Chose("day", "23"), Typed("1948"))
BY_NAME = (Chose("appointment"), Chose("type"), Typed("López"), *BIRTH_DATE)


def test_a_typed_name_and_the_birth_date_are_looked_up_together() -> None:
    state, effects = last(*BY_NAME)
    assert effects == (LookUp(Who(claim=Claim.typed("López", None)), date(1948, 9, 23)),)
    assert state.step is Step.YEAR


def test_a_match_is_confirmed_before_anybody_is_checked_in() -> None:
    state, effects = last(*BY_NAME, MARIA)
    assert (state.step, state.found, effects) == (Step.CONFIRM, MARIA, ())
    assert last(Confirmed(True), state=state)[1] == (Arrive("REF"),)
    ticket = after(Arrived("t1"), state=state)
    assert ticket == Dialogue(step=Step.TICKET, ticket="t1")


@pytest.mark.parametrize("who", [HEALTH, BOOKING, CODE])
def test_a_scan_is_data_entry_and_still_asks_for_the_birth_date(who: Who) -> None:
    state = after(Scanned(who))
    assert (state.step, state.notice) == (Step.MONTH, Notice.SCANNED)
    assert last(*BIRTH_DATE, state=state)[1] == (LookUp(who, date(1948, 9, 23)),)


def test_a_scanner_that_reads_twice_does_not_start_the_birth_date_again() -> None:
    assert after(*BY_LICENCE, Chose("month", "9"), Scanned(LICENCE)).step is Step.DAY
    assert after(Scanned(LICENCE), Scanned(LICENCE)) == after(Scanned(LICENCE))


def test_another_card_starts_with_that_card() -> None:
    state = after(*BY_LICENCE, *BIRTH_DATE, MARIA, Scanned(BOOKING))
    assert (state.step, state.who, state.found) == (Step.MONTH, BOOKING, None)


def test_a_scan_does_not_give_back_the_three_tries() -> None:
    state = after(*BY_NAME, NotFound(Case.NO_APPOINTMENT), Scanned(LICENCE))
    assert state.failures == 1
    assert after(Scanned(BOOKING), state=replace(state, step=Step.REFUSED)).failures == 0


def test_a_scan_on_the_ticket_page_is_the_next_patient() -> None:
    assert after(Scanned(LICENCE), state=Dialogue(step=Step.TICKET, ticket="t")).ticket == ""


def test_a_code_that_lies_under_the_scanner_does_not_start_anew() -> None:
    shown = Scanned(BOOKING, mark="a")
    ticket = after(shown, *BIRTH_DATE, MARIA, Confirmed(True), Arrived("t1"))
    assert ticket.step is Step.TICKET
    assert after(shown, state=ticket) == ticket
    assert after(Scanned(BOOKING, mark="b"), state=ticket).step is Step.MONTH
    assert after(Press.DONE, shown, state=ticket).step is Step.MONTH


def test_who_starts_over_may_show_the_same_code() -> None:
    shown = Scanned(BOOKING, mark="a")
    assert after(shown, Press.START_OVER).pristine
    assert after(shown, Press.START_OVER, shown).step is Step.MONTH
    assert after(shown, Press.BACK, shown).step is Step.MONTH


def test_three_unreadable_scans_suggest_the_touch_screen() -> None:
    state = Dialogue(step=Step.SCAN)
    notices = []
    for _ in range(UNREAD_TRIES):
        state = after(Scanned(), state=state)
        notices.append(state.notice)
    assert notices == [Notice.UNREADABLE, Notice.UNREADABLE, Notice.USE_TOUCH]
    assert state.step is Step.SCAN


def test_an_unreadable_scan_does_not_disturb_a_ticket() -> None:
    ticket = Dialogue(step=Step.TICKET, ticket="t")
    assert after(Scanned(), state=ticket) == ticket


@pytest.mark.parametrize("who", [LICENCE, PASSPORT])
def test_a_document_is_not_used_before_the_patient_agrees(who: Who) -> None:
    state, effects = last(Scanned(who))
    assert (state.step, state.who, state.held, effects) == (Step.CONSENT, None, who, ())
    agreed = after(Confirmed(True), state=state)
    assert (agreed.step, agreed.who, agreed.held) == (Step.MONTH, who, None)
    declined = after(Confirmed(False), state=state)
    assert declined == Dialogue(step=Step.NAME)
    for way in (Press.BACK, Press.START_OVER, Scanned(BOOKING), Press.TIMED_OUT):
        assert after(way, state=state).held is None


def test_an_agreement_lasts_for_this_dialogue_only() -> None:
    state = after(*BY_LICENCE, Scanned(PASSPORT))
    assert (state.step, state.who) == (Step.MONTH, PASSPORT)
    for end in (Press.START_OVER, Press.DONE, Press.TIMED_OUT, Scanned(case=Case.UNKNOWN_CARD)):
        assert after(end, Scanned(PASSPORT), state=state).step is Step.CONSENT
    ticket = after(*BIRTH_DATE, MARIA, Arrived("t"), state=state)
    assert after(Scanned(LICENCE), state=ticket).step is Step.CONSENT


@pytest.mark.parametrize("who", [LICENCE, PASSPORT])
def test_a_site_that_reads_no_documents_says_so(who: Who) -> None:
    state = after(Scanned(who), options=replace(OPTIONS, licence_scanning=False))
    assert (state.step, state.notice, state.held) == (Step.WELCOME, Notice.NO_LICENCES, None)


def test_the_code_of_a_letter_is_typed_instead() -> None:
    printed = manual_code("REF")
    typed = f" {printed[:3]}-{printed[3:].lower()} "
    state, effects = last(Chose("appointment"), Chose("code"), Typed(typed), *BIRTH_DATE)
    assert effects == (LookUp(CODE, date(1948, 9, 23)),)
    checked = after(NotFound(Case.NO_APPOINTMENT), state=state)
    assert after(Chose("code"), state=checked).step is Step.CODE
    assert after(Chose("name"), state=checked).step is Step.CHECK
    back = after(Press.BACK, state=after(Chose("appointment"), Chose("code"), Typed(typed)))
    assert (back.step, back.who) == (Step.CODE, CODE)


@pytest.mark.parametrize("text", ["", "ABC", manual_code("REF")[:-1] + "?", "1" * 90])
def test_what_is_no_code_is_asked_again(text: str) -> None:
    state = after(Chose("appointment"), Chose("code"), Typed(text))
    assert (state.step, state.notice, state.who) == (Step.CODE, Notice.CODE_WRONG, None)
    assert state.typed == text[:80]


def test_a_walk_in_chooses_a_service_and_gives_no_name() -> None:
    state, effects = last(Chose("walk_in"), Chose("service", "laboratory"))
    assert effects == (Arrive(services=("laboratory",)),)
    assert after(Arrived("t"), state=state).step is Step.TICKET


def test_only_the_services_for_walk_ins_can_be_chosen() -> None:
    assert last(Chose("walk_in"), Chose("service", "consultation"))[1] == ()
    assert after(Chose("walk_in"), options=replace(OPTIONS, walk_in=())).step is Step.WELCOME


@pytest.mark.parametrize("case", Case)
def test_every_failed_look_up_first_asks_whether_it_was_typed_right(case: Case) -> None:
    checked = after(*BY_NAME, NotFound(case))
    assert checked.step is Step.CHECK
    state, effects = last(Confirmed(True), state=checked)
    assert (state.step, state.code) == (Step.REFUSED, f"{case}47")
    assert effects == (OpenTask("checkin_staff", f"{case}47"),)


def test_what_was_mistyped_can_be_changed() -> None:
    checked = after(*BY_NAME, NotFound(Case.NO_APPOINTMENT))
    assert after(Chose("name"), state=checked).step is Step.NAME
    assert after(Chose("date"), state=checked).step is Step.MONTH
    scanned = after(*BY_LICENCE, *BIRTH_DATE, NotFound(Case.DIFFERS))
    assert after(Chose("name"), state=scanned).step is Step.CHECK


def test_a_wrong_second_identifier_three_times_is_for_staff() -> None:
    state = after(Scanned(BOOKING))
    for _ in range(TRIES - 1):
        state = after(*BIRTH_DATE, NotFound(Case.DIFFERS), Chose("date"), state=state)
        assert state.step is Step.MONTH
    state, effects = last(*BIRTH_DATE, NotFound(Case.DIFFERS), state=state)
    assert (state.step, effects) == (Step.REFUSED, (OpenTask("checkin_staff", "M47"),))


def test_all_refusals_look_the_same_but_for_the_code() -> None:
    refused = {replace(after(Scanned(case=case)), code="", sent=None) for case in Case}
    assert len(refused) == 1


def test_staff_can_read_every_code() -> None:
    assert set(EXPLANATIONS) == set(Case)
    assert explain("W47") == "The appointment was cancelled."
    assert explain("Q1") == explain("") == ""


def test_a_patient_who_is_somebody_else_is_for_staff() -> None:
    assert after(*BY_NAME, MARIA, Confirmed(False)).code == "Z47"


def test_who_arrived_before_gets_the_same_ticket_after_the_second_identifier() -> None:
    here = replace(MARIA, arrived=True)
    state, effects = last(*BY_NAME, here)
    assert effects == (Arrive("REF"),)
    assert after(Arrived("t", again=True), state=state).again


@pytest.mark.parametrize("step", [Step.CONFIRM, Step.SERVICE])
def test_an_appointment_that_ended_meanwhile_is_for_staff(step: Step) -> None:
    assert after(NotFound(Case.ENDED), state=Dialogue(step=step, found=None)).code == "Y47"


@pytest.mark.parametrize(
    ("month", "day", "year", "notice"),
    [
        ("2", "29", "1950", Notice.NO_SUCH_DATE),
        ("11", "24", "2026", Notice.NO_SUCH_DATE),
        ("9", "23", "194", Notice.YEAR_MISSING),
        ("9", "23", "", Notice.YEAR_MISSING),
        ("9", "23", "1890", Notice.YEAR_MISSING),
        ("9", "23", "2027", Notice.YEAR_MISSING),
        ("9", "23", "19480", Notice.YEAR_MISSING),
        ("9", "23", "١٩٤٨", Notice.YEAR_MISSING),
    ],
)
def test_a_date_that_cannot_be_is_asked_again(month: str, day: str, year: str, notice: Notice) -> None:
    state, effects = last(Scanned(BOOKING), Chose("month", month), Chose("day", day), Typed(year))
    assert (state.step, state.notice, effects) == (Step.YEAR, notice, ())


@pytest.mark.parametrize(("month", "days"), [(1, 31), (2, 29), (4, 30), (12, 31)])
def test_a_month_offers_the_days_that_it_can_have(month: int, days: int) -> None:
    assert days_of(month) == days


@pytest.mark.parametrize("text", ["", "   ", "123", "'-"])
def test_a_name_needs_a_letter(text: str) -> None:
    state = after(Chose("appointment"), Chose("type"), Typed(text))
    assert (state.step, state.notice) == (Step.NAME, Notice.NAME_MISSING)


@pytest.mark.parametrize("value", ["0", "13", "", "x", "-1", "99999"])
def test_a_month_that_is_none_changes_nothing(value: str) -> None:
    assert after(Scanned(BOOKING), Chose("month", value)).step is Step.MONTH
    assert after(Scanned(BOOKING), Chose("month", "2"), Chose("day", "30")).step is Step.DAY


def test_back_goes_back_one_question() -> None:
    way = [after(*BY_NAME[:count]).step for count in range(len(BY_NAME))]
    state = after(*BY_NAME[:-1])
    back = [state.step]
    for _ in way[1:]:
        state = after(Press.BACK, state=state)
        back.append(state.step)
    assert back == way[::-1]


@pytest.mark.parametrize(
    ("step", "before"),
    [
        (Step.CHECK, Step.YEAR),
        (Step.CONFIRM, Step.MONTH),
        (Step.SERVICE, Step.WELCOME),
        (Step.REFUSED, Step.WELCOME),
    ],
)
def test_back_from_an_outcome(step: Step, before: Step) -> None:
    state = after(Press.BACK, state=Dialogue(step=step, found=MARIA, case=Case.DIFFERS))
    assert (state.step, state.found, state.case) == (before, None, None)


def test_back_from_the_birth_date_after_a_scan_asks_how_again() -> None:
    state = after(*BY_LICENCE, Press.BACK)
    assert (state.step, state.who) == (Step.SCAN, None)


def test_a_ticket_can_be_printed_again_but_not_for_ever() -> None:
    state = Dialogue(step=Step.TICKET, ticket="t")
    for _ in range(COPIES):
        state, effects = last(Press.PRINT_AGAIN, state=state)
        assert (effects, state.notice) == ((Print("t", copy=True),), Notice.COPY)
    assert last(Press.PRINT_AGAIN, state=state)[1] == ()
    assert last(Press.PRINT_AGAIN)[1] == ()


def test_help_can_be_had_on_every_page_and_stays_announced() -> None:
    for step in Step:
        state, effects = last(Press.HELP, state=Dialogue(step=step))
        assert (state.step, state.helped) == (step, True)
        assert effects == (OpenTask("help_wanted"),)
    assert after(Press.HELP, *BY_NAME, MARIA, Arrived("t")).helped


def test_the_language_can_be_changed_on_every_page() -> None:
    for step in Step:
        assert after(Speaks("ar"), state=Dialogue(step=step)).language == "ar"
    assert after(Speaks("tlh")).language == ""


def test_starting_over_keeps_the_language_and_ending_forgets_it() -> None:
    state = after(Speaks("es"), *BY_NAME, MARIA)
    assert after(Press.START_OVER, state=state) == Dialogue(language="es")
    assert after(Press.DONE, state=state).pristine
    assert after(Press.TIMED_OUT, state=state).pristine


def test_what_makes_no_sense_on_a_page_changes_nothing() -> None:
    for step in Step:
        state = Dialogue(step=step)
        assert last(Chose("nonsense", "1"), state=state) == (state, ())


def test_nothing_personal_is_in_a_repr() -> None:
    state = after(*BY_NAME, MARIA)
    look_up = LookUp(LICENCE, date(1948, 9, 23))
    printed = repr((state, state.who, MARIA, Typed("López"), Scanned(LICENCE), look_up)).lower()
    assert not any(secret in printed for secret in ("pez", "maria", "1948"))


names = st.text(max_size=12)
inputs = st.one_of(
    st.sampled_from(list(Press)),
    st.builds(Chose, st.sampled_from(["appointment", "walk_in", "type", "code", "name", "date"])),
    st.builds(Chose, st.sampled_from(["month", "day", "service"]), st.integers(0, 32).map(str) | names),
    st.builds(Typed, st.sampled_from(["1948", "1890", "Lopez", ""]) | names),
    st.builds(Confirmed, st.booleans()),
    st.builds(Speaks, st.sampled_from(["en", "es", "ar", "xx"])),
    st.builds(Scanned, st.none() | st.sampled_from([LICENCE, BOOKING, PASSPORT])),
    st.builds(Scanned, st.none(), st.sampled_from(Case)),
    st.just(Typed(manual_code("REF"))),
)
found = st.sampled_from([MARIA, replace(MARIA, arrived=True)])
outcomes = found | st.builds(NotFound, st.sampled_from(Case))


@given(st.lists(inputs, max_size=40), st.data())
def test_whatever_patients_do(givens: list[Given], data: st.DataObject) -> None:
    """Random input never crashes, shows nothing of a record before the second identifier, and always ends."""
    state = Dialogue()
    for one in givens:
        state, effects = advance(state, one, OPTIONS)
        state = _carried_out(state, effects, data)
        assert (state.step is Step.CONSENT) == (state.held is not None)
        assert state.found is None or (state.step is Step.CONFIRM and state.birth_date is not None)
        assert (state.step is Step.TICKET) == bool(state.ticket)
        assert (state.step is Step.REFUSED) == bool(state.code)
        assert state.failures < TRIES
    assert after(Press.TIMED_OUT, state=state).pristine


def _carried_out(state: Dialogue, effects: tuple[Effect, ...], data: st.DataObject) -> Dialogue:
    for effect in effects:
        if isinstance(effect, LookUp):
            assert effect.birth_date <= OPTIONS.today
            state, further = advance(state, data.draw(outcomes), OPTIONS)
            state = _carried_out(state, further, data)
        elif isinstance(effect, Arrive):
            assert effect.services or state.found is not None
            state, _ = advance(state, Arrived("t"), OPTIONS)
    return state
