"""How often a birth date may be guessed, however often the dialogue starts over. Pure: standard library only.

Failed look-ups are remembered for the site's day, by whom they were about and by station. Behind the limit
right and wrong read the same: who found a letter learns nothing by trying on.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.given import NotFound
from kiosk.checkin.rules.machine import TRIES
from kiosk.checkin.rules.steps import Found, Who
from kiosk.identity.claims import Source
from kiosk.identity.folding import forms, without_suffix, words
from kiosk.identity.manual_code import manual_code

STATION_TRIES = 20
STATION_SPAN = timedelta(minutes=10)
"""More failures than these in so long at one station are somebody who tries one name after the other."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed look-ups so far: of this subject today, wherever; and at this station within `STATION_SPAN`."""

    of_subject: int
    at_station: int

    @property
    def exhausted(self) -> bool:
        """Tell whether no answer is taken any more, not even the right one."""
        return self.of_subject >= TRIES or self.at_station > STATION_TRIES


def judged(found: Found | NotFound, before: Failures) -> Found | NotFound:
    """What the patient hears of a look-up after those failures."""
    if before.exhausted:
        return NotFound(Case.TOO_MANY_TRIES, final=True)
    if isinstance(found, NotFound) and before.of_subject + 1 >= TRIES:
        return replace(found, final=True)
    return found


def subject(who: Who) -> str:
    """Whom the tries are about, the same however it is written. For a keyed hash: it holds names.

    Only what decides a match tells subjects apart: of the given names the first, of the suffix nothing. The
    code on a letter is the same letter, scanned or typed.
    """
    claim = who.claim
    if claim is None:
        return f"letter\0{who.code or manual_code(who.reference)}"
    family = _folded(without_suffix(claim.family_name)[0])
    if claim.source is Source.TYPED:
        return f"name\0{family}"
    given = next(iter(words(claim.given_name or "")), "")
    return f"document\0{family}\0{_folded(given)}"


def _folded(name: str) -> str:
    return min(forms(name), default="")
