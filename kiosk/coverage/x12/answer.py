"""The answer: what an X12 271 says about one subscriber's cover today. Pure.

Where payers say more than one thing, the one that fits an office visit at a provider of their network counts;
two amounts that both fit are none, because a wrong co-pay is worse than no co-pay.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kiosk.coverage.eligibility import Answer, State
from kiosk.coverage.x12.interchange import Interchange, Segment, X12Error, element, read

LONGEST_MESSAGE = 300
LONGEST_PLAN = 60

_REJECTED = {
    **dict.fromkeys(("58", "71"), State.WRONG_BIRTH_DATE),
    **dict.fromkeys(("64", "65", "67", "72", "73", "75", "77", "78"), State.NOT_FOUND),
    **dict.fromkeys(("42", "80"), State.PAYER_DOWN),
}
"""AAA03. What is not here (the provider is not known, two people fit) is unclear, and its code is told."""
_ACTIVE = frozenset("12345")
_INACTIVE = frozenset("678")
_OFFICE_VISIT = ("98", "BY", "BZ")
_PLAN = frozenset({"", "30", "1", *_OFFICE_VISIT})
"""EB03: service types that tell whether a visit to a clinic is covered."""
_BEGINS = frozenset({"346", "348", "356"})
_ENDS = frozenset({"347", "349", "357"})
_SPANS = frozenset({"291", "307", "346", "348"})
_VISIT, _REMAINING = "27", "29"
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?|\.\d{1,2}")


@dataclass(frozen=True, slots=True, repr=False)
class _Loop:
    """One HL and what follows it: the payer, the provider, a subscriber or a dependent."""

    number: str
    parent: str
    segments: list[Segment] = field(default_factory=list)


def read_answer(text: str, *, trace: str) -> Answer:
    """Return what the payer said to the question of that `trace`. Raises X12Error, and nothing else."""
    message = read(text)
    answers = [one for one in message.sets if element(one[0], 1) == "271"]
    if not answers:
        return Answer(state=State.UNCLEAR, code=_refusal(message))
    if len(answers) > 1:
        raise X12Error
    loops = _loops(answers[0])
    ours = _ours(loops, trace)
    strangers = [loop for loop in loops if _traces(loop) and loop not in ours]
    spoken = [segment for loop in loops if loop not in strangers for segment in loop.segments]
    rejections = [element(segment, 3) for segment in spoken if segment[0] == "AAA"]
    benefits = [segment for loop in ours for segment in loop.segments]
    if rejections:
        return _rejected(rejections, message=_said(spoken), contradicted=any(s[0] == "EB" for s in benefits))
    if not ours:
        return Answer(state=State.UNCLEAR, code="TRN")
    return _covered(message, benefits)


def _refusal(message: Interchange) -> str:
    """Why there is no 271: the envelope (TA1) or the transaction set (999) was not taken."""
    ta1 = next((one for one in message.acknowledgements if element(one, 4) != "A"), None)
    if ta1 is not None:
        return f"TA1 {element(ta1, 5)}"[:12]
    return element(message.sets[0][0], 1)[:12] if message.sets else "TA1"


def _loops(segments: Sequence[Segment]) -> list[_Loop]:
    loops: list[_Loop] = []
    for segment in segments[1:-1]:
        if segment[0] == "HL":
            loops.append(_Loop(element(segment, 1), element(segment, 2)))
        elif loops:
            loops[-1].segments.append(segment)
    return loops


def _traces(loop: _Loop) -> list[str]:
    return [element(one, 2) for one in loop.segments if one[0] == "TRN" and element(one, 1) == "2"]


def _ours(loops: Sequence[_Loop], trace: str) -> list[_Loop]:
    """The loops that answer our question, and those below them: the payer may tell of a dependent."""
    asked = [loop for loop in loops if trace in _traces(loop)]
    numbers = {loop.number for loop in asked}
    below = [loop for loop in loops if loop.parent in numbers and not _traces(loop)]
    return asked + below


def _rejected(codes: Sequence[str], *, message: str, contradicted: bool) -> Answer:
    states = {_REJECTED.get(code, State.UNCLEAR) for code in codes}
    order = (State.WRONG_BIRTH_DATE, State.NOT_FOUND, State.PAYER_DOWN, State.UNCLEAR)
    state = State.UNCLEAR if contradicted else next(one for one in order if one in states)
    told = next((code for code in codes if _REJECTED.get(code, State.UNCLEAR) is state), codes[0])
    return Answer(state=state, message=message, code=told[:12])


def _covered(message: Interchange, segments: Sequence[Segment]) -> Answer:
    benefits = [segment for segment in segments if segment[0] == "EB"]

    def types(benefit: Segment) -> set[str]:
        return set(message.repeated(element(benefit, 3)))

    plan = [benefit for benefit in benefits if types(benefit) & _PLAN]
    active = [benefit for benefit in plan if element(benefit, 1) in _ACTIVE]
    over = [benefit for benefit in plan if element(benefit, 1) in _INACTIVE]
    begins, ends = _days(segments)
    said = _said(segments)
    if not active and not over:
        return Answer(state=State.UNCLEAR, message=said, code="EB")
    named = [name for benefit in active or over if (name := element(benefit, 5).strip())]
    return Answer(
        state=State.ACTIVE if active else State.INACTIVE,
        plan=_plain(named[0])[:LONGEST_PLAN] if named else "",
        co_pay=_co_pay([(benefit, types(benefit)) for benefit in benefits]) if active else None,
        deductible_left=_deductible_left([(b, types(b)) for b in benefits]) if active else None,
        valid_from=begins,
        valid_until=ends,
        message=said,
    )


def _co_pay(benefits: Sequence[tuple[Segment, set[str]]]) -> Decimal | None:
    """What a visit costs the patient: of an office visit, else of the plan."""
    co_pays = [(b, types) for b, types in benefits if element(b, 1) == "B" and element(b, 12) != "N"]
    for wanted in (set(_OFFICE_VISIT), {"30", ""}):
        fitting = [b for b, types in co_pays if types & wanted and element(b, 6) in ("", _VISIT)]
        if fitting:
            return _only(fitting)
    return None


def _deductible_left(benefits: Sequence[tuple[Segment, set[str]]]) -> Decimal | None:
    """What the patient still pays alone this year: one person's, else the family's."""
    left = [
        benefit
        for benefit, types in benefits
        if element(benefit, 1) == "C"
        and element(benefit, 6) == _REMAINING
        and element(benefit, 12) != "N"
        and types & {"30", ""}
    ]
    own = [benefit for benefit in left if element(benefit, 2) in ("", "IND")]
    return _only(own or left)


def _only(benefits: Sequence[Segment]) -> Decimal | None:
    """The amount on which all agree. Providers of the network come first."""
    within = [benefit for benefit in benefits if element(benefit, 12) == "Y"] or benefits
    amounts = {_amount(element(benefit, 7)) for benefit in within}
    return amounts.pop() if len(amounts) == 1 else None


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text.isascii() and _AMOUNT.fullmatch(text) else None


def _days(segments: Sequence[Segment]) -> tuple[date | None, date | None]:
    """From when to when the plan lasts, as far as it is told in one way only."""
    begins, ends = set(), set()
    for segment in segments:
        if segment[0] != "DTP":
            continue
        what, form, text = (element(segment, number) for number in (1, 2, 3))
        first, _, last = text.partition("-")
        if form == "RD8" and what in _SPANS:
            begins.add(_day(first))
            ends.add(_day(last))
        elif form == "D8" and what in _BEGINS:
            begins.add(_day(first))
        elif form == "D8" and what in _ENDS:
            ends.add(_day(first))
    return _one_day(begins), _one_day(ends)


def _one_day(days: set[date | None]) -> date | None:
    known = days - {None}
    return known.pop() if len(known) == 1 else None


def _day(text: str) -> date | None:
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _said(segments: Sequence[Segment]) -> str:
    """The payer's own words, each once."""
    words = dict.fromkeys(filter(None, _messages(segments)))
    whole = " ".join(words)
    return whole if len(whole) <= LONGEST_MESSAGE else whole[: LONGEST_MESSAGE - 1] + "…"


def _messages(segments: Sequence[Segment]) -> Iterator[str]:
    return (_plain(element(segment, 1)) for segment in segments if segment[0] == "MSG")


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
