"""Guessing a birth date by starting over, at another kiosk, name after name: it ends, and tells nothing."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kiosk.appointments.records import by_reference
from kiosk.checkin import dialogue
from kiosk.checkin.arrival import check_in
from kiosk.checkin.records import at_station
from kiosk.checkin.rules.given import Chose, Press, Typed
from kiosk.checkin.rules.machine import TRIES
from kiosk.checkin.rules.steps import Dialogue, Step
from kiosk.checkin.rules.tries import STATION_SPAN, STATION_TRIES
from kiosk.database import schema
from kiosk.database.purge import purge
from kiosk.identity.manual_code import manual_code
from tests.integration.checkin.conftest import BORN, Kiosk

WRONG = date(1948, 9, 24)
CHANGING = re.compile(
    r'name="(csrf_token|version)" value="[^"]*"|data-(record|version)="[^"]*"|(?<=>L)\d\d(?=<)'
)
"""What differs between any two pages: the form's token, how often they changed, the digits of the code."""

Begin = Callable[[Kiosk], object]


def by_letter(kiosk: Kiosk) -> None:
    """Somebody holds a found letter under the scanner."""
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        reference = seen.connection.execute(sa.select(schema.appointment.c.reference)).scalars().first()
        assert reference is not None
        booked = by_reference(seen, reference)
        assert booked is not None
    kiosk.scan(kiosk.letter(booked))


def by_code(kiosk: Kiosk) -> None:
    """Somebody types the code of a found letter."""
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        reference = seen.connection.execute(sa.select(schema.appointment.c.reference)).scalars().first()
    kiosk.press("appointment", "code")
    kiosk.press("text", text=manual_code(reference or ""))


def by_licence(kiosk: Kiosk) -> None:
    """Somebody holds a found licence under the scanner."""
    kiosk.scan_licence()


def by_name(kiosk: Kiosk) -> None:
    """Somebody types a name."""
    kiosk.press("appointment", "type")
    kiosk.press("text", text="Lopez")


def guess(kiosk: Kiosk, begin: Begin, day: date) -> Step:
    """Start over and try one birth date."""
    kiosk.press("start_over")
    begin(kiosk)
    return kiosk.born(day)


def use_up(kiosk: Kiosk, begin: Begin) -> None:
    """Fail as often as one may."""
    assert [guess(kiosk, begin, WRONG) for _ in range(TRIES)] == [Step.CHECK, Step.CHECK, Step.REFUSED]


def remembered(kiosk: Kiosk) -> int:
    """How many failures are on record."""
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        return seen.connection.execute(sa.select(sa.func.count()).select_from(schema.failed_try)).scalar_one()


@pytest.mark.parametrize("begin", [by_letter, by_code, by_licence, by_name])
def test_starting_over_gives_no_further_tries(kiosk: Kiosk, begin: Begin) -> None:
    kiosk.expect()
    use_up(kiosk, begin)
    for day in (WRONG, BORN):
        before = len(kiosk.tasks)
        assert guess(kiosk, begin, day) is Step.REFUSED
        assert re.fullmatch(r"L\d\d", kiosk.state.code)
        assert "We could not check you in here. Please see the front desk." in kiosk.page
        assert ("checkin_staff", kiosk.state.code) in kiosk.tasks
        assert len(kiosk.tasks) <= before + 1
    assert kiosk.codes == []


@pytest.mark.parametrize("leave", ["start_over", "done", "timed_out"])
def test_neither_leaving_nor_walking_away_gives_further_tries(kiosk: Kiosk, leave: str) -> None:
    kiosk.expect()
    for _ in range(TRIES):
        by_letter(kiosk)
        kiosk.born(WRONG)
        kiosk.press(leave)
        kiosk.later(3600)
        kiosk.look()
    assert guess(kiosk, by_letter, BORN) is Step.REFUSED


def test_a_mistake_or_two_still_lead_to_a_ticket(kiosk: Kiosk) -> None:
    kiosk.expect()
    guess(kiosk, by_letter, WRONG)
    guess(kiosk, by_letter, WRONG)
    assert guess(kiosk, by_letter, BORN) is Step.CONFIRM
    assert kiosk.press("yes") is Step.TICKET


def test_a_restart_forgets_no_failure(kiosk: Kiosk) -> None:
    kiosk.expect()
    use_up(kiosk, by_letter)
    kiosk.restart()
    assert guess(kiosk, by_letter, BORN) is Step.REFUSED


def test_another_station_gives_no_further_tries(kiosk: Kiosk) -> None:
    kiosk.expect()
    guess(kiosk, by_name, WRONG)
    assert elsewhere(kiosk, "Lopez", WRONG).step is Step.CHECK
    assert elsewhere(kiosk, "López", WRONG).step is Step.REFUSED
    assert guess(kiosk, by_name, BORN) is Step.REFUSED
    assert kiosk.state.code.startswith("L")


def elsewhere(kiosk: Kiosk, name: str, day: date) -> Dialogue:
    """Type a name and a birth date at the station `side`."""
    for given in (
        Press.START_OVER, Chose("appointment"), Chose("type"), Typed(name),
        Chose("month", str(day.month)), Chose("day", str(day.day)), Typed(str(day.year)),
    ):  # fmt: skip
        with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
            version = at_station(seen, "side").version
        dialogue.answer(kiosk.clinic, "side", given, version=version)
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        return at_station(seen, "side").state


def test_one_who_tries_many_names_is_stopped_at_that_station_for_a_while(kiosk: Kiosk) -> None:
    kiosk.expect()
    for number in range(STATION_TRIES + 1):
        elsewhere(kiosk, f"Name{number}", WRONG)
    assert elsewhere(kiosk, "Lopez", BORN).code.startswith("L")
    assert guess(kiosk, by_name, BORN) is Step.CONFIRM

    kiosk.later(STATION_SPAN.total_seconds() + 1)
    kiosk.look()
    assert elsewhere(kiosk, "Lopez", BORN).step is Step.CONFIRM


def test_the_next_day_begins_with_all_tries(kiosk: Kiosk) -> None:
    kiosk.at += timedelta(hours=14, minutes=50)
    kiosk.expect(slot=kiosk.at + timedelta(minutes=30))
    use_up(kiosk, by_letter)
    kiosk.later(11 * 60)
    kiosk.look()
    assert guess(kiosk, by_letter, BORN) is Step.CONFIRM


def test_a_double_tap_fails_once(kiosk: Kiosk) -> None:
    kiosk.expect()
    by_letter(kiosk)
    kiosk.press(f"month:{WRONG.month}", f"day:{WRONG.day}")
    tap = kiosk.form("text", str(WRONG.year))
    kiosk.send(tap)
    kiosk.send(tap)
    assert remembered(kiosk) == 1


def test_refused_tries_do_not_count_on(kiosk: Kiosk) -> None:
    kiosk.expect()
    use_up(kiosk, by_letter)
    for day in (WRONG, BORN):
        guess(kiosk, by_letter, day)
    assert remembered(kiosk) == TRIES


def test_right_wrong_and_unknown_are_one_page_when_tries_are_used_up(kiosk: Kiosk) -> None:
    kiosk.expect()
    pages = set()
    for name in ("Lopez", "Nobody"):

        def typed(kiosk: Kiosk, name: str = name) -> None:
            kiosk.press("appointment", "type")
            kiosk.press("text", text=name)

        use_up(kiosk, typed)
        for day in (BORN, WRONG):
            assert guess(kiosk, typed, day) is Step.REFUSED
            pages.add(CHANGING.sub("", kiosk.page))
    assert len(pages) == 1


def test_staff_check_in_whom_the_kiosk_refuses(kiosk: Kiosk) -> None:
    appointment = kiosk.expect()
    use_up(kiosk, by_letter)
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        check_in(
            tx, station=None, services=(), language="en", command="desk", by="ana", appointment=appointment
        )
    assert kiosk.codes == ["B001"]
    assert guess(kiosk, by_letter, BORN) is Step.REFUSED


def test_what_is_remembered_names_nobody(kiosk: Kiosk) -> None:
    appointment = kiosk.expect()
    for begin in (by_letter, by_licence, by_name):
        guess(kiosk, begin, WRONG)
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        rows = seen.connection.execute(sa.select(schema.failed_try)).all()
    assert [len(row.subject) for row in rows] == [32, 32, 32]
    written = repr([tuple(row) for row in rows]).lower()
    for word in ("lopez", "maria", "1948", appointment.reference.lower()):
        assert word not in written


def test_the_purge_of_the_next_day_forgets_them(kiosk: Kiosk) -> None:
    kiosk.expect()
    use_up(kiosk, by_letter)
    purge(kiosk.clinic.database, at=kiosk.at + timedelta(hours=14))
    assert remembered(kiosk) == TRIES
    purge(kiosk.clinic.database, at=kiosk.at + timedelta(hours=16))
    assert remembered(kiosk) == 0
