"""What each kind of task says to the person who takes it: what is the matter, and what to do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.checkin.rules.cases import explain
from kiosk.stations.rules import advice, trouble


@dataclass(frozen=True, slots=True)
class Words:
    """`what` is the matter, `next_step` is what to do now."""

    what: str
    next_step: str


KINDS: Mapping[str, Words] = {
    "help_wanted": Words(
        "A patient at {place} asks for help.",
        "Go to the kiosk, or send somebody.",
    ),
    "checkin_staff": Words(
        "A patient was sent from {place} to the front desk ({subject}).",
        "{case} Check the patient in at the desk.",
    ),
    "ticket_not_taken": Words(
        "A patient walked away from {place} before the ticket {code} was printed.",
        "They are checked in. Look for them in the waiting room, and tell them their number.",
    ),
    "print_failed": Words(
        "{place}: no tickets come out. {trouble}",
        "{advice} Patients see their number on the kiosk's screen meanwhile.",
    ),
    "print_unknown": Words(
        "{place}: nobody knows whether the ticket {code} was printed.",
        "Look into the printer's tray. Print it again only if it is not there.",
    ),
    "device_down": Words("{place}: {trouble}", "{advice}"),
    "paper_low": Words("{place}: {trouble}", "{advice}"),
    "insurance_changed": Words(
        "The ticket {code} came with other insurance than is on file.",
        "Look at the ticket, and put the new card into the patient's file.",
    ),
    "insurance_expired": Words(
        "The ticket {code} came with insurance that is not valid today.",
        "Ask for a valid card, or how the visit will be paid.",
    ),
    "insurance_missing": Words(
        "The ticket {code} came without an insurance card.",
        "Ask for it at the desk, or how the visit will be paid.",
    ),
    "insurance_unreadable": Words(
        "The ticket {code} came with photographs of an insurance card that nobody has read.",
        "Open the ticket, and type what the photograph shows.",
    ),
    "insurance_inactive": Words(
        "The payer says that the insurance for the ticket {code} has ended.",
        "Ask for another card, or how the visit will be paid.",
    ),
    "insurance_not_found": Words(
        "The payer does not know the member number for the ticket {code}.",
        "Ask for the card again, and correct the number on the ticket.",
    ),
    "insurance_wrong_birth_date": Words(
        "The payer has another birth date for the ticket {code}.",
        "Compare it with the card and the patient's file.",
    ),
    "insurance_unanswered": Words(
        "The payer gave no clear answer for the ticket {code}.",
        "Call the payer, or ask again on the ticket.",
    ),
}
"""Kind → words. `{place}` is the station's or board's name, `{code}` the ticket's code."""

URGENT = frozenset({"help_wanted", "print_failed", "print_unknown", "device_down"})
"""A patient may be waiting for these right now."""


def words(kind: str, *, place: str = "", code: str = "", subject: str = "", cause: str = "") -> Words:
    """Return what a task of that kind says."""
    known = KINDS.get(kind, Words(kind.replace("_", " ").capitalize() + ".", "Close it when it is done."))
    names = {
        "place": place or "the clinic",
        "code": code or "of a patient",
        "subject": subject,
        "case": explain(subject),
        "trouble": trouble(subject, cause),
        "advice": advice(cause),
    }
    what, next_step = known.what.format(**names), known.next_step.format(**names)
    return Words(what[:1].upper() + what[1:], next_step.strip())
