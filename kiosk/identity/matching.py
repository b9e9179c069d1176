"""Which of today's expected patients a claim means: a match, a case for staff, or none. Pure.

A match needs the family name, the first given name and the date of birth, all equal after folding, no
contradiction in middle name or suffix, and nobody else to whom the same applies. Near is for people to look
at: nothing is ever accepted because it is similar.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from kiosk.identity.claims import Candidate, Claim, Source
from kiosk.identity.comparing import (
    contradicts,
    family_agrees,
    family_is_near,
    given_agrees,
)

__all__ = [
    "Agreement",
    "Candidate",
    "Claim",
    "Match",
    "NoMatch",
    "Source",
    "Staff",
    "StaffReason",
    "Window",
    "agreement",
    "match",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long before and after the slot a person may check in by themselves."""

    early: timedelta = timedelta(hours=4)
    late: timedelta = timedelta(hours=1)


class StaffReason(StrEnum):
    """Why staff must look, for their screen only: the patient's wording is the same for all."""

    SEVERAL = "several"
    NAME_DIFFERS = "name_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    BIRTH_DATE_MISSING = "birth_date_missing"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Match:
    """Exactly one person it can be, at their slot (the earliest, if they have several in the window)."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody near, or more than one: a person must look."""

    reason: StaffReason


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nobody near."""


class Agreement(IntEnum):
    """How a claim and a candidate compare."""

    NONE = 0
    BIRTH_DATE_MISSING = 1
    BIRTH_DATE_DIFFERS = 2
    NAME_DIFFERS = 3
    SAME = 4


_NEAR = {
    Agreement.BIRTH_DATE_MISSING: StaffReason.BIRTH_DATE_MISSING,
    Agreement.BIRTH_DATE_DIFFERS: StaffReason.BIRTH_DATE_DIFFERS,
    Agreement.NAME_DIFFERS: StaffReason.NAME_DIFFERS,
}


def match(
    claim: Claim,
    candidates: Iterable[Candidate],
    at: datetime,
    window: Window = Window(),
) -> Match | Staff | NoMatch:
    """Find the one candidate that this claim means, among today's at this site."""
    compared = [(agreement(claim, candidate), candidate) for candidate in candidates]
    same_person = [candidate for level, candidate in compared if level is Agreement.SAME]
    if same_person:
        return _among_the_same(same_person, at, window)
    nearest = max((level for level, _ in compared), default=Agreement.NONE)
    return Staff(_NEAR[nearest]) if nearest in _NEAR else NoMatch()


def _among_the_same(candidates: list[Candidate], at: datetime, window: Window) -> Match | Staff:
    if any(candidate.key != candidates[0].key for candidate in candidates):
        return Staff(StaffReason.SEVERAL)
    by_slot = sorted(candidates, key=lambda candidate: candidate.slot)
    for candidate in by_slot:
        if candidate.slot - window.early <= at <= candidate.slot + window.late:
            return Match(candidate)
    ahead = any(at < candidate.slot for candidate in by_slot)
    return Staff(StaffReason.TOO_EARLY if ahead else StaffReason.TOO_LATE)


def agreement(claim: Claim, candidate: Candidate) -> Agreement:
    """Compare a claim with one expected patient, e.g. as the second identifier after a booking code."""
    family, given = family_agrees(claim, candidate), given_agrees(claim, candidate)
    agree = family and given is not False and not contradicts(claim, candidate)
    if claim.birth_date is None or candidate.birth_date is None:
        return Agreement.BIRTH_DATE_MISSING if agree else Agreement.NONE
    if claim.birth_date != candidate.birth_date:
        slip = agree and given is True and _is_a_slip(claim.birth_date, candidate.birth_date)
        return Agreement.BIRTH_DATE_DIFFERS if slip else Agreement.NONE
    if agree:
        return Agreement.SAME
    # Twins share all but the given name, marriage changes the family name. A birthday alone is nothing.
    near = family or given is True or family_is_near(claim, candidate)
    return Agreement.NAME_DIFFERS if near else Agreement.NONE


def _is_a_slip(one: date, other: date) -> bool:
    """Day and month swapped, or one of the three parts wrong."""
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return True
    parts = zip(one.timetuple()[:3], other.timetuple()[:3], strict=True)
    return sum(mine == theirs for mine, theirs in parts) == 2
