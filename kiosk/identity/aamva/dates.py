"""Dates on AAMVA cards: the value decides the order, not the country or the version. Pure.

D.12.5 says MMDDCCYY (US) or CCYYMMDD (Canada, and all of version 01), but cards mix them. A month is 01–12
and a century 19–21, so no eight digits are both.
"""

import re
from datetime import date

_CENTURY_FIRST = re.compile(r"(?P<year>(?:19|20|21)\d\d)[-/]?(?P<month>\d\d)[-/]?(?P<day>\d\d)")
_CENTURY_LAST = re.compile(r"(?P<month>\d\d)[-/]?(?P<day>\d\d)[-/]?(?P<year>(?:19|20|21)\d\d)")


def date_of(value: str) -> date | None:
    """Read a date element, or None: blank, `unavl`, zeros, nines, damaged."""
    value = value.strip()
    found = _CENTURY_FIRST.fullmatch(value) or _CENTURY_LAST.fullmatch(value)
    if found is None or not found[0].isascii():
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
