"""An iCalendar file: each event is an appointment, or the file is refused with every mistake."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.appointments.calendar_file import read_calendar
from kiosk.appointments.rules import Entry, Person, Refused
from kiosk.appointments.taking_over import is_calendar
from tests.unit.appointments.terms import TERMS

SLOT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def calendar(*events: str, head: str = "") -> bytes:
    """An ICS file of these events' lines."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "UID:17", start: str = "DTSTART:20261123T140500Z") -> str:
    return "\n".join([uid, start, *lines])


def read(data: bytes) -> list[Entry]:
    return list(read_calendar(data, TERMS).entries)


def columns(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as refused:
        read_calendar(data, TERMS)
    return [(problem.row, problem.column) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "lines",
    [
        ("SUMMARY:Laboratory: Vega\\, Ana", "DESCRIPTION:Room 3\\nBirth date: 1980-02-29"),
        ("SUMMARY:laboratorio", 'ATTENDEE;CN="Vega, Ana":mailto:ana@clinic.example', "X-BIRTH-DATE:19800229"),
        ("SUMMARY:Vega\\, Ana", "CATEGORIES:Important,Laboratory", "DESCRIPTION:DOB: 1980-02-29"),
        (
            "SUMMARY:Laboratory",
            "ATTENDEE;CN=Dr Who:mailto:w@x.example",
            'ATTENDEE;CN="Vega, Ana":mailto:a@x.example',
            "X-BIRTH-DATE:1980-02-29",
        ),
    ],
)
def test_an_event_says_who_comes_and_for_what(lines: tuple[str, ...]) -> None:
    ana = Person("Vega", "Ana", birth_date=date(1980, 2, 29))
    assert read(calendar(event(*lines))) == [
        Entry(source="17", slot=SLOT, services=("laboratory",), person=ana)
    ]


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20261123T140500Z",
        "DTSTART:20261123T090500",
        "DTSTART;TZID=America/New_York:20261123T090500",
        "DTSTART;TZID=Europe/Berlin:20261123T150500",
    ],
)
def test_a_start_is_read_in_its_zone_or_at_the_clinics_clock(start: str) -> None:
    assert read(calendar(event("SUMMARY:Laboratory: Vega\\, Ana", start=start)))[0].slot == SLOT


def test_a_birth_date_may_be_missing() -> None:
    assert read(calendar(event("SUMMARY:Laboratory: Vega\\, Ana")))[0].person.birth_date is None


def test_a_cancelled_event_or_file_cancels() -> None:
    summary = "SUMMARY:Laboratory: Vega\\, Ana"
    assert read(calendar(event(summary, "STATUS:CANCELLED")))[0].cancelled
    assert read(calendar(event(summary), head="METHOD:CANCEL\n"))[0].cancelled
    assert not read(calendar(event(summary, "STATUS:CONFIRMED")))[0].cancelled


@pytest.mark.parametrize(
    "series", ["RRULE:FREQ=WEEKLY", "RDATE:20261130T140500Z", "RECURRENCE-ID:20261123T140500Z"]
)
def test_a_series_is_refused(series: str) -> None:
    assert columns(calendar(event("SUMMARY:Laboratory: Vega\\, Ana", series))) == [(1, series.split(":")[0])]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (event("SUMMARY:Laboratory: Vega\\, Ana", uid="X-NOTHING:1"), "UID"),
        (event("SUMMARY:Laboratory: Vega\\, Ana", start="DTSTART;VALUE=DATE:20261123"), "DTSTART"),
        (event("SUMMARY:Laboratory: Vega\\, Ana", start="DTSTART;TZID=Mars/Base:20261123T090500"), "DTSTART"),
        (event("SUMMARY:Laboratory: Vega\\, Ana", start="DTEND:20261123T140500Z"), "DTSTART"),
        (
            event("SUMMARY:Laboratory: Vega\\, Ana", start="DTSTART;TZID=Asia/Tokyo:00010101T000000"),
            "DTSTART",
        ),
        (
            event("SUMMARY:Laboratory: Vega\\, Ana", start="DTSTART;TZID=America/New_York:99991231T230000"),
            "DTSTART",
        ),
        (event("SUMMARY:Laboratory: Vega\\, Ana", start="DTSTART:20270314T023000"), "DTSTART"),
        (event("SUMMARY:Laboratory: Ana Vega"), "name"),
        (event("SUMMARY:Barber: Vega\\, Ana"), "services"),
        (event("SUMMARY:Laboratory: Vega\\, Ana", "X-BIRTH-DATE:yesterday"), "birth date"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, place: str) -> None:
    assert columns(calendar(text)) == [(1, place)]


def test_the_same_event_twice_is_refused() -> None:
    summary = "SUMMARY:Laboratory: Vega\\, Ana"
    assert columns(calendar(event(summary), event(summary))) == [(2, "UID")]


@pytest.mark.parametrize(
    "data",
    [b"", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", calendar(), calendar("DTSTART:x")[:-30]],
)
def test_a_damaged_or_empty_calendar_is_refused(data: bytes) -> None:
    assert columns(data)


def test_a_calendar_is_told_from_a_table() -> None:
    assert is_calendar(b"\xef\xbb\xbfbegin:vcalendar\r\n")
    assert not is_calendar(b"id,date,time")


@given(st.binary(max_size=200))
def test_no_calendar_whatsoever_breaks_the_reader(noise: bytes) -> None:
    whole = calendar(event("SUMMARY:Laboratory: Vega\\, Ana"))
    for data in (b"BEGIN:VCALENDAR\r\n" + noise, whole[:120] + noise + whole[120:]):
        with suppress(Refused):
            read_calendar(data, TERMS)
