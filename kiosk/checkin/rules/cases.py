"""Why a patient must see the front desk, for staff only. Pure: standard library only."""

from enum import StrEnum


class Case(StrEnum):
    """Why a patient must see the front desk: the letter of the staff code. Patients read one text for all."""

    NOT_OFFERED = "H"
    NO_APPOINTMENT = "K"
    TOO_MANY_TRIES = "L"
    DIFFERS = "M"
    SEVERAL = "P"
    TOO_EARLY = "R"
    TOO_LATE = "T"
    CANCELLED = "W"
    UNKNOWN_CARD = "X"
    ENDED = "Y"
    NOT_ME = "Z"


EXPLANATIONS = {
    Case.NOT_OFFERED: "The appointment is for a service that is no longer offered here.",
    Case.NO_APPOINTMENT: "No appointment today with these details.",
    Case.TOO_MANY_TRIES: "Too many failed tries, for this patient today or at this kiosk. Ask who it is.",
    Case.DIFFERS: "Name or birth date differs from the record.",
    Case.SEVERAL: "More than one appointment fits these details.",
    Case.TOO_EARLY: "Too early for the appointment.",
    Case.TOO_LATE: "Too late for the appointment.",
    Case.CANCELLED: "The appointment was cancelled.",
    Case.UNKNOWN_CARD: "The card or code cannot be used here.",
    Case.ENDED: "Was checked in before, and is no longer waiting.",
    Case.NOT_ME: "Said that the appointment found is somebody else's.",
}


def explain(code: str) -> str:
    """Tell staff what a staff code (`K47`) means."""
    return EXPLANATIONS[Case(code[0])] if code[:1] in set(Case) else ""
