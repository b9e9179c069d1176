"""An honest range, or none."""

from datetime import timedelta

from kiosk.queueing.room import Room
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.waiting_time import Estimate, estimates, pace
from tests.cast import NINE, minutes
from tests.unit.queueing.rooms import RULES, arrive, room


def seen(here: Room) -> Snapshot:
    """The room as it will be written."""
    return Snapshot(1, here.serial, {t.id: t for t in here}, frozenset(here.open_desks), here.numbers)


def test_the_first_in_line_at_a_free_desk_waits_up_to_five_minutes() -> None:
    here = room(open_desks=["room-2"])
    arrive(here, "ana")
    assert estimates(RULES, seen(here), {}, at=NINE) == {"ana": Estimate(timedelta(0), minutes(5))}


def test_each_patient_ahead_adds_a_service() -> None:
    here = room(open_desks=["room-2"])
    for name in ("ana", "bo", "cy"):
        arrive(here, name)
    assert estimates(RULES, seen(here), {}, at=NINE)["cy"] == Estimate(minutes(10), minutes(30))


def test_a_second_open_desk_halves_the_wait() -> None:
    here = room(open_desks=["room-1", "room-2"])
    for name in ("ana", "bo", "cy"):
        arrive(here, name)
    assert estimates(RULES, seen(here), {}, at=NINE)["cy"] == Estimate(minutes(5), minutes(15))


def test_whoever_is_served_now_is_waited_for() -> None:
    here = room(open_desks=["room-2"])
    arrive(here, "ana")
    arrive(here, "bo")
    here.call_next("room-2", at=NINE, by="x")
    called = estimates(RULES, seen(here), {}, at=NINE)["bo"]
    here.start("ana", at=NINE, by="x")
    assert estimates(RULES, seen(here), {}, at=NINE + minutes(5))["bo"].high < called.high


def test_nobody_can_give_an_estimate_where_no_desk_is_open() -> None:
    here = room(open_desks=["room-3"])
    arrive(here, "ana")
    assert estimates(RULES, seen(here), {}, at=NINE) == {}


def test_a_service_that_is_no_longer_offered_keeps_no_desk_busy() -> None:
    here = room(open_desks=["room-2"])
    arrive(here, "ana")
    here.call_next("room-2", at=NINE, by="x")
    here.changes["ana"] = here.ticket("ana").changed(service="surgery")
    arrive(here, "bo")
    assert estimates(RULES, seen(here), {}, at=NINE) == {"bo": Estimate(timedelta(0), minutes(5))}


def test_what_was_observed_today_counts_once_there_is_enough_of_it() -> None:
    assert pace(minutes(10), [minutes(1)] * 3) == (minutes(7), minutes(13))
    assert pace(minutes(10), [minutes(2)] * 4) == (minutes(2), minutes(2))
