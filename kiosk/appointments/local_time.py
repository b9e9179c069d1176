"""Dates and times as people and programs write them, read at the clinic's clock. Pure: standard library only.

Nothing is guessed: a date that can be read in two ways, or a time that the clock skips or shows twice, is
refused with what to write instead.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo


class Unclear(ValueError):
    """What is wrong with a date or time, and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class Order(Enum):
    """What the first number of a date with slashes is in this file."""

    MONTH_FIRST = "month/day/year"
    DAY_FIRST = "day/month/year"
    UNTOLD = "untold"
    BOTH = "both"


_ISO = re.compile(r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})")
_DOTS = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})")
_SLASHES = re.compile(r"(?P<one>\d{1,2})[/-](?P<two>\d{1,2})[/-](?P<y>\d{4})")
_CLOCK = re.compile(
    r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:\.0+)?)?\s*(?P<half>[ap])?\.?(?:(?<=[ap.])m\.?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
OLDEST_YEAR = 1800
"""No patient was born before, and at the edge of the calendar a time zone leads over it."""
_WRITE_DATE = "Write year-month-day, like 2026-11-23."
_WRITE_TIME = "Write hours and minutes, like 09:05 or 9:05 AM."


def order_of(dates: Iterable[str]) -> Order:
    """Tell from all dates of a file what its slashes mean: a number above 12 is a day."""
    found = [match for text in dates if (match := _SLASHES.fullmatch(text.strip()))]
    day_first = any(int(match["one"]) > 12 for match in found)
    month_first = any(int(match["two"]) > 12 for match in found)
    if day_first and month_first:
        return Order.BOTH
    if day_first:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if month_first else Order.UNTOLD


def read_date(text: str, order: Order = Order.UNTOLD) -> date:
    """Read `2026-11-23`, `20261123`, `23.11.2026`, or slashes in the file's order. Raises Unclear."""
    text = text.strip()
    found = _ISO.fullmatch(text) or _DOTS.fullmatch(text)
    if found:
        return _date(int(found["y"]), int(found["m"]), int(found["d"]))
    found = _SLASHES.fullmatch(text)
    if found is None:
        raise Unclear("This is not a date that can be read.", _WRITE_DATE)
    one, two = int(found["one"]), int(found["two"])
    if order is Order.BOTH:
        raise Unclear("Some dates of this file begin with the day, some with the month.", _WRITE_DATE)
    if order is Order.UNTOLD and one != two:
        raise Unclear("This can be read as month/day or as day/month.", _WRITE_DATE)
    month, day = (two, one) if order is Order.DAY_FIRST else (one, two)
    return _date(int(found["y"]), month, day)


def _date(year: int, month: int, day: int) -> date:
    try:
        if year < OLDEST_YEAR:
            raise ValueError
        return date(year, month, day)
    except ValueError:
        raise Unclear("There is no such day.", "Look it up and correct it.") from None


def read_time(text: str) -> tuple[time, timezone | None]:
    """Read `09:05`, `9:05 AM`, `01:30-04:00`: the clock, and the offset if it says one. Raises Unclear."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Unclear("This is not a time that can be read.", _WRITE_TIME)
    hour, half = int(found["h"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise Unclear("There is no such time.", _WRITE_TIME)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(found["min"]), int(found["s"] or 0)), _offset(found["offset"])
    except ValueError:
        raise Unclear("There is no such time.", _WRITE_TIME) from None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    distance = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-distance if text[0] == "-" else distance)


def instant(day: date, clock: time, zone: ZoneInfo, offset: timezone | None = None) -> datetime:
    """The UTC instant at which the site's clock shows this. Raises Unclear when it never does, or twice."""
    if offset is not None:
        return datetime.combine(day, clock, offset).astimezone(UTC)
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).time() != clock:
        raise Unclear(
            f"The clocks go forward on {day}: {clock:%H:%M} does not come that day.", "Ask when it really is."
        )
    earlier, later = (f"{clock:%H:%M}{_written(local)}" for local in (first, second))
    raise Unclear(
        f"The clocks go back on {day}: {clock:%H:%M} comes twice.", f"Write {earlier} or {later} as the time."
    )


def _written(local: datetime) -> str:
    return f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5]
