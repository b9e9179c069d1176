"""The dialogue of a check-in as a state machine: one question a page.

`advance(state, given, options)` returns the next state and the effects that somebody else carries out. What
an effect finds comes back as the next `given`. What makes no sense on a page changes nothing.

    welcome ─ scan ─ name or code ─ month ─ day ─ year ─┬─ confirm ─ arrival ─ insurance ─ ticket
        │     (a letter leads to month, a document      └─ check ─ refused
        │      over consent, a link over fetching)
        └──── service ───────────────────────────────────────────── arrival ─────────── ticket

The arrival commits visit and ticket; what comes after it (`insurance`) takes nothing back.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.checkin.rules import insurance, scanning
from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.effects import Arrive, LookUp, OpenTask, Outcome, Print
from kiosk.checkin.rules.given import (
    Arrived,
    Chose,
    Confirmed,
    Given,
    NotFetched,
    NotFound,
    Press,
    Scanned,
    Speaks,
    Typed,
)
from kiosk.checkin.rules.outcomes import arrived, begun, refused
from kiosk.checkin.rules.steps import Dialogue, Found, Notice, Options, Step, Who
from kiosk.identity.chunks import Chunks
from kiosk.identity.claims import Claim
from kiosk.identity.manual_code import read_manual_code

TRIES = 3
"""So many failed look-ups until a person is the better way."""

COPIES = 2
LONGEST = 80
OLDEST_YEARS = 130


def advance(state: Dialogue, given: Given, options: Options) -> Outcome:
    """Return the next state, and what is to be done."""
    calm = replace(state, notice=None)
    match given:
        case Scanned() | NotFetched() if scanning.is_late(state, given):
            return state, ()
        case Scanned() if scanning.is_repeated(state, given):
            return state, ()
        case Press():
            return _pressed(calm, given)
        case Scanned():
            return scanning.scanned(calm, given, options)
        case NotFetched():
            return scanning.not_fetched(calm, given)
        case Speaks(language):
            return (replace(calm, language=language) if language in options.languages else state), ()
    answered = insurance.answered if insurance.is_asked(state) else _nothing
    return _ANSWERS.get(state.step, answered)(calm, given, options)


def _pressed(state: Dialogue, press: Press) -> Outcome:
    match press:
        case Press.DONE | Press.TIMED_OUT:
            return Dialogue(), insurance.left(state)
        case Press.START_OVER:
            return begun(state, mark=""), insurance.left(state)
        case Press.HELP:
            return replace(state, helped=True), (OpenTask("help_wanted"),)
        case Press.PRINT_AGAIN:
            if state.step is not Step.TICKET or state.copies >= COPIES:
                return state, ()
            printed = replace(state, copies=state.copies + 1, notice=Notice.COPY)
            return printed, (Print(state.ticket, copy=True),)
        case Press.BACK:
            return _back(state), ()


_BACK = {
    Step.SCAN: Step.WELCOME,
    Step.CONSENT: Step.SCAN,
    Step.NAME: Step.SCAN,
    Step.CODE: Step.SCAN,
    Step.DAY: Step.MONTH,
    Step.YEAR: Step.DAY,
    Step.CHECK: Step.YEAR,
    Step.CONFIRM: Step.MONTH,
    Step.SERVICE: Step.WELCOME,
    Step.CARD: Step.INSURANCE,
    Step.MEMBER: Step.CARD,
    Step.PICTURES: Step.CARD,
    Step.CARD_CHECK: Step.CARD,
}


def _back(state: Dialogue) -> Dialogue:
    if state.step is Step.REFUSED:
        return begun(state, mark="")
    if state.step in (Step.FETCHING, Step.PASSCODE):
        return scanning.without_link(state)
    if state.step is Step.MONTH:
        page = state.who.page if state.who else Step.SCAN
        return replace(state, step=page, who=state.who if page is not Step.SCAN else None)
    chunks = Chunks() if state.step in (Step.SCAN, Step.CARD) else state.chunks
    step = _BACK.get(state.step, state.step)
    return replace(state, step=step, chunks=chunks, found=None, case=None, held=None)


def _nothing(state: Dialogue, given: Given, options: Options) -> Outcome:
    return state, ()


def _welcome(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("appointment"):
            return replace(state, step=Step.SCAN), ()
        case Chose("walk_in") if options.walk_in:
            return replace(state, step=Step.SERVICE), ()
    return state, ()


def _scan(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("type"):
            return replace(state, step=Step.NAME), ()
        case Chose("code"):
            return replace(state, step=Step.CODE), ()
    return state, ()


def _name(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Typed(text) if any(letter.isalpha() for letter in text):
            name = Claim.typed(" ".join(text.split())[:LONGEST], None)
            return replace(state, step=Step.MONTH, who=Who(claim=name), card=None), ()
        case Typed():
            return replace(state, notice=Notice.NAME_MISSING), ()
    return state, ()


def _code(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Typed(text) if (code := read_manual_code(text)) is not None:
            return replace(state, step=Step.MONTH, who=Who(code=code), card=None, typed=""), ()
        case Typed(text):
            return replace(state, typed=text.strip()[:LONGEST], notice=Notice.CODE_WRONG), ()
    return state, ()


def _month(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("month", value) if (month := _number(value)) in range(1, 13):
            return replace(state, step=Step.DAY, month=month), ()
    return state, ()


def _day(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("day", value) if (day := _number(value)) in range(1, days_of(state.month) + 1):
            return replace(state, step=Step.YEAR, day=day), ()
    return state, ()


def days_of(month: int) -> int:
    """How many days the month can have: 29 February is somebody's birthday."""
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _year(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Typed(text):
            dated = replace(state, year=_number(text))
            birth_date, today = dated.birth_date, options.today
            if not today.year - OLDEST_YEARS <= dated.year <= today.year:
                return replace(state, notice=Notice.YEAR_MISSING), ()
            if birth_date is None or birth_date > today:
                return replace(state, notice=Notice.NO_SUCH_DATE), ()
            return dated, (LookUp(dated.who or Who(), birth_date),)
        case Found():
            confirm = replace(state, step=Step.CONFIRM, found=given)
            return confirm, (Arrive(given.reference),) if given.arrived else ()
        case NotFound(case, final):
            failed = replace(state, failures=state.failures + 1, step=Step.CHECK, case=case)
            if final or failed.failures >= TRIES:
                return refused(state, case, options)
            return failed, ()
    return state, ()


def _check(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("name" | "code" as page) if state.who is not None and state.who.page == page:
            return replace(state, step=Step(page), case=None), ()
        case Chose("date"):
            return replace(state, step=Step.MONTH, case=None), ()
        case Confirmed(True):
            return refused(state, state.case or Case.NO_APPOINTMENT, options)
    return state, ()


def _confirm(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Confirmed(True) if state.found is not None:
            return state, (Arrive(state.found.reference, paper=not options.insurance),)
        case Confirmed(False):
            return refused(state, Case.NOT_ME, options)
        case Arrived(again=False) if options.insurance:
            here, settled = arrived(state, given)
            asked, effects = insurance.begin(here, given.on_file, state.card, options)
            return asked, (*settled, *effects)
    return _ended(state, given, options)


def _service(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("service", service) if service in options.walk_in:
            return state, (Arrive(services=(service,)),)
    return _ended(state, given, options)


def _ended(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Arrived():
            return arrived(state, given)
        case NotFound(case):
            return refused(state, case, options)
    return state, ()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0


_ANSWERS: dict[Step, Callable[[Dialogue, Given, Options], Outcome]] = {
    Step.WELCOME: _welcome,
    Step.SCAN: _scan,
    Step.CONSENT: scanning.consent,
    Step.NAME: _name,
    Step.CODE: _code,
    Step.MONTH: _month,
    Step.DAY: _day,
    Step.YEAR: _year,
    Step.CHECK: _check,
    Step.CONFIRM: _confirm,
    Step.SERVICE: _service,
    Step.PASSCODE: scanning.passcode,
}
