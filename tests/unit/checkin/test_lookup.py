"""What a document that cannot be used means at the kiosk: each reason on purpose."""

from datetime import date

import pytest

from kiosk.checkin.lookup import UNUSABLE, scanned
from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.given import Scanned
from kiosk.identity.documents import Reason, Unknown

TODAY = date(2026, 11, 23)
TRY_AGAIN = frozenset(
    {
        Reason.EMPTY,
        Reason.TOO_LONG,
        Reason.UNREADABLE,
        Reason.UNKNOWN_CODE,
        Reason.SEPARATORS_LOST,
        Reason.INCOMPLETE,
        Reason.CONTRADICTORY,
        Reason.UNCLEAR_NAME,
        Reason.KEYBOARD_LAYOUT,
        Reason.BAD_CHECK_DIGIT,
        Reason.MALFORMED,
    }
)
"""Another code, another try or the touch screen may help; after three the page says so."""


def test_there_is_no_reason_that_nobody_thought_of() -> None:
    assert set(Reason) == UNUSABLE | TRY_AGAIN
    assert not UNUSABLE & TRY_AGAIN


@pytest.mark.parametrize("reason", sorted(UNUSABLE))
def test_what_was_read_and_is_of_no_use_leads_to_the_front_desk(reason: Reason) -> None:
    assert scanned(Unknown(reason=reason), TODAY) == Scanned(case=Case.UNKNOWN_CARD)


@pytest.mark.parametrize("reason", sorted(TRY_AGAIN))
def test_what_was_not_read_is_tried_again(reason: Reason) -> None:
    assert scanned(Unknown(reason=reason), TODAY) == Scanned()
