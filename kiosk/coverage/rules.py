"""An insurance card as it was shown, and how it compares with the file. Pure.

Nothing here stops anybody: a finding becomes a task for the coordinator, the patient gets a ticket.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from kiosk.identity.documents import Coverage, HealthCard, Personal

SHORTEST_NUMBER, LONGEST_NUMBER = 4, 30

_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9/ -]*[A-Z0-9])?")
_DASHES = re.compile(r"\s*[-‐-―−]\s*")
_WARES = re.compile(r"\][EX]")
"""AIM identifiers of EAN and UPC codes (ISO/IEC 15424): the barcode of a thing in a shop."""
_NEVER_IN_FORCE = frozenset({"draft", "entered-in-error"})


class Source(StrEnum):
    """How the card came to us. `imported`: it was on file, nobody showed it."""

    TYPED = "typed"
    SCANNED = "scanned"
    HEALTH_CARD = "health_card"
    PHOTO = "photo"
    IMPORTED = "imported"


class Finding(StrEnum):
    """What the coordinator has to know about the card. `declined`: the patient did not want to show one."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    MISSING = "missing"
    UNREAD = "unread"
    DECLINED = "declined"


TASKS: Mapping[Finding, str] = {
    Finding.CHANGED: "insurance_changed",
    Finding.EXPIRED: "insurance_expired",
    Finding.NOT_YET_VALID: "insurance_expired",
    Finding.MISSING: "insurance_missing",
    Finding.DECLINED: "insurance_missing",
    Finding.UNREAD: "insurance_unreadable",
}
"""Finding → kind of task. What is as before, or was not on file, needs nobody."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Card(Personal):
    """One insurance cover as shown or on file. `verified`: signed by an issuer that the site trusts."""

    payer: str = ""
    member_id: str = ""
    group: str = ""
    holder: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    rx_bin: str = ""
    rx_pcn: str = ""
    rx_group: str = ""
    source: Source
    verified: bool = False
    issuer_name: str = ""


def from_health_card(card: HealthCard) -> tuple[Card, ...]:
    """Every cover of a SMART Health Card that is, was or will be in force, in the card's order.

    A cancelled cover without an end is left out: nobody could tell that it is over.
    """
    holder = " ".join(part for part in (card.given_name, card.family_name) if part)
    return tuple(_from_coverage(one, card, holder) for one in card.coverages if _was_in_force(one))


def member_number(payload: bytes, symbology: str | None = None) -> str | None:
    """What an unknown code may be while insurance is asked for: a member number, for the patient to confirm.

    None for whatever cannot be one, and for the barcodes of wares.
    """
    if symbology and _WARES.match(symbology):
        return None
    try:
        number = tidy_member_number(payload.decode("ascii"))
    except UnicodeDecodeError:
        return None
    return number if any(letter.isdigit() for letter in number) else None


def tidy_member_number(text: str) -> str:
    """The number as records have it: capitals, single spaces, plain hyphens. `""` if it cannot be one."""
    plain = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    plain = _DASHES.sub("-", plain)
    fits = SHORTEST_NUMBER <= len(plain) <= LONGEST_NUMBER
    return plain if fits and _NUMBER.fullmatch(plain) else ""


def compare(on_file: Card | None, shown: Card | None, today: date) -> Finding:
    """Hold what was shown against the file.

    A number that is on file lasts as long as the file says, unless the card itself says more.
    """
    if shown is None:
        return Finding.MISSING
    if not shown.member_id:
        return Finding.UNREAD
    same = on_file is not None and _same(on_file, shown)
    from_file = on_file if same and on_file is not None else shown
    until = shown.valid_until or from_file.valid_until
    if until is not None and until < today:
        return Finding.EXPIRED
    if shown.valid_from is not None and shown.valid_from > today:
        return Finding.NOT_YET_VALID
    if on_file is None:
        return Finding.NEW
    return Finding.SAME if same else Finding.CHANGED


def payer_id(payer: str, payers: Mapping[str, str]) -> str:
    """The clearing house's id of a payer, by its name however it is spelled; `""` when it has none."""
    known = {_folded(name): number for name, number in payers.items()}
    return known.get(_folded(payer), "")


def complete(shown: Card, on_file: Card | None) -> Card:
    """A card without a payer, as a typed or scanned number is, gets the one that this number has on file."""
    if on_file is None or shown.payer or not shown.member_id:
        return shown
    same = _compact(on_file.member_id) == _compact(shown.member_id)
    return replace(shown, payer=on_file.payer) if same else shown


class Obstacle(StrEnum):
    """Why the payer cannot be asked."""

    NO_NUMBER = "no_number"
    NO_PAYER = "no_payer"
    NO_BIRTH_DATE = "no_birth_date"


def obstacle(card: Card | None, payers: Mapping[str, str], birth_date: date | None) -> Obstacle | None:
    """Tell what is missing for a question to the payer."""
    if card is None or not card.member_id:
        return Obstacle.NO_NUMBER
    if not payer_id(card.payer, payers):
        return Obstacle.NO_PAYER
    return Obstacle.NO_BIRTH_DATE if birth_date is None else None


def to_plain(card: Card) -> dict[str, Any]:
    """The card as JSON: what it does not say is left out."""
    values = {field.name: getattr(card, field.name) for field in fields(card)}
    values = {name: value for name, value in values.items() if value not in ("", None, False)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def from_plain(values: Mapping[str, Any]) -> Card:
    """The card that `to_plain` wrote down."""
    days = {
        name: date.fromisoformat(values[name]) for name in ("valid_from", "valid_until") if name in values
    }
    return Card(**{**values, **days, "source": Source(values["source"])})


def _from_coverage(one: Coverage, card: HealthCard, holder: str) -> Card:
    return Card(
        payer=one.payer,
        member_id=one.member_id,
        group=one.group,
        holder=holder,
        valid_from=one.start,
        valid_until=one.end,
        rx_bin=one.rx_bin,
        rx_pcn=one.rx_pcn,
        rx_group=one.rx_group,
        source=Source.HEALTH_CARD,
        verified=card.verified,
        issuer_name=card.issuer_name,
    )


def _was_in_force(one: Coverage) -> bool:
    return one.status not in _NEVER_IN_FORCE and not (one.status == "cancelled" and one.end is None)


def _same(on_file: Card, shown: Card) -> bool:
    """Same number, payer and group: what one of them does not say, it does not contradict."""
    pairs = ((on_file.member_id, shown.member_id), (on_file.group, shown.group))
    differ = any(len({_compact(one), _compact(other)} - {""}) > 1 for one, other in pairs)
    return not differ and _same_payer(on_file.payer, shown.payer)


def _same_payer(one: str, other: str) -> bool:
    """One name may be the beginning of the other: `Acme Health`, `Acme Health Plan, Inc.`"""
    first, second = _folded(one).split(), _folded(other).split()
    length = min(len(first), len(second))
    return first[:length] == second[:length]


def _compact(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def _folded(name: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))
