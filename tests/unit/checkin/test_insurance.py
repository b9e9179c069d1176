"""The questions about the insurance: what is kept, and that nothing of it costs anybody their ticket."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.effects import Arrive, CloseTask, Effect, Fetch, Insure, OpenTask, Print
from kiosk.checkin.rules.given import (
    Arrived,
    Chose,
    Confirmed,
    Given,
    NotFetched,
    Photographed,
    Press,
    Scanned,
    Speaks,
    Typed,
)
from kiosk.checkin.rules.insurance import STEPS, grouped, is_asked
from kiosk.checkin.rules.machine import advance
from kiosk.checkin.rules.steps import Dialogue, Found, Notice, Options, Sent, Step, Who
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.identity.chunks import Chunks
from kiosk.identity.claims import Claim
from kiosk.identity.documents import HealthLink

OPTIONS = Options(
    languages=("en", "es"), walk_in=("registration",), today=date(2026, 11, 23), insurance=True, camera=True
)
MARIA = Found("REF", "Maria", "L", datetime(2026, 11, 23, 14, 30, tzinfo=UTC))
CONFIRM = Dialogue(step=Step.CONFIRM, found=MARIA, month=9, day=23, year=1948)
FILED = Card(payer="Acme Health", member_id="AB 123456", source=Source.IMPORTED)
SHOWN = Card(payer="Acme Health", member_id="XY-987654", source=Source.HEALTH_CARD, verified=True)
LINK = HealthLink(url="https://acme.example/1", key="k" * 43)
SECRET_LINK = replace(LINK, flags=frozenset("P"))
OPENED = Fetch(SECRET_LINK, "1234")
ASKED = Dialogue(step=Step.INSURANCE, ticket="t", on_file=FILED)
JPEG = {"front": b"\xff\xd8\xff front"}


def last(*givens: Given, state: Dialogue, options: Options = OPTIONS) -> tuple[Dialogue, tuple[Effect, ...]]:
    """Where these lead, and what the last one asks for."""
    effects: tuple[Effect, ...] = ()
    for one in givens:
        state, effects = advance(state, one, options)
    return state, effects


def after(*givens: Given, state: Dialogue = ASKED, options: Options = OPTIONS) -> Dialogue:
    """Where these lead."""
    return last(*givens, state=state, options=options)[0]


def kept(*givens: Given, state: Dialogue = ASKED, options: Options = OPTIONS) -> Insure:
    """What these leave with the visit, together with the ticket on screen and paper."""
    ticket, (insured, printed) = last(*givens, state=state, options=options)
    assert (ticket.step, ticket.ticket, printed) == (Step.TICKET, "t", Print("t"))
    assert ticket.card is ticket.on_file is None
    assert isinstance(insured, Insure)
    return insured


def test_the_patient_is_checked_in_before_the_insurance_is_asked_for() -> None:
    state, effects = last(Confirmed(True), state=CONFIRM)
    assert effects == (Arrive("REF", paper=False),)
    state, effects = last(Arrived("t", on_file=FILED), state=state)
    assert (state.step, state.ticket, state.on_file, effects) == (Step.INSURANCE, "t", FILED, ())
    assert is_asked(state)


@pytest.mark.parametrize(
    ("state", "came", "options"),
    [
        (CONFIRM, Arrived("t", again=True), OPTIONS),
        (CONFIRM, Arrived("t"), replace(OPTIONS, insurance=False)),
        (Dialogue(step=Step.SERVICE), Arrived("t"), OPTIONS),
    ],
)
def test_nobody_is_asked_twice_or_where_nobody_asks_or_without_a_name(
    state: Dialogue, came: Arrived, options: Options
) -> None:
    assert after(came, state=state, options=options).step is Step.TICKET


def test_a_card_that_was_scanned_to_check_in_is_not_asked_for_again() -> None:
    health = Who(claim=Claim.typed("Lopez", None))
    scanned = after(Scanned(health, card=SHOWN), state=Dialogue())
    assert (scanned.step, scanned.card) == (Step.MONTH, SHOWN)
    confirm = replace(CONFIRM, card=SHOWN)
    assert after(Arrived("t", on_file=FILED), state=confirm).step is Step.CARD_CHECK
    state, effects = last(Arrived("t", on_file=replace(FILED, member_id="XY 987654")), state=confirm)
    assert state.step is Step.TICKET
    assert effects == (Insure("t", Finding.SAME, SHOWN), Print("t"))


def test_the_same_insurance_is_one_touch() -> None:
    assert kept(Chose("same")) == Insure("t", Finding.SAME, FILED)
    over = replace(FILED, valid_until=date(2026, 10, 31))
    assert kept(Chose("same"), state=replace(ASKED, on_file=over)).finding is Finding.EXPIRED
    nothing = replace(ASKED, on_file=None)
    assert after(Chose("same"), state=nothing) == nothing


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_page_can_be_skipped(step: Step) -> None:
    assert kept(Chose("desk"), state=replace(ASKED, step=step)) == Insure("t", Finding.DECLINED)


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("press", [Press.TIMED_OUT, Press.DONE, Press.START_OVER])
def test_who_walks_away_is_checked_in_and_told_to_staff(step: Step, press: Press) -> None:
    state, effects = last(press, state=replace(ASKED, step=step))
    assert state.pristine
    assert effects == (Insure("t", Finding.MISSING), OpenTask("ticket_not_taken", ticket="t"))


def test_a_typed_number_is_shown_before_it_is_kept() -> None:
    state = after(Chose("new"), Chose("type"), Typed(" xy 987654 "))
    assert (state.step, state.card) == (
        Step.CARD_CHECK,
        Card(member_id="XY 987654", source=Source.TYPED),
    )
    assert kept(Confirmed(True), state=state).finding is Finding.CHANGED
    again = after(Confirmed(False), state=state)
    assert (again.step, again.typed, again.card) == (Step.MEMBER, "XY 987654", None)


@pytest.mark.parametrize("text", ["", "  ", "1", "número", "x" * 41])
def test_what_cannot_be_a_number_is_asked_again(text: str) -> None:
    state = after(Chose("new"), Chose("type"), Typed(text))
    assert (state.step, state.notice) == (Step.MEMBER, Notice.NUMBER_WRONG)
    assert state.typed == text.strip()[:40]


@pytest.mark.parametrize("step", [Step.INSURANCE, Step.CARD, Step.MEMBER, Step.CARD_CHECK])
def test_a_card_can_be_scanned_on_each_of_these_pages(step: Step) -> None:
    state = after(Scanned(card=SHOWN), state=replace(ASKED, step=step))
    assert (state.step, state.card) == (Step.CARD_CHECK, SHOWN)


def test_an_unknown_code_is_a_number_only_when_the_patient_says_so() -> None:
    state = after(Scanned(case=Case.UNKNOWN_CARD, number="AB123456"))
    assert state.card == Card(payer="Acme Health", member_id="AB123456", source=Source.SCANNED)
    assert after(Confirmed(False), state=state).step is Step.CARD
    assert kept(Confirmed(True), state=state).finding is Finding.SAME


@pytest.mark.parametrize(
    "scan",
    [Scanned(), Scanned(case=Case.UNKNOWN_CARD), Scanned(Who(reference="REF"))],
)
def test_what_is_no_insurance_card_says_so_and_refuses_nobody(scan: Scanned) -> None:
    state, effects = last(scan, state=ASKED)
    assert (state.step, state.notice, effects) == (Step.INSURANCE, Notice.NOT_A_CARD, ())


def test_pictures_are_for_staff_to_read() -> None:
    pictures = (Chose("new"), Chose("picture"), Photographed(JPEG))
    assert kept(*pictures) == Insure("t", Finding.UNREAD, Card(source=Source.PHOTO), JPEG)
    refused = after(Chose("new"), Chose("picture"), Photographed({}))
    assert (refused.step, refused.notice) == (Step.PICTURES, Notice.PICTURE_REFUSED)
    without = replace(OPTIONS, camera=False)
    assert after(Chose("new"), Chose("picture"), options=without).step is Step.CARD
    assert after(Photographed(JPEG)) == ASKED


@pytest.mark.parametrize(
    ("step", "before"),
    [
        (Step.INSURANCE, Step.INSURANCE),
        (Step.CARD, Step.INSURANCE),
        (Step.MEMBER, Step.CARD),
        (Step.PICTURES, Step.CARD),
        (Step.CARD_CHECK, Step.CARD),
        (Step.FETCHING, Step.CARD),
        (Step.PASSCODE, Step.CARD),
    ],
)
def test_back_never_undoes_the_arrival(step: Step, before: Step) -> None:
    state = after(Press.BACK, state=replace(ASKED, step=step, link=LINK))
    assert (state.step, state.ticket) == (before, "t")


def test_nonsense_changes_nothing() -> None:
    for step in STEPS:
        state = replace(ASKED, step=step)
        assert last(Chose("nonsense"), state=state) == (state, ())


# A card in several codes, or behind a link.


def test_the_codes_of_a_card_are_collected() -> None:
    state = after(Scanned(chunks=Chunks(("1", "", ""))), state=Dialogue())
    assert (state.step, state.chunks.missing) == (Step.SCAN, (2, 3))
    state = after(Scanned(chunks=Chunks(("1", "2", ""))), state=state)
    assert state.chunks.missing == (3,)
    assert after(Press.BACK, state=state).chunks == Chunks(), "Who goes back is asked for no next code."
    assert after(Scanned(Who(claim=Claim.typed("Lopez", None))), state=state).chunks == Chunks()
    assert after(Scanned(chunks=Chunks(("1", "")))).step is Step.CARD
    next_patient = after(Scanned(chunks=Chunks(("1", ""))), state=Dialogue(step=Step.TICKET, ticket="t"))
    assert (next_patient.step, next_patient.ticket) == (Step.SCAN, "")


@pytest.mark.parametrize(("state", "page"), [(Dialogue(), Step.SCAN), (ASKED, Step.CARD)])
def test_a_link_is_fetched_while_the_patient_waits(state: Dialogue, page: Step) -> None:
    state, effects = last(Scanned(link=LINK), state=state)
    assert (state.step, effects) == (Step.FETCHING, (Fetch(LINK),))
    assert last(Scanned(link=LINK), state=state) == (state, ()), "A scanner that reads twice fetches once."
    failed = after(NotFetched(Fetch(LINK)), state=state)
    assert (failed.step, failed.notice, failed.link) == (page, Notice.NOT_FETCHED, None)
    skipped = after(Press.BACK, state=state)
    assert (skipped.step, skipped.link) == (page, None)
    assert after(NotFetched(Fetch(LINK)), state=skipped) == skipped
    assert after(Scanned(card=SHOWN, fetched=Fetch(LINK)), state=skipped) == skipped


def test_a_fetched_card_is_shown_or_says_who_it_is() -> None:
    health = Who(claim=Claim.typed("Lopez", None))
    came = Scanned(health, card=SHOWN, fetched=Fetch(LINK))
    state = after(Scanned(link=LINK), came)
    assert (state.step, state.card, state.link) == (Step.CARD_CHECK, SHOWN, None)
    state = after(Scanned(link=LINK), came, state=Dialogue())
    assert (state.step, state.who, state.card, state.link) == (Step.MONTH, health, SHOWN, None)
    empty = after(Scanned(link=LINK), Scanned(case=Case.UNKNOWN_CARD, fetched=Fetch(LINK)))
    assert (empty.step, empty.notice) == (Step.CARD, Notice.NOT_A_CARD)


def test_a_link_with_a_passcode_asks_for_it_first() -> None:
    state, effects = last(Scanned(link=SECRET_LINK), state=ASKED)
    assert (state.step, effects) == (Step.PASSCODE, ())
    assert after(Typed("  "), state=state).notice is Notice.PASSCODE_MISSING
    assert after(Chose("nonsense"), state=replace(state, ticket="")).step is Step.PASSCODE
    state, effects = last(Typed(" 1234 "), state=state)
    assert (state.step, effects) == (Step.FETCHING, (Fetch(SECRET_LINK, "1234"),))
    wrong = after(NotFetched(Fetch(SECRET_LINK, "1234"), passcode=True), state=state)
    assert (wrong.step, wrong.notice) == (Step.PASSCODE, Notice.PASSCODE_WRONG)


# What staff were told before.


def test_who_was_sent_to_staff_and_succeeds_is_settled() -> None:
    sent = replace(CONFIRM, sent=Sent("K47", CONFIRM.birth_date))
    assert last(Arrived("t"), state=sent)[1] == (CloseTask("checkin_staff", "K47"),)
    assert last(Arrived("t"), state=replace(sent, step=Step.SERVICE))[1] != ()
    other = replace(CONFIRM, sent=Sent("K47", date(1950, 1, 1)))
    assert last(Arrived("t"), state=other)[1] == ()


def test_who_is_sent_to_staff_again_has_one_task() -> None:
    sent = Dialogue(step=Step.REFUSED, code="K47", sent=Sent("K47"))
    state, effects = last(Press.BACK, Scanned(case=Case.UNKNOWN_CARD), state=sent, options=OPTIONS)
    assert effects == (CloseTask("checkin_staff", "K47"), OpenTask("checkin_staff", "X10"))
    assert state.sent == Sent("X10")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("ABC123456789", "ABC 123 456 789"),
        ("MMH-4477120956", "MMH- 447 712 0956"),
        ("12 34567", "12 345 67"),
        ("1234", "1234"),
        ("", ""),
    ],
)
def test_a_number_is_read_in_groups(number: str, words: str) -> None:
    assert grouped(number) == words


inputs = st.one_of(
    st.sampled_from([Press.BACK, Press.HELP, Speaks("es")]),
    st.sampled_from([Chose(name) for name in ("same", "new", "type", "picture", "nonsense")]),
    st.builds(Typed, st.sampled_from(["AB123456", "1234", ""])),
    st.builds(Confirmed, st.booleans()),
    st.sampled_from([Scanned(), Scanned(card=SHOWN), Scanned(number="X1234"), Scanned(link=SECRET_LINK)]),
    st.sampled_from([NotFetched(OPENED), NotFetched(OPENED, passcode=True), Photographed(JPEG)]),
    st.sampled_from([Scanned(chunks=Chunks(("1", ""))), Scanned(fetched=OPENED, card=SHOWN)]),
)


@given(st.lists(inputs, max_size=25), st.sampled_from([Chose("desk"), Press.TIMED_OUT]))
def test_whatever_happens_the_ticket_stays_and_the_insurance_is_kept_once(
    givens: list[Given], end: Given
) -> None:
    state, done = ASKED, 0
    for one in [*givens, end]:
        state, effects = advance(state, one, OPTIONS)
        done += sum(isinstance(effect, Insure) for effect in effects)
        assert not any(isinstance(effect, Arrive) for effect in effects)
        assert state.ticket == "t" or (one is end and state.pristine) or done
        assert is_asked(state) or done == 1
        if state.step is Step.TICKET or state.ticket == "":
            return
    raise AssertionError("It never ends.")
