"""From a card's elements to the fields that are kept. Pure."""

import re
from operator import ne

from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.header import Header
from kiosk.identity.aamva.issuers import ISSUERS, REGIONS
from kiosk.identity.aamva.names import name_of, text_of
from kiosk.identity.documents import Licence, Reason, Unknown

_TRUNCATED = {"DDE": "family_name", "DDF": "given_name", "DDG": "middle_name"}
_WITHOUT_DCS = {0, 1}
_FILLED = re.compile(r"(?P<code>[0-9]{5})[ -]*0+")
# What stands where a sign was lost (PE?A), or typed on another keyboard (SMITHßJONES): no card has it.
_LOST = re.compile("[?\ufffd\u2500-\u259f£§]|(?<=[A-Z])[ß-ÿ](?=[A-Z])")
_NO_PLACE = re.compile(r"[\x00-\x1f\x7f-\x9f|{}<>=\\^~]")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9 -]*")
_NO_NUMBER = re.compile(r"[^\w *./-]|[^\x00-\x7f]")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f@#$%^*=+{}\[\]|\\~<>\"_;:!£¿¤§°]")


def licence_of(elements: dict[str, str], header: Header) -> Licence | Unknown:
    """The licence, or Unknown if its name cannot be told or has lost a letter."""
    region = text_of(elements.get("DAJ")) or text_of(elements.get("DAO"))
    issuer = _issuer(header, region)
    name = name_of(elements, issuer or ISSUERS.get(region, ""), header.version)
    if name is None or not (name.family or name.given):
        return Unknown(reason=Reason.UNCLEAR_NAME)
    names = " ".join((name.family, name.given, name.middle, name.suffix))
    if _LOST.search(names) or _NO_NAME.search(names):
        return Unknown(reason=Reason.UNREADABLE)

    def first_of(*keys: str) -> str:
        return next(filter(None, (text_of(elements.get(key)) for key in keys)), "")

    street = _street(first_of("DAG", "DAL"), first_of("DAH", "DAM"), first_of("DAI", "DAN"), region)
    return Licence(
        family_name=name.family,
        given_name=name.given,
        middle_name=name.middle,
        suffix=name.suffix,
        birth_date=date_of(elements.get("DBB", "")),
        expiry=date_of(elements.get("DBA", "")),
        document_number="" if _NO_NUMBER.search(first_of("DAQ")) else first_of("DAQ"),
        issuer=issuer,
        street=_place(street),
        city=_place(first_of("DAI", "DAN")),
        region=_place(region),
        postal_code=_postal_code(first_of("DAK", "DAP")),
        aamva_version=_version(header.version, elements),
        truncated=frozenset(_TRUNCATED[flag] for flag in _TRUNCATED if elements.get(flag, "")[:1] == "T"),
    )


def _version(version: int | None, elements: dict[str, str]) -> int | None:
    """The version, unless a digit of it was damaged on the way: DCS came with 02."""
    return None if version in _WITHOUT_DCS and "DCS" in elements else version


def _issuer(header: Header, region: str) -> str:
    """The issuer, unless a digit of its number was damaged on the way."""
    own = ISSUERS.get(region, "")
    if header.issuer == own:
        return own
    is_damaged = header.issuer not in REGIONS and sum(map(ne, own, header.issuer)) == 1
    return header.issuer if header.is_regular and not is_damaged else ""


def _place(text: str) -> str:
    return "" if _LOST.search(text) or _NO_PLACE.search(text) else text


def _street(first: str, second: str, city: str, region: str) -> str:
    """Both lines; without the first the second is of no use, and in Wyoming it repeats the city."""
    repeats = (city and second.startswith(city)) or re.search(rf", {re.escape(region)} +\d{{5}}", second)
    return f"{first}, {second}" if first and second and not repeats else first


def _postal_code(value: str) -> str:
    """US codes are filled with zeros to nine digits (D.12.5.1), or to ten (MA), or end in one (HI).

    That is no ZIP+4.
    """
    if found := _FILLED.fullmatch(value):
        return found["code"]
    return value if _CODE.fullmatch(value) else ""
