"""Health cards that are behind a link: fetched by a thread of its own while the patient waits, or goes on.

Nobody holds a transaction meanwhile. What comes back when the dialogue is elsewhere is dropped by the rules.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

import structlog

from kiosk.checkin.lookup import scanned
from kiosk.checkin.rules.effects import Fetch
from kiosk.checkin.rules.given import Given, NotFetched, Scanned
from kiosk.clinic import Clinic
from kiosk.coverage.issuers import trust
from kiosk.coverage.links import LinkProblem, Problem, fetch
from kiosk.logs import described

PASSCODES = frozenset({Problem.PASSCODE_NEEDED, Problem.WRONG_PASSCODE})
COUNTED = range(1, 10)
"""Tries that are left and worth telling."""

log = structlog.get_logger()


def begin(clinic: Clinic, effect: Fetch, deliver: Callable[[Given], object]) -> None:
    """Fetch the card and deliver what became of it, later."""

    def work() -> None:
        try:
            deliver(fetched(clinic, effect))
        except Exception as error:  # noqa: BLE001  whatever it is: nobody waits for ever
            log.error("fetching_failed", **described(error))
            deliver(NotFetched(effect))

    threading.Thread(target=work, name="health-link", daemon=True).start()


def fetched(clinic: Clinic, effect: Fetch) -> Scanned | NotFetched:
    """What is behind the link, for the dialogue."""
    config, at = clinic.config, clinic.now()
    try:
        found = fetch(
            effect.link, trust(config), recipient=config.site.name, passcode=effect.passcode or None, at=at
        )
    except LinkProblem as problem:
        log.info("link_not_fetched", problem=str(problem.problem))
        left = problem.remaining
        if problem.problem not in PASSCODES or (left is not None and left <= 0):
            return NotFetched(effect)
        return NotFetched(effect, passcode=True, tries=left if left in COUNTED else None)
    card = next(iter(found.cards), None)
    if card is None:
        return NotFetched(effect)
    return replace(scanned(card, clinic.local(at).date()), fetched=effect)
