"""Tell what a scan is: every kind of document is asked in turn. Pure."""

from collections.abc import Callable
from datetime import datetime

from kiosk.identity import aamva
from kiosk.identity.aamva.tracks import tracks
from kiosk.identity.booking import booking
from kiosk.identity.documents import Reason, Recognised, Unknown
from kiosk.identity.health_card import health_card
from kiosk.identity.health_link import health_link
from kiosk.identity.mrz import travel_document
from kiosk.identity.numbers import gsrn, nhs_number, site_number
from kiosk.identity.rules import Rules
from kiosk.identity.transport import Scan, scan_of

_LONGEST = 16_384
NO_RULES = Rules()

_Reader = Callable[[Scan, Rules, datetime | None], Recognised | None]


def recognise(payload: str | bytes, rules: Rules = NO_RULES, at: datetime | None = None) -> Recognised:
    """Say what this scan means. `at` is now, where the meaning depends on it: ages, expiry, centuries.

    Never raises, never keeps the payload, never fills in what it does not say. A document that announces
    itself but cannot be trusted is Unknown with its reason, unless another reader is sure.
    """
    if len(payload) > _LONGEST:
        return Unknown(reason=Reason.TOO_LONG)
    scan = scan_of(payload)
    if not scan.text:
        return Unknown(reason=Reason.EMPTY)
    refused: Unknown | None = None
    for reader in _READERS:
        found = reader(scan, rules, at)
        if isinstance(found, Unknown):
            refused = refused or found
        elif found is not None:
            return found
    return refused or Unknown(reason=Reason.UNKNOWN_CODE)


_READERS: tuple[_Reader, ...] = (
    lambda scan, rules, at: health_card(scan.text, rules, at),
    lambda scan, rules, at: health_link(scan.text, at),
    lambda scan, rules, at: booking(scan.text, rules),
    lambda scan, rules, at: aamva.licence(scan),
    lambda scan, rules, at: tracks(scan.text),
    lambda scan, rules, at: travel_document(scan.text, at),
    lambda scan, rules, at: site_number(scan.text, rules),
    lambda scan, rules, at: gsrn(scan),
    lambda scan, rules, at: nhs_number(scan.text),
)
