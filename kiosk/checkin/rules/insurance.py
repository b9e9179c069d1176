"""The questions about the insurance, as a state machine. Pure: standard library only.

They come after the arrival: the ticket is committed, its number on the screen, and nothing here can take it
back. Every page can be skipped; whoever answers, skips or walks away is asked no more.

    arrival ─ insurance ─┬─ the same ─────────────────────────────────┐
              (or, with  ├─ a new card ─ card ─┬─ scanned ─┐          │
              the card   │                     ├─ member ──┼─ card ───┤
              scanned    │                     ├─ fetching ┘  check   ├─ ticket, printed
              before,    │                     └─ pictures ───────────┤
              card check)└─ skipped ──────────── with a task ─────────┘
                           walked away ───────── with a task ─────────── welcome, not printed
"""

import re
from collections.abc import Callable
from dataclasses import replace

from kiosk.checkin.rules.effects import Effect, Insure, OpenTask, Outcome, Print
from kiosk.checkin.rules.given import Chose, Confirmed, Given, Photographed, Scanned, Typed
from kiosk.checkin.rules.steps import Dialogue, Notice, Options, Step
from kiosk.coverage.rules import Card, Finding, Source, compare, complete, tidy_member_number

STEPS = frozenset(
    {
        Step.INSURANCE,
        Step.CARD,
        Step.MEMBER,
        Step.PICTURES,
        Step.CARD_CHECK,
        Step.FETCHING,
        Step.PASSCODE,
    }
)
LONGEST = 40
_GROUPS = re.compile(r"\w{3}(?=\w{2})")
"""Three by three, the last one with what is left over."""


def is_asked(state: Dialogue) -> bool:
    """Tell whether the patient has arrived and is asked about the insurance."""
    return bool(state.ticket) and state.step in STEPS


def begin(state: Dialogue, on_file: Card | None, card: Card | None, options: Options) -> Outcome:
    """The patient has arrived: ask, unless the `card` that they showed before is the one on file."""
    asked = replace(state, step=Step.INSURANCE, on_file=on_file)
    if card is None:
        return asked, ()
    if compare(on_file, card, options.today) is Finding.SAME:
        return _done(asked, card, options)
    return _shown(asked, card), ()


def answered(state: Dialogue, given: Given, options: Options) -> Outcome:
    """The answer to one of these pages."""
    if given == Chose("desk"):
        return _ticket(state, Insure(state.ticket, Finding.DECLINED))
    return _ANSWERS.get(state.step, _nothing)(state, given, options)


def scanned(state: Dialogue, scan: Scanned) -> Dialogue:
    """Something was held under the scanner: a card, or a code that the patient shall judge."""
    if scan.card is not None:
        return _shown(state, scan.card)
    if scan.number:
        return _shown(state, Card(member_id=scan.number, source=Source.SCANNED))
    return replace(state, notice=Notice.NOT_A_CARD)


def left(state: Dialogue) -> tuple[Effect, ...]:
    """The patient walked away: checked in, and without the paper."""
    if not is_asked(state):
        return ()
    return (
        Insure(state.ticket, Finding.MISSING),
        OpenTask("ticket_not_taken", ticket=state.ticket),
    )


def grouped(number: str) -> str:
    """A member number as it is easily compared: `ABC 123 456 7890`."""
    return " ".join(_GROUPS.sub(r"\g<0> ", word).strip() for word in number.replace("-", "- ").split())


def _nothing(state: Dialogue, given: Given, options: Options) -> Outcome:
    return state, ()


def _insurance(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("same") if state.on_file is not None:
            return _done(state, state.on_file, options)
        case Chose("new"):
            return replace(state, step=Step.CARD), ()
    return state, ()


def _card(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("type"):
            return replace(state, step=Step.MEMBER), ()
        case Chose("picture") if options.camera:
            return replace(state, step=Step.PICTURES), ()
    return state, ()


def _member(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Typed(text) if number := tidy_member_number(text):
            return _shown(state, Card(member_id=number, source=Source.TYPED)), ()
        case Typed(text):
            return replace(state, typed=text.strip()[:LONGEST], notice=Notice.NUMBER_WRONG), ()
    return state, ()


def _pictures(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Photographed(pictures) if pictures:
            card = Card(source=Source.PHOTO)
            finding = compare(state.on_file, card, options.today)
            return _ticket(state, Insure(state.ticket, finding, card, pictures))
        case Photographed():
            return replace(state, notice=Notice.PICTURE_REFUSED), ()
    return state, ()


def _card_check(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Confirmed(True) if state.card is not None:
            return _done(state, state.card, options)
        case Confirmed(False):
            typed = state.card is not None and state.card.source is Source.TYPED
            return replace(state, step=Step.MEMBER if typed else Step.CARD, card=None), ()
    return state, ()


def _shown(state: Dialogue, card: Card) -> Dialogue:
    """Show what was read, for the patient to confirm."""
    card = complete(card, state.on_file)
    return replace(state, step=Step.CARD_CHECK, card=card, typed=card.member_id, link=None, passcode="")


def _done(state: Dialogue, card: Card, options: Options) -> Outcome:
    finding = compare(state.on_file, card, options.today)
    return _ticket(state, Insure(state.ticket, finding, card))


def _ticket(state: Dialogue, kept: Insure) -> Outcome:
    here = Dialogue(
        step=Step.TICKET,
        ticket=state.ticket,
        language=state.language,
        helped=state.helped,
        mark=state.mark,
    )
    return here, (kept, Print(state.ticket))


_ANSWERS: dict[Step, Callable[[Dialogue, Given, Options], Outcome]] = {
    Step.INSURANCE: _insurance,
    Step.CARD: _card,
    Step.MEMBER: _member,
    Step.PICTURES: _pictures,
    Step.CARD_CHECK: _card_check,
}
