"""A driver licence or ID card by AAMVA, read from its PDF417 text as it comes. Pure.

The barcode is unsigned: it is data entry, not proof. Kept are the names, the dates of birth and expiry, the
number and the address; everything else on the card is dropped here.
"""

import re
from operator import ne

from kiosk.identity.aamva.card import elements_of
from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.elements import AT_START
from kiosk.identity.aamva.header import Header, begins_like_a_card, header_of, is_caps_locked, starts
from kiosk.identity.aamva.issuers import ISSUERS, REGIONS
from kiosk.identity.aamva.names import Name, name_of, text_of
from kiosk.identity.aamva.plausible import most_plausible
from kiosk.identity.aamva.subfile import lines_of
from kiosk.identity.documents import Licence, Reason, Unknown
from kiosk.identity.escapes import unescaped
from kiosk.identity.keyboards import us_typed
from kiosk.identity.transport import Scan, caps_lock_off

_TRUNCATED = {"DDE": "family_name", "DDF": "given_name", "DDG": "middle_name"}
_OLD = {0, 1}
_ENOUGH_WITHOUT_HEADER = 4
_FILLED = re.compile(r"(?P<code>[0-9]{5})[ -]*0+")
# What stands where a letter was lost on the way (PE?A), or a separator.
_NO_NAME = re.compile("[?\ufffd\u2500-\u259f\x00-\x1f\x7f-\x9f@#$%^*=+{}\\[\\]|\\\\~<>\"_;:!£¿¤§°]")
_LOST_LETTER = re.compile("[?\ufffd\u2500-\u259f]")
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
    begins = starts(text)
    if len(begins) < 2:
        return _one(text, is_ended) or _compact(text)
    cards = {_one(text[begin:end], True) for begin, end in zip(begins, [*begins[1:], len(text)], strict=True)}
    return cards.pop() if len(cards) == 1 else Unknown(reason=Reason.CONTRADICTORY)


def _one(text: str, is_ended: bool) -> Licence | Unknown | None:
    header = header_of(text)
    if header is None:
        return Unknown(reason=Reason.INCOMPLETE) if begins_like_a_card(text) else None
    lines, is_followed = lines_of(text[header.start :], header)
    if not header.issuer and sum(bool(AT_START.match(line)) for line in lines) < _ENOUGH_WITHOUT_HEADER:
        return None
    elements = elements_of(lines, header, is_ended or is_followed)
    if isinstance(elements, Reason):
        return Unknown(reason=elements)
    region = text_of(elements.get("DAJ")) or text_of(elements.get("DAO"))
    issuer = _issuer(header, region)
    name = name_of(elements, issuer or ISSUERS.get(region, ""))
    if name is None or not (name.family or name.given):
        return Unknown(reason=Reason.UNCLEAR_NAME)
    if any(map(_NO_NAME.search, (name.family, name.given, name.middle, name.suffix))):
        return Unknown(reason=Reason.UNREADABLE)
    return _licence(elements, header.version, issuer, name)


def _licence(elements: dict[str, str], version: int | None, issuer: str, name: Name) -> Licence:
    def first_of(*keys: str) -> str:
        text = next(filter(None, (text_of(elements.get(key)) for key in keys)), "")
        return "" if _LOST_LETTER.search(text) else text

    has_street = not elements.keys().isdisjoint({"DAG", "DAL"})
    lines = (first_of("DAG", "DAL"), first_of("DAH", "DAM")) if has_street else ()
    return Licence(
        family_name=name.family,
        given_name=name.given,
        middle_name=name.middle,
        suffix=name.suffix,
        birth_date=date_of(elements.get("DBB", "")),
        expiry=date_of(elements.get("DBA", "")),
        document_number=first_of("DAQ"),
        issuer=issuer,
        street=", ".join(filter(None, lines)),
        city=first_of("DAI", "DAN"),
        region=first_of("DAJ", "DAO"),
        postal_code=_postal_code(first_of("DAK", "DAP")),
        aamva_version=None if version in _OLD and "DCS" in elements else version,
        truncated=frozenset(field for flag, field in _TRUNCATED.items() if elements.get(flag) == "T"),
    )


def _issuer(header: Header, region: str) -> str:
    """The issuer, unless a digit of its number was damaged on the way."""
    own = ISSUERS.get(region, "")
    if header.issuer == own:
        return own
    is_damaged = header.issuer not in REGIONS and sum(map(ne, own, header.issuer)) == 1
    return header.issuer if header.is_regular and not is_damaged else ""


def _postal_code(value: str) -> str:
    """US codes are filled with zeros to nine digits (D.12.5.1), or to ten (MA), or end in one (HI).

    That is no ZIP+4.
    """
    found = _FILLED.fullmatch(value)
    return found["code"] if found else value


def _compact(text: str) -> Unknown | None:
    """ISO/IEC 18013-2 compact encoding (Annex I): fields end with ×, groups with ¶, no `ANSI ` header."""
    if text.count(_MULTIPLICATION) >= 3 and _PILCROW in text:
        return Unknown(reason=Reason.COMPACT_ENCODING)
    return None
