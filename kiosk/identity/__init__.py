"""What a scan means: licence, health card, booking code, passport, patient number. Pure, without I/O.

    recognise(payload, rules, at=now) -> Licence | HealthCard | HealthLink | Booking
                                         | TravelDocument | PatientNumber | Unknown

It never raises, never guesses and never keeps the payload.
"""

from kiosk.identity.chunks import Chunks, is_chunk
from kiosk.identity.documents import (
    Booking,
    Coverage,
    HealthCard,
    HealthLink,
    Licence,
    PatientNumber,
    Reason,
    Recognised,
    TravelDocument,
    Unknown,
)
from kiosk.identity.recognition import recognise
from kiosk.identity.rules import Issuer, Pattern, Rules

__all__ = [
    "Booking",
    "Chunks",
    "Coverage",
    "HealthCard",
    "HealthLink",
    "Issuer",
    "Licence",
    "PatientNumber",
    "Pattern",
    "Reason",
    "Recognised",
    "Rules",
    "TravelDocument",
    "Unknown",
    "is_chunk",
    "recognise",
]
