"""Whom both identifiers mean: the scan or the typed name, and the birth date.

A scan is data entry, not proof: the birth date that the patient gives is compared with the record, and with
the document, before anything of the record is shown.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk.appointments import records
from kiosk.appointments.records import Appointment, Status
from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.given import NotFound, Scanned
from kiosk.checkin.rules.steps import Found, Who
from kiosk.clinic import Clinic
from kiosk.coverage.rules import Card, from_health_card
from kiosk.database import Reading
from kiosk.identity import (
    Booking,
    HealthCard,
    HealthLink,
    Licence,
    PatientNumber,
    Reason,
    Recognised,
    TravelDocument,
    Unknown,
    matching,
)
from kiosk.identity.claims import Candidate, Claim
from kiosk.identity.folding import words
from kiosk.identity.matching import Agreement, Match, NoMatch, StaffReason, Window, agreement

UNUSABLE = frozenset(
    {
        Reason.BAD_SIGNATURE,
        Reason.BAD_ALGORITHM,
        Reason.UNKNOWN_KEY,
        Reason.UNKNOWN_VERSION,
        Reason.COMPACT_ENCODING,
        Reason.REVOKED,
        Reason.EXPIRED,
        Reason.NOT_YET_VALID,
    }
)
"""Read without a mistake, and yet of no use here: another try would not help."""

CASES = {
    StaffReason.SEVERAL: Case.SEVERAL,
    StaffReason.NAME_DIFFERS: Case.DIFFERS,
    StaffReason.BIRTH_DATE_DIFFERS: Case.DIFFERS,
    StaffReason.BIRTH_DATE_MISSING: Case.DIFFERS,
    StaffReason.TOO_EARLY: Case.TOO_EARLY,
    StaffReason.TOO_LATE: Case.TOO_LATE,
}


def scanned(document: Recognised, today: date) -> Scanned:
    """What this document says for the dialogue."""
    match document:
        case Booking(reference=reference):
            return Scanned(Who(reference=reference))
        case Licence(family_name=name) if name:
            return Scanned(Who(claim=Claim.from_licence(document)))
        case TravelDocument():
            return Scanned(Who(claim=Claim.from_travel_document(document)))
        case HealthCard(family_name=name):
            who = Who(claim=Claim.from_health_card(document)) if name else None
            case = None if name else Case.UNKNOWN_CARD
            return Scanned(who, case, card=_cover(document, today))
        case HealthLink():
            return Scanned(link=document)
        case Licence() | PatientNumber():
            return Scanned(case=Case.UNKNOWN_CARD)
        case Unknown(reason=reason):
            return Scanned(case=Case.UNKNOWN_CARD if reason in UNUSABLE else None)


def _cover(document: HealthCard, today: date) -> Card | None:
    """The insurance on the card: of several, the first that is not over."""

    def is_over(card: Card) -> bool:
        return card.valid_until is not None and card.valid_until < today

    return min(from_health_card(document), key=is_over, default=None)


def find(clinic: Clinic, reading: Reading, who: Who, birth_date: date, at: datetime) -> Found | NotFound:
    """Find the one appointment of today that `who` and `birth_date` mean."""
    if who.claim is not None and who.claim.birth_date not in (None, birth_date):
        return NotFound(Case.DIFFERS)
    if who.claim is not None:
        claim = replace(who.claim, birth_date=birth_date)
        cancelled = [a for a in records.today(reading, at) if a.status is Status.CANCELLED]
        expected = records.born_on(reading, birth_date, at) + cancelled
    else:
        # A letter has chosen the appointment: only the birth date is left to agree.
        letter = _of_letter(reading, who, at)
        claim = Claim.of(_candidate(letter), birth_date) if letter else Claim.typed("", birth_date)
        expected = [letter] if letter else []
    here = [a for a in expected if a.status is Status.ARRIVED and _is(claim, a)]
    if len(here) == 1 and not any(_is(claim, a) for a in expected if a.status is Status.BOOKED):
        return _found(here[0])
    return _among(clinic, claim, expected, at)


def _of_letter(reading: Reading, who: Who, at: datetime) -> Appointment | None:
    if who.code:
        return records.by_manual_code(reading, who.code, at)
    return records.by_reference(reading, who.reference)


def _among(clinic: Clinic, claim: Claim, expected: list[Appointment], at: datetime) -> Found | NotFound:
    window = Window(
        early=timedelta(minutes=clinic.config.checkin.early_minutes),
        late=timedelta(minutes=clinic.config.checkin.late_minutes),
    )
    standing = [a for a in expected if a.status is not Status.CANCELLED]
    outcome = matching.match(claim, map(_candidate, standing), at, window)
    match outcome:
        case Match(candidate):
            return _found(next(a for a in standing if a.id == candidate.key))
        case NoMatch():
            cancelled = any(_is(claim, a) for a in expected if a.status is Status.CANCELLED)
            differs = claim.family_name and any(a.birth_date != claim.birth_date for a in standing)
            if cancelled:
                return NotFound(Case.CANCELLED)
            return NotFound(Case.DIFFERS if differs else Case.NO_APPOINTMENT)
    return NotFound(CASES[outcome.reason])


def _is(claim: Claim, appointment: Appointment) -> bool:
    return agreement(claim, _candidate(appointment)) is Agreement.SAME


def _found(appointment: Appointment) -> Found:
    first_name = next(iter(words(appointment.given_name)), "")
    return Found(
        appointment.reference,
        first_name,
        appointment.family_name[:1].upper(),
        appointment.slot,
        appointment.status is Status.ARRIVED,
    )


def _candidate(appointment: Appointment) -> Candidate:
    # Each appointment is a person of its own: which of two a patient comes for is for people to say.
    return Candidate(
        key=appointment.id,
        family_name=appointment.family_name,
        given_name=appointment.given_name,
        middle_name=appointment.middle_name,
        suffix=appointment.suffix,
        birth_date=appointment.birth_date,
        slot=appointment.slot,
    )
