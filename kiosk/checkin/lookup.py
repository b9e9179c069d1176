"""Whom both identifiers mean: the scan or the typed name, and the birth date.

A scan is data entry, not proof: the birth date that the patient gives is compared with the record, and with
the document, before anything of the record is shown.
"""

from datetime import date, datetime, timedelta

from kiosk.appointments import records
from kiosk.appointments.records import Appointment, Status
from kiosk.checkin.cases import Case
from kiosk.checkin.steps import Found, NotFound, Scanned, Source, Who
from kiosk.clinic import Clinic
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


def scanned(document: Recognised) -> Scanned:
    """What this document says for the dialogue."""
    match document:
        case Booking(reference=reference):
            return Scanned(Who(source=Source.BOOKING, reference=reference))
        case Licence(family_name=name) if name:
            return Scanned(_who(Claim.from_licence(document)))
        case TravelDocument():
            return Scanned(_who(Claim.from_travel_document(document)))
        case HealthCard(family_name=name) if name:
            return Scanned(_who(Claim.from_health_card(document)))
        case Licence() | HealthCard() | HealthLink() | PatientNumber():
            return Scanned(case=Case.UNKNOWN_CARD)
        case Unknown(reason=reason):
            return Scanned(case=Case.UNKNOWN_CARD if reason in UNUSABLE else None)


def find(clinic: Clinic, reading: Reading, who: Who, birth_date: date, at: datetime) -> Found | NotFound:
    """Find the one appointment of today that `who` and `birth_date` mean."""
    if who.birth_date is not None and who.birth_date != birth_date:
        return NotFound(Case.DIFFERS)
    if who.source is Source.BOOKING:
        booked = records.by_reference(reading, who.reference)
        expected = [] if booked is None else [booked]
        claim = _claim_of(booked, birth_date) if booked else Claim.typed("", birth_date)
    else:
        expected = records.born_on(reading, birth_date, at)
        claim = _claim(who, birth_date)
    here = [a for a in expected if a.status is Status.ARRIVED and _is(claim, a)]
    if len(here) == 1 and not any(_is(claim, a) for a in expected if a.status is Status.BOOKED):
        return _found(here[0])
    if who.source is not Source.BOOKING:
        expected += [a for a in records.today(reading, at) if a.status is Status.CANCELLED]
    return _among(clinic, claim, expected, at)


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


def _who(claim: Claim) -> Who:
    return Who(
        source=Source(claim.source.value),
        family_name=claim.family_name,
        given_name=claim.given_name,
        middle_name=claim.middle_name,
        suffix=claim.suffix,
        birth_date=claim.birth_date,
        truncated=claim.truncated,
    )


def _claim(who: Who, birth_date: date) -> Claim:
    return Claim(
        family_name=who.family_name,
        given_name=who.given_name,
        middle_name=who.middle_name,
        suffix=who.suffix,
        birth_date=birth_date,
        truncated=who.truncated,
        source=matching.Source(who.source.value),
    )


def _claim_of(appointment: Appointment, birth_date: date) -> Claim:
    """A booking code has chosen the appointment: only the birth date is left to agree."""
    return Claim(
        family_name=appointment.family_name,
        given_name=appointment.given_name,
        middle_name=appointment.middle_name,
        suffix=appointment.suffix,
        birth_date=birth_date,
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
