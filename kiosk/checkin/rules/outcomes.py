"""How a check-in begins anew and how it ends, and what that means for what staff were told before. Pure."""

from dataclasses import replace

from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.effects import CloseTask, Effect, OpenTask, Outcome
from kiosk.checkin.rules.given import Arrived
from kiosk.checkin.rules.steps import Dialogue, Options, Sent, Step


def begun(state: Dialogue, **changes: object) -> Dialogue:
    """A new start by the same patient: kept are the language, what was read last, what staff were told."""
    kept = Dialogue(language=state.language, helped=state.helped, mark=state.mark, sent=state.sent)
    return replace(kept, **changes)  # type: ignore[arg-type]


def refused(state: Dialogue, case: Case, options: Options) -> Outcome:
    """Send the patient to the front desk: all read the same words, staff read the code."""
    code = f"{case}{options.number}"
    sent = begun(state, step=Step.REFUSED, code=code, sent=Sent(code, state.birth_date))
    return sent, (*settled(state), OpenTask("checkin_staff", code))


def settled(state: Dialogue) -> tuple[Effect, ...]:
    """Staff need not look any more for a patient who was sent to them, and tried again here."""
    sent = state.sent
    if sent is None or (sent.birth_date and state.birth_date and sent.birth_date != state.birth_date):
        return ()
    return (CloseTask("checkin_staff", sent.code),)


def arrived(state: Dialogue, given: Arrived) -> Outcome:
    """Show the ticket. Who left it before has it now."""
    here = begun(state, step=Step.TICKET, ticket=given.ticket, again=given.again, sent=None)
    found = (CloseTask("ticket_not_taken", ticket=given.ticket),) if given.again else ()
    return here, (*settled(state), *found)
