"""The three magnetic-stripe tracks, as British Columbia prints them into a PDF417. Pure.

AAMVA Annex F: track 1 `%` state(2) city(≤13)^ name(≤35)^ address(≤29)^?; track 2 `;` IIN(6) number(≤13) `=`
expiry YYMM, birth CCYYMMDD, more of the number `?`; track 3 `%` or `_%`, two version letters, postal code.
A field that fills its length has no `^`; parts of one field are parted by `$`.
"""

import re

from kiosk.identity.aamva.dates import date_of
from kiosk.identity.aamva.names import text_of
from kiosk.identity.documents import Licence, Reason, Unknown

_FIRST = re.compile(
    r"%(?P<region>[A-Z]{2})(?P<city>[^^?]{13}(?=[^^])|[^^?]{0,13}\^)"
    r"(?P<name>[^^?]{35}(?=[^^])|[^^?]{0,35}\^)(?P<address>[^?]{0,80})\?"
)
_SECOND = re.compile(
    r";(?P<issuer>[0-9]{6})(?P<number>[A-Z0-9]{0,13})=(?P<expiry>[0-9]{4})?(?P<birth>[0-9]{8})(?P<more>[A-Z0-9]{0,5})=?\?"
)
_THIRD = re.compile(r"\?[\s_]*[%+#]0A(?P<postal>[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[0-9]{5,9})")


def tracks(text: str) -> Licence | Unknown | None:
    """Read tracks 1 and 2, and the postal code of track 3. None: these are no AAMVA tracks.

    Track 2 has month and year of expiry only; a day would be invented, so there is none.
    """
    first, second = _FIRST.search(text), _SECOND.search(text)
    if first is None or second is None:
        return None
    family, given, middle = _name(first["name"])
    if not family:
        return Unknown(reason=Reason.UNCLEAR_NAME)
    street, *_ = [*map(text_of, first["address"].rstrip("^").split("$")), ""]
    third = _THIRD.search(text, second.start())
    return Licence(
        family_name=family,
        given_name=given,
        middle_name=middle,
        birth_date=date_of(second["birth"]),
        document_number=second["number"] + second["more"],
        issuer=second["issuer"],
        street=street,
        city=text_of(first["city"].rstrip("^")),
        region=first["region"],
        postal_code=third["postal"] if third else "",
    )


def _name(field: str) -> tuple[str, str, str]:
    """`LAST$FIRST$MIDDLE`, or in British Columbia `LAST,$FIRST MIDDLE`."""
    family, given, middle, *_ = [*map(text_of, field.rstrip("^").split("$")), "", "", ""]
    if given and not middle:
        given, _, middle = given.partition(" ")
    return family, given, middle
