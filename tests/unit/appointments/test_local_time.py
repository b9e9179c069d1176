"""Dates and times are read at the clinic's clock; what can be read in two ways is refused."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.appointments.local_time import Order, Unclear, instant, order_of, read_date, read_time

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize("text", ["2026-11-03", "20261103", "3.11.2026", "03. 11. 2026", " 2026-11-03 "])
def test_dates_that_can_be_read_in_one_way_only_are_read(text: str) -> None:
    assert read_date(text) == date(2026, 11, 3)


def test_a_slash_date_waits_for_the_rest_of_the_file() -> None:
    with pytest.raises(Unclear, match="month/day or as day/month"):
        read_date("3/11/2026")
    assert read_date("3/11/2026", Order.MONTH_FIRST) == date(2026, 3, 11)
    assert read_date("3/11/2026", Order.DAY_FIRST) == date(2026, 11, 3)
    assert read_date("11/11/2026") == date(2026, 11, 11)


def test_one_date_above_the_twelfth_tells_the_order_of_the_whole_file() -> None:
    assert order_of(["3/4/1980", "11/23/2026"]) is Order.MONTH_FIRST
    assert order_of(["3/4/1980", "23/11/2026"]) is Order.DAY_FIRST
    assert order_of(["3/4/1980", "2026-11-23"]) is Order.UNTOLD
    assert order_of(["11/23/2026", "23/11/2026"]) is Order.BOTH
    with pytest.raises(Unclear, match="begin with the day"):
        read_date("3/4/1980", Order.BOTH)


@pytest.mark.parametrize(
    "text", ["", "26-11-03", "3/11/26", "2026-13-01", "30.02.2026", "Monday", "2026-1-1", "0001-01-01"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unclear) as refused:
        read_date(text)
    assert refused.value.mend


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:05", time(9, 5)),
        ("09:05:00", time(9, 5)),
        ("09:05:00.000", time(9, 5)),
        ("9:05 AM", time(9, 5)),
        ("12:00 am", time(0)),
        ("12:30pm", time(12, 30)),
        ("1:05 p.m.", time(13, 5)),
        ("23:59", time(23, 59)),
    ],
)
def test_times_are_read_with_and_without_halves_of_the_day(text: str, clock: time) -> None:
    assert read_time(text) == (clock, None)


@pytest.mark.parametrize("text", ["", "9", "24:00", "9:60", "13:00 pm", "0:30 am", "9:05 m", "nine", "9h05"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Unclear):
        read_time(text)


def test_a_time_may_say_its_offset() -> None:
    assert read_time("01:30-04:00") == (time(1, 30), timezone(-timedelta(hours=4)))
    assert read_time("01:30Z") == (time(1, 30), UTC)


def test_a_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(Unclear, match="go forward on 2026-03-08"):
        instant(date(2026, 3, 8), time(2, 30), NEW_YORK)


def test_a_time_that_comes_twice_is_refused_with_both_ways_to_write_it() -> None:
    with pytest.raises(Unclear, match="comes twice") as refused:
        instant(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert refused.value.mend == "Write 01:30-04:00 or 01:30-05:00 as the time."
    first, second = (
        instant(date(2026, 11, 1), clock, NEW_YORK, offset)
        for clock, offset in (read_time("01:30-04:00"), read_time("01:30-05:00"))
    )
    assert second - first == timedelta(hours=1)


ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), st.sampled_from(ZONES))
def test_an_instant_shows_as_it_was_written_or_is_refused(local: datetime, zone: str) -> None:
    local = local.replace(second=0, microsecond=0)
    try:
        found = instant(local.date(), local.time(), ZoneInfo(zone))
    except Unclear:
        return
    assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
