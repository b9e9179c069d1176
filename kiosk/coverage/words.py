"""Insurance in plain words, for the coordinator: what was shown, what it changes, what the payer says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kiosk.coverage.eligibility import Answer, State
from kiosk.coverage.rules import Card, Finding, Obstacle, Source


class Tone(StrEnum):
    """How a sentence looks."""

    GOOD = "good"
    BAD = "bad"
    WAITING = "waiting"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is the case, and what to do about it."""

    tone: Tone
    what: str
    more: str = ""


SOURCES: Mapping[Source, str] = {
    Source.TYPED: "Typed",
    Source.SCANNED: "Scanned",
    Source.HEALTH_CARD: "A health card",
    Source.PHOTO: "Photographed",
    Source.IMPORTED: "On file",
}
OBSTACLES: Mapping[Obstacle, str] = {
    Obstacle.NO_PAYER: "The clearing house does not know this payer: choose one under “Correct”.",
    Obstacle.NO_BIRTH_DATE: "There is no birth date with this ticket.",
    Obstacle.NO_NUMBER: "There is no member number.",
}
_CLINIC = "The payer does not know this clinic: tell whoever looks after this system."
UNCLEAR: Mapping[str, str] = {
    **dict.fromkeys(("43", "44", "45", "50", "51", "79"), _CLINIC),
    "41": "The payer does not give this clinic an answer: call the payer.",
    "68": "The number fits two people: call the payer.",
    "76": "The number fits two people: call the payer.",
    "letters": "The name is in letters that payers' systems do not take: call the payer.",
    "HTTP": "The clearing house does not take our questions: tell whoever looks after this system.",
}
"""Reason → what to do, where it is more than calling the payer."""


def shown(card: Card | None) -> str:
    """The card in one line: payer, number, group, how it came."""
    if card is None or not (card.payer or card.member_id):
        return ""
    number = f"number {card.member_id}" if card.member_id else ""
    group = f"group {card.group}" if card.group else ""
    return " · ".join(filter(None, (card.payer or "Payer not known", number, group)))


def origin(card: Card) -> str:
    """How the card came to us, and who vouches for it."""
    if card.verified:
        return f"Verified: signed by {card.issuer_name or 'its issuer'}."
    if card.source is Source.HEALTH_CARD:
        return "A health card, not verified: its issuer is not on this site's list."
    return f"{SOURCES[card.source]}, not verified."


def found(finding: Finding, card: Card | None, on_file: Card | None) -> Sentence:
    """What the card is, held against the file."""
    filed = f"On file: {shown(on_file)}." if on_file else "Nothing is on file."
    match finding:
        case Finding.SAME:
            return Sentence(Tone.GOOD, "As on file.")
        case Finding.NEW:
            return Sentence(Tone.PLAIN, "New: nothing is on file.")
        case Finding.CHANGED:
            return Sentence(Tone.BAD, "Changed.", filed)
        case Finding.EXPIRED:
            ended = next((one.valid_until for one in (card, on_file) if one and one.valid_until), None)
            return Sentence(Tone.BAD, f"Ended {day(ended)}." if ended else "Ended.", "Ask for a valid card.")
        case Finding.NOT_YET_VALID:
            begins = f" It begins {day(card.valid_from)}." if card and card.valid_from else ""
            return Sentence(Tone.BAD, f"Not valid yet.{begins}", "Ask for the card of today.")
        case Finding.MISSING:
            return Sentence(Tone.BAD, "No card was shown.", filed)
        case Finding.DECLINED:
            return Sentence(Tone.BAD, "The patient did not want to show a card.", filed)
        case _:
            return Sentence(Tone.BAD, "Nobody has read this card.", "Type the payer and the number.")


def said(answer: Answer, payer: str, currency: str) -> Sentence:
    """What the payer says, and what follows from it."""
    payer = payer or "the payer"
    match answer.state:
        case State.ACTIVE:
            return Sentence(Tone.GOOD, "Active." + _co_pay(answer.co_pay, currency), _more(answer, currency))
        case State.INACTIVE:
            ended = f": ended {day(answer.valid_until)}" if answer.valid_until else ""
            return Sentence(Tone.BAD, f"Not active{ended}.", "Ask for another card, or how to pay.")
        case State.NOT_FOUND:
            return Sentence(Tone.BAD, f"Not found at {payer}.", "Ask for the card again.")
        case State.WRONG_BIRTH_DATE:
            what = f"{_capital(payer)} has another birth date."
            return Sentence(Tone.BAD, what, "Compare it with the card and the file.")
        case State.PAYER_DOWN:
            what = f"{_capital(payer)} did not answer."
            return Sentence(Tone.BAD, what, "Call the payer, or ask again.")
        case _:
            advice = UNCLEAR.get(answer.code, "Call the payer.")
            code = f" (code {answer.code})" if answer.code and answer.code not in UNCLEAR else ""
            return Sentence(Tone.BAD, f"No clear answer from {payer}{code}.", advice)


def asking(payer: str, until: str) -> Sentence:
    """The question is under way, or the payer is down and will be asked again until that time."""
    if until:
        what = f"{_capital(payer or 'the payer')} does not answer."
        return Sentence(Tone.WAITING, what, f"It is asked again by itself until {until}.")
    return Sentence(Tone.WAITING, f"Asking {payer or 'the payer'}…")


def not_asked(why: Obstacle) -> Sentence:
    """Why the payer is not asked."""
    return Sentence(Tone.PLAIN, "The payer was not asked.", OBSTACLES[why])


def money(amount: Decimal, currency: str) -> str:
    """`25.00 USD`."""
    return f"{amount:,.2f} {currency}"


def day(on: date) -> str:
    """`31 Dec 2026`."""
    return f"{on.day} {on:%b} {on.year}"


def _co_pay(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return ""
    return f" Co-pay {money(amount, currency)} for a visit today." if amount else " No co-pay today."


def _more(answer: Answer, currency: str) -> str:
    left = answer.deductible_left
    deductible = f"Deductible still to pay: {money(left, currency)}." if left else ""
    until = f"Until {day(answer.valid_until)}." if answer.valid_until else ""
    plan = f"Plan: {answer.plan}." if answer.plan else ""
    return " ".join(filter(None, (deductible, until, plan)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
