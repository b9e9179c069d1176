"""The dialogue of a check-in as a state machine: one question a page. Pure: standard library only.

`advance(state, given, options)` returns the next state and the effects that somebody else carries out. What
an effect finds comes back as the next `given`. What makes no sense on a page changes nothing.

    welcome ─ scan ─ name ─ month ─ day ─ year ─┬─ confirm ─ ticket
        │     (a scan leads to month)           └─ check ─ refused
        └──── service ─────────────────────────────────── ticket
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.checkin.cases import Case
from kiosk.checkin.steps import (
    Arrive,
    Arrived,
    Chose,
    Confirmed,
    Dialogue,
    Effect,
    Found,
    Given,
    LookUp,
    NotFound,
    Notice,
    OpenTask,
    Options,
    Press,
    Reprint,
    Scanned,
    Source,
    Speaks,
    Step,
    Typed,
    Who,
)

TRIES = 3
"""So many failed look-ups, or unreadable scans, until a person (or the touch screen) is the better way."""

COPIES = 2
OLDEST_YEARS = 130

Outcome = tuple[Dialogue, tuple[Effect, ...]]


def advance(state: Dialogue, given: Given, options: Options) -> Outcome:
    """Return the next state, and what is to be done."""
    calm = replace(state, notice=None)
    match given:
        case Press():
            return _pressed(calm, given)
        case Scanned():
            return _scanned(calm, given, options)
        case Speaks(language):
            return (replace(calm, language=language) if language in options.languages else state), ()
    return _ANSWERS.get(state.step, _nothing)(calm, given, options)


def _pressed(state: Dialogue, press: Press) -> Outcome:
    match press:
        case Press.DONE | Press.TIMED_OUT:
            return Dialogue(), ()
        case Press.START_OVER:
            return _begun(state), ()
        case Press.HELP:
            return replace(state, helped=True), (OpenTask("help_wanted"),)
        case Press.PRINT_AGAIN:
            if state.step is not Step.TICKET or state.copies >= COPIES:
                return state, ()
            return replace(state, copies=state.copies + 1, notice=Notice.COPY), (Reprint(state.ticket),)
        case Press.BACK:
            return _back(state), ()


def _begun(state: Dialogue, **changes: object) -> Dialogue:
    """A new start by the same patient: the language and the help on its way are kept."""
    return replace(Dialogue(language=state.language, helped=state.helped), **changes)  # type: ignore[arg-type]


_BACK = {
    Step.SCAN: Step.WELCOME,
    Step.NAME: Step.SCAN,
    Step.DAY: Step.MONTH,
    Step.YEAR: Step.DAY,
    Step.CHECK: Step.YEAR,
    Step.CONFIRM: Step.MONTH,
    Step.SERVICE: Step.WELCOME,
}


def _back(state: Dialogue) -> Dialogue:
    if state.step is Step.REFUSED:
        return _begun(state)
    if state.step is Step.MONTH:
        typed = state.who is not None and state.who.source is Source.TYPED
        return replace(state, step=Step.NAME) if typed else replace(state, step=Step.SCAN, who=None)
    return replace(state, step=_BACK.get(state.step, state.step), found=None, case=None)


def _scanned(state: Dialogue, scan: Scanned, options: Options) -> Outcome:
    if scan.case is not None:
        return _refused(state, scan.case, options)
    if scan.who is None:
        if state.step is Step.TICKET:
            return state, ()
        unread = state.unread + 1
        notice = Notice.UNREADABLE if unread < TRIES else Notice.USE_TOUCH
        return replace(state, unread=unread, notice=notice), ()
    if scan.who.source is Source.LICENCE and not options.licence_scanning:
        return replace(state, notice=Notice.NO_LICENCES), ()
    if scan.who == state.who and state.step is not Step.NAME:
        return state, ()
    failures = 0 if state.step in (Step.TICKET, Step.REFUSED) else state.failures
    return _begun(state, step=Step.MONTH, who=scan.who, failures=failures, notice=Notice.SCANNED), ()


def _refused(state: Dialogue, case: Case, options: Options) -> Outcome:
    code = f"{case}{options.number}"
    return _begun(state, step=Step.REFUSED, code=code), (OpenTask("checkin_staff", code),)


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
    return (replace(state, step=Step.NAME) if given == Chose("type") else state), ()


def _name(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Typed(text) if any(letter.isalpha() for letter in text):
            name = " ".join(text.split())[:80]
            return replace(state, step=Step.MONTH, who=Who(family_name=name)), ()
        case Typed():
            return replace(state, notice=Notice.NAME_MISSING), ()
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
                return _refused(state, case, options)
            return failed, ()
    return state, ()


def _check(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("name") if state.who is not None and state.who.source is Source.TYPED:
            return replace(state, step=Step.NAME, case=None), ()
        case Chose("date"):
            return replace(state, step=Step.MONTH, case=None), ()
        case Confirmed(True):
            return _refused(state, state.case or Case.NO_APPOINTMENT, options)
    return state, ()


def _confirm(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Confirmed(True) if state.found is not None:
            return state, (Arrive(state.found.reference),)
        case Confirmed(False):
            return _refused(state, Case.NOT_ME, options)
    return _ended(state, given, options)


def _service(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Chose("service", service) if service in options.walk_in:
            return state, (Arrive(services=(service,)),)
    return _ended(state, given, options)


def _ended(state: Dialogue, given: Given, options: Options) -> Outcome:
    match given:
        case Arrived(ticket, again):
            return _begun(state, step=Step.TICKET, ticket=ticket, again=again), ()
        case NotFound(case):
            return _refused(state, case, options)
    return state, ()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0


_ANSWERS: dict[Step, Callable[[Dialogue, Given, Options], Outcome]] = {
    Step.WELCOME: _welcome,
    Step.SCAN: _scan,
    Step.NAME: _name,
    Step.MONTH: _month,
    Step.DAY: _day,
    Step.YEAR: _year,
    Step.CHECK: _check,
    Step.CONFIRM: _confirm,
    Step.SERVICE: _service,
}
