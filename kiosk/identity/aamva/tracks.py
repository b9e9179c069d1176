"""The three magnetic-stripe tracks, as British Columbia prints them into a PDF417. Pure.

AAMVA Annex F: track 1 `%` state(2) city(≤13)^ name(≤35)^ address(≤29)^?; track 2 `;` IIN(6) number(≤13) `=`
expiry YYMM, birth CCYYMMDD, more of a full number `?`; track 3 `%` or `_%`, two version signs, postal code.
A field that fills its length has no `^`; parts of one field are parted by `$`. Some have the day of expiry.
"""

import re

from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.names import text_of
from kiosk.identity.documents import Licence, Reason, Unknown

_FIRST = re.compile(
    r"%(?P<region>[A-Z]{2})(?P<city>[^^?]{13}(?=[^^])|[^^?]{0,13}\^)"
    r"(?P<name>[^^?]{35}(?=[^^])|[^^?]{0,35}\^)(?P<address>[^?]{0,80})\?"
)
_LOST = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd%]")
_TOWN = re.compile(r"(?P<city>.*?) ?\b(?P<region>[A-Z]{2}) +\w{3} ?\w{3}")
_UNPARTED = re.compile(r"[^$]*[ ,][^$]*")
"""A name of several words, and nothing that tells the family name from the others."""
_DAY = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_SECOND = re.compile(
    r";(?P<issuer>[0-9]{6})(?:"
    rf"(?P<full>[A-Z0-9]{{13}})=(?:[0-9]{{4}})?(?P<birth>{_DAY})(?P<more>[A-Z0-9]{{0,5}})"
    rf"|(?P<short>[A-Z0-9]{{0,12}})=(?P<expiry>[0-9]{{4}}(?:[0-9]{{2}})?)?(?P<born>{_DAY})"
    r")=?\?"
)
_THIRD = re.compile(
    r"\?[\s_]*[%+#!][^?]{2}(?P<postal>[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[0-9]{9}|[0-9]{5})(?![0-9])"
)


def tracks(text: str) -> Licence | Unknown | None:
    """Read tracks 1 and 2, and the postal code of track 3. None: these are no AAMVA tracks.

    Where track 2 has month and year of expiry only, a day would be invented, so there is none.
    """
    first, second = _FIRST.search(text), _SECOND.search(text)
    if first is None or second is None:
        return None
    family, given, middle, suffix = _name(first["name"])
    if not family or _LOST.search(first[0], 1) or _UNPARTED.fullmatch(first["name"].rstrip("^ ,")):
        return Unknown(reason=Reason.UNCLEAR_NAME)
    third = _THIRD.search(text, second.start())
    street, city, region = _address(first["address"], text_of(first["city"].rstrip("^")), first["region"])
    return Licence(
        family_name=family,
        given_name=given,
        middle_name=middle,
        suffix=suffix,
        birth_date=date_of(second["birth"] or second["born"]),
        expiry=date_of("20" + (second["expiry"] or "")),
        document_number=second["short"] or (second["full"] or "") + (second["more"] or ""),
        issuer=second["issuer"],
        street=street,
        city=city,
        region=region,
        postal_code=third["postal"] if third else "",
    )


def _name(field: str) -> tuple[str, str, str, str]:
    """`LAST$FIRST$MIDDLE$SUFFIX`, or in British Columbia `LAST,$FIRST MIDDLE`."""
    parts = [*map(text_of, field.rstrip("^").split("$")), "", "", ""]
    family, given, middle, suffix = parts[:4]
    if given and not middle:
        given, _, middle = given.partition(" ")
    return family, given, middle, suffix


def _address(field: str, city: str, region: str) -> tuple[str, str, str]:
    """Street, city and region. British Columbia's last line has the whole city, maybe in another province."""
    *street, last = ["", *filter(None, map(text_of, field.rstrip("^").split("$")))]
    town = _TOWN.fullmatch(last)
    if town is None:
        street.append(last)
    elif town["city"].startswith(city):
        city, region = town["city"], town["region"]
    return ", ".join(filter(None, street)), city, region
