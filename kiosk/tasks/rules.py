"""What each kind of task says to the person who takes it: what is the matter, and what to do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.checkin.cases import explain
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
