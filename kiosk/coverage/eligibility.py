"""The question whether an insurance cover is good today, and its answer: the seam to whoever knows. Pure.

The question goes to a clearing house as X12 270, the answer comes back as X12 271 (`kiosk.coverage.x12`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from kiosk.identity.documents import Personal


class State(StrEnum):
    """What the payer says. `unclear`: it answered, and nobody can tell what that means."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    NOT_FOUND = "not_found"
    WRONG_BIRTH_DATE = "wrong_birth_date"
    PAYER_DOWN = "payer_down"
    UNCLEAR = "unclear"


TASKS: Mapping[State, str] = {
    State.INACTIVE: "insurance_inactive",
    State.NOT_FOUND: "insurance_not_found",
    State.WRONG_BIRTH_DATE: "insurance_wrong_birth_date",
    State.UNCLEAR: "insurance_unanswered",
    State.PAYER_DOWN: "insurance_unanswered",
}
"""State → kind of task. A payer that is down becomes one only when asking again was of no use."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Inquiry(Personal):
    """Is this person's cover good on `service_date`? `trace` comes back in the answer; `number` counts."""

    payer_id: str
    payer_name: str
    provider_npi: str
    provider_name: str
    family_name: str
    given_name: str
    middle_name: str = ""
    suffix: str = ""
    member_id: str
    group: str = ""
    birth_date: date
    service_date: date
    trace: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer(Personal):
    """What the payer said. Amounts are in the site's currency: X12 names none.

    `code` is the payer's reason, for whoever looks it up.
    """

    state: State
    plan: str = ""
    co_pay: Decimal | None = None
    deductible_left: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    message: str = ""
    code: str = ""


class NoAnswer(Exception):
    """The clearing house did not answer."""

    permanent = False


class NotAccepted(NoAnswer):
    """The clearing house does not take our questions: asking again is of no use."""

    permanent = True


class ClearingHouse(Protocol):
    """Whoever passes a question on to the payer."""

    def ask(self, x12_270: str) -> str:
        """Return the X12 271. Raises NoAnswer."""


def to_plain(answer: Answer) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "state": str(answer.state),
        "plan": answer.plan,
        "co_pay": None if answer.co_pay is None else str(answer.co_pay),
        "deductible_left": None if answer.deductible_left is None else str(answer.deductible_left),
        "valid_from": answer.valid_from.isoformat() if answer.valid_from else None,
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
        "message": answer.message,
        "code": answer.code,
    }


def from_plain(values: Mapping[str, Any]) -> Answer:
    """The answer that `to_plain` wrote down."""
    amounts = {name: Decimal(values[name]) for name in ("co_pay", "deductible_left") if values[name]}
    days = {name: date.fromisoformat(values[name]) for name in ("valid_from", "valid_until") if values[name]}
    read: dict[str, Any] = {**values, **amounts, **days, "state": State(values["state"])}
    return Answer(**read)
