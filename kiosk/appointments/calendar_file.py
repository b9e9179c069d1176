"""A calendar file (ICS, RFC 5545) of appointments: each VEVENT is one. Pure.

| iCalendar | means |
|---|---|
| `UID` | the id by which a repeated import knows the appointment |
| `DTSTART` | the slot; without a zone it is the site's clock |
| `CATEGORIES`, else `SUMMARY` (whole, or before a colon) | the services |
| `ATTENDEE;CN`, else `SUMMARY` (behind the colon, or whole) | the patient, as `Family, Given Middle` |
| `X-BIRTH-DATE`, else a line `Birth date: 1980-02-29` in `DESCRIPTION` | the birth date, if any |
| `STATUS:CANCELLED`, or `METHOD:CANCEL` of the file | nobody is expected any more |

A series (`RRULE`, `RDATE`, `RECURRENCE-ID`) is refused: who comes on which day has to be said one by one.
"""

import re
from dataclasses import replace
from datetime import MAXYEAR, UTC, datetime, time

from icalendar import Calendar, Component

from kiosk.appointments.local_time import OLDEST_YEAR, Unclear, instant
from kiosk.appointments.rules import Entry, Import, Problem, Refused, Terms, entry_of
from kiosk.appointments.table_file import MOST_BYTES, MOST_ROWS

_BIRTH_DATE = re.compile(r"^\s*(?:birth date|birthdate|date of birth|dob)\s*:\s*(?P<date>\S+)", re.I | re.M)
_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")


def read_calendar(data: bytes, terms: Terms) -> Import:
    """Return what the file says. Raises Refused with every problem in it."""
    calendars = _parse(data)
    terms = replace(terms, birth_date_needed=False)
    entries: list[Entry] = []
    problems: list[Problem] = []
    events = [(event, _text(one, "METHOD") == "CANCEL") for one in calendars for event in one.walk("VEVENT")]
    if not events:
        raise Refused([Problem(0, "", "There are no appointments in this file.", "Choose another file.")])
    if len(events) > MOST_ROWS:
        what = f"There are more than {MOST_ROWS} events."
        raise Refused([Problem(0, "", what, "Export fewer days at a time.")])
    seen: dict[str, int] = {}
    for number, (event, cancels) in enumerate(events, 1):
        uid = _text(event, "UID")
        if uid and uid in seen:
            what = f"This UID is also in event {seen[uid]}."
            problems.append(Problem(number, "UID", what, "Export each appointment once."))
        seen.setdefault(uid, number)
        result = _entry(number, event, cancels, terms)
        if isinstance(result, Entry):
            entries.append(result)
        else:
            problems += result
    if problems:
        raise Refused(problems)
    coming = tuple(entry for entry in entries if entry.slot.astimezone(terms.zone).date() >= terms.today)
    return Import(coming, len(entries) - len(coming))


def _parse(data: bytes) -> list[Component]:
    if len(data) > MOST_BYTES:
        what = f"The file has more than {MOST_BYTES >> 20} MB."
        raise Refused([Problem(0, "", what, "Export fewer days at a time.")])
    try:
        return list(Calendar.from_ical(data, multiple=True))
    except (ValueError, KeyError, IndexError):
        mend = "Export it again as iCalendar (.ics)."
        raise Refused([Problem(0, "", "This calendar file is damaged.", mend)]) from None


def _entry(number: int, event: Component, cancels: bool, terms: Terms) -> Entry | tuple[Problem, ...]:
    if not _text(event, "UID"):
        return (Problem(number, "UID", "The UID is missing.", "Export it again: it tells events apart."),)
    if series := next((name for name in _SERIES if name in event), None):
        what = "This event is a series."
        return (Problem(number, series, what, "Make one event of each appointment."),)
    try:
        start = _start(event, terms)
    except Unclear as problem:
        return (Problem(number, "DTSTART", problem.what, problem.mend),)
    services, name = _services_and_name(event, terms)
    cells = {
        "id": _text(event, "UID"),
        "start": f"{start:%Y-%m-%d %H:%M:%S}Z",
        "services": services,
        "name": name,
        "birth date": _birth_date(event),
        "status": "cancelled" if cancels else _status(event),
    }
    return entry_of(number, cells, terms)


def _start(event: Component, terms: Terms) -> datetime:
    try:
        value = event["DTSTART"]
        start = value.dt
    except (KeyError, ValueError, AttributeError):
        raise Unclear("The start is missing or cannot be read.", "Export it again.") from None
    if not isinstance(start, datetime):
        raise Unclear("This event has a day, but no time.", "Give it the time of the appointment.")
    if not OLDEST_YEAR <= start.year < MAXYEAR:
        raise Unclear("There is no such day.", "Look it up and correct it.")
    if start.tzinfo is not None:
        return start.astimezone(UTC)
    if "TZID" in value.params:
        raise Unclear("The time zone of the start is not known.", "Export it with times in UTC.")
    return instant(start.date(), time(start.hour, start.minute, start.second), terms.zone)


def _services_and_name(event: Component, terms: Terms) -> tuple[str, str]:
    summary, attendee = _text(event, "SUMMARY"), _attendee(event)
    before, colon, behind = summary.partition(":")
    if categories := _categories(event, terms):
        return categories, attendee or (behind.strip() if colon else summary)
    return (before.strip(), attendee or behind.strip()) if colon else (summary, attendee)


def _categories(event: Component, terms: Terms) -> str:
    """The categories that are services here; a calendar may have others of its own."""
    found = event.get("CATEGORIES", [])
    names = [str(name) for one in (found if isinstance(found, list) else [found]) for name in one.cats]
    return ";".join(name for name in names if " ".join(name.casefold().split()) in terms.services)


def _attendee(event: Component) -> str:
    found = event.get("ATTENDEE", [])
    names = [str(one.params.get("CN", "")) for one in (found if isinstance(found, list) else [found])]
    return next((name for name in names if "," in name), "")


def _birth_date(event: Component) -> str:
    if "X-BIRTH-DATE" in event:
        return _text(event, "X-BIRTH-DATE")
    found = _BIRTH_DATE.search(_text(event, "DESCRIPTION"))
    return found["date"] if found else ""


def _status(event: Component) -> str:
    return "cancelled" if _text(event, "STATUS").upper() == "CANCELLED" else "booked"


def _text(component: Component, name: str) -> str:
    found = component.get(name, "")
    return str(found[0] if isinstance(found, list) else found).strip()
