"""A driver licence or ID card by AAMVA, read from its PDF417 text as it comes. Pure.

The barcode is unsigned: it is data entry, not proof. Kept are the names, the dates of birth and expiry, the
number and the address; everything else on the card is dropped here.
"""

from kiosk.identity.aamva.card import elements_of
from kiosk.identity.aamva.elements import AT_START
from kiosk.identity.aamva.fields import licence_of
from kiosk.identity.aamva.header import begins_like_a_card, files, header_of, is_caps_locked
from kiosk.identity.aamva.plausible import most_plausible
from kiosk.identity.aamva.subfile import lines_of
from kiosk.identity.documents import Licence, Reason, Unknown
from kiosk.identity.escapes import unescaped
from kiosk.identity.keyboards import us_typed
from kiosk.identity.transport import Scan, caps_lock_off

_ENOUGH_WITHOUT_HEADER = 4
_MULTIPLICATION, _PILCROW = "×", "¶"


def licence(scan: Scan) -> Licence | Unknown | None:
    """Read a card. None: it is not AAMVA; Unknown: it is, and cannot be told."""
    readings = {_typed(text, scan.is_ended): None for text in us_typed(scan.text)}
    cards = [found for found in readings if isinstance(found, Licence)]
    if not cards:
        return next(iter(readings))
    return most_plausible(cards) or Unknown(reason=Reason.KEYBOARD_LAYOUT)


def _typed(typed: str, is_ended: bool) -> Licence | Unknown | None:
    text = unescaped(caps_lock_off(typed) if is_caps_locked(typed) else typed)
    several = files(text)
    if len(several) < 2:
        return _one(text, is_ended) or _compact(text)
    longest = max(several, key=len)
    others = [file for file in several if not longest.startswith(file.rstrip())]
    cards = {_one(file, True) for file in (longest, *others)}
    return cards.pop() if len(cards) == 1 else Unknown(reason=Reason.CONTRADICTORY)


def _one(text: str, is_ended: bool) -> Licence | Unknown | None:
    header = header_of(text)
    if header is None:
        return Unknown(reason=Reason.INCOMPLETE) if begins_like_a_card(text) else None
    lines, ending = lines_of(text[header.start :], header, is_ended)
    if not header.issuer and sum(bool(AT_START.match(line)) for line in lines) < _ENOUGH_WITHOUT_HEADER:
        return None
    elements = elements_of(lines, header, ending)
    if isinstance(elements, Reason):
        return Unknown(reason=elements)
    return licence_of(elements, header)


def _compact(text: str) -> Unknown | None:
    """ISO/IEC 18013-2 compact encoding (Annex I): fields end with ×, groups with ¶, no `ANSI ` header."""
    if text.count(_MULTIPLICATION) >= 3 and _PILCROW in text:
        return Unknown(reason=Reason.COMPACT_ENCODING)
    return None
