"""What a scan leads to: at once, after the patient agreed, or once a card was fetched. Pure."""

from dataclasses import replace

from kiosk.checkin.rules import insurance
from kiosk.checkin.rules.effects import Fetch, Outcome
from kiosk.checkin.rules.given import Confirmed, Given, NotFetched, Scanned, Typed
from kiosk.checkin.rules.outcomes import begun, refused
from kiosk.checkin.rules.steps import Dialogue, Notice, Options, Step, Who
from kiosk.coverage.rules import Card
from kiosk.identity.chunks import Chunks
from kiosk.identity.documents import HealthLink

UNREAD_TRIES = 3
"""So many unreadable scans until the touch screen is the better way."""

LONGEST = 80

READ = frozenset({Step.MONTH, Step.DAY, Step.YEAR, Step.CHECK, Step.CONFIRM, Step.CARD_CHECK, Step.TICKET})
"""The pages that follow from what was read."""


def scanned(state: Dialogue, scan: Scanned, options: Options) -> Outcome:
    """Something was held under the scanner, or came back for what was."""
    after, effects = _taken(state, scan, options)
    if after == state:
        return state, effects
    return replace(after, mark=scan.mark or state.mark), effects


def is_repeated(state: Dialogue, scan: Scanned) -> bool:
    """Tell whether a code that lies under the scanner was read once more: that must not ask all again."""
    return state.step in READ and bool(scan.mark) and scan.mark == state.mark


def _taken(state: Dialogue, scan: Scanned, options: Options) -> Outcome:
    if scan.fetched is not None:
        state = without_link(state)
    state = replace(state, chunks=scan.chunks or Chunks())
    if scan.chunks is not None:
        return _at_the_scanner(state), ()
    if scan.link is not None:
        return _link(state, scan.link)
    if insurance.is_asked(state):
        return insurance.scanned(state, scan), ()
    if scan.case is not None:
        return refused(state, scan.case, options)
    return (_unread(state) if scan.who is None else _identified(state, scan.who, scan.card, options)), ()


def consent(state: Dialogue, given: Given, options: Options) -> Outcome:
    """Whether what the document says may be used."""
    match given:
        case Confirmed(True) if state.held is not None:
            return _read(replace(state, agreed=True), state.held), ()
        case Confirmed(False):
            return replace(state, step=Step.NAME, held=None, mark=""), ()
    return state, ()


def passcode(state: Dialogue, given: Given, options: Options) -> Outcome:
    """The passcode that opens the link."""
    match given:
        case Typed(text) if text.strip() and state.link is not None:
            fetch = Fetch(state.link, text.strip()[:LONGEST])
            return replace(state, step=Step.FETCHING, passcode=fetch.passcode), (fetch,)
        case Typed():
            return replace(state, notice=Notice.PASSCODE_MISSING), ()
    return insurance.answered(state, given, options) if insurance.is_asked(state) else (state, ())


def not_fetched(state: Dialogue, given: NotFetched) -> Outcome:
    """Nothing could be had from the link: all reasons read the same."""
    if given.passcode:
        notice = Notice.PASSCODE_WRONG if given.fetched.passcode else None
        return replace(state, step=Step.PASSCODE, passcode="", tries=given.tries, notice=notice), ()
    return replace(without_link(state), notice=Notice.NOT_FETCHED), ()


def is_late(state: Dialogue, given: Scanned | NotFetched) -> bool:
    """Tell whether it was fetched for somebody who left, or before they typed another passcode."""
    if (came := given.fetched) is None:
        return False
    return state.step is not Step.FETCHING or (state.link, state.passcode) != (came.link, came.passcode)


def without_link(state: Dialogue) -> Dialogue:
    """Wait for the link no longer."""
    return replace(state, step=_at_the_scanner(state).step, link=None, passcode="")


def _unread(state: Dialogue) -> Dialogue:
    if state.step is Step.TICKET:
        return state
    unread = state.unread + 1
    notice = Notice.UNREADABLE if unread < UNREAD_TRIES else Notice.USE_TOUCH
    return replace(state, unread=unread, notice=notice)


def _identified(state: Dialogue, who: Who, card: Card | None, options: Options) -> Dialogue:
    if who in (state.held, state.who) and state.step is not Step.NAME:
        return state
    if who.needs_consent and not options.licence_scanning:
        return replace(state, notice=Notice.NO_LICENCES)
    if who.needs_consent and not state.agreed:
        return begun(state, step=Step.CONSENT, held=who, failures=_failures(state))
    return _read(state, who, card)


def _read(state: Dialogue, who: Who, card: Card | None = None) -> Dialogue:
    """A scan says who it is: now the birth date."""
    kept = {"failures": _failures(state), "agreed": state.agreed}
    return begun(state, step=Step.MONTH, who=who, card=card, notice=Notice.SCANNED, **kept)


def _failures(state: Dialogue) -> int:
    """Who scans where a check-in ended is somebody else."""
    return 0 if state.step in (Step.TICKET, Step.REFUSED) else state.failures


def _link(state: Dialogue, link: HealthLink) -> Outcome:
    """The card is elsewhere: fetch it while the patient waits, or goes on without."""
    if state.link == link and state.step in (Step.FETCHING, Step.PASSCODE):
        return state, ()
    waiting = replace(_at_the_scanner(state), link=link, passcode="")
    if link.needs_passcode:
        return replace(waiting, step=Step.PASSCODE), ()
    return replace(waiting, step=Step.FETCHING), (Fetch(link),)


def _at_the_scanner(state: Dialogue) -> Dialogue:
    """The page of this check-in that asks for a scan."""
    if insurance.is_asked(state):
        return replace(state, step=Step.CARD)
    if state.step in (Step.TICKET, Step.REFUSED):
        return begun(state, step=Step.SCAN, chunks=state.chunks)
    return replace(state, step=Step.SCAN, found=None, case=None, held=None)
