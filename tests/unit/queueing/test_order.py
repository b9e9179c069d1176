"""Who stands where, and why."""

import pytest

from kiosk.queueing.order import Basis, reason
from tests.cast import NINE, minutes
from tests.unit.queueing.rooms import arrive, room


@pytest.mark.parametrize(
    ("arrived", "slot", "basis", "due"),
    [
        (0, None, Basis.ARRIVAL, 0),
        (-30, 0, Basis.SLOT, 0),
        (10, 0, Basis.SLOT, 0),
        (11, 0, Basis.LATE, 11),
    ],
    ids=["walk-in", "early", "late within grace", "late"],
)
def test_a_place_counts_from(arrived: float, slot: float | None, basis: Basis, due: float) -> None:
    why = reason(
        since=NINE + minutes(arrived),
        slot=None if slot is None else NINE + minutes(slot),
        grace=minutes(10),
    )
    assert (why.basis, why.due) == (basis, NINE + minutes(due))


def test_a_head_start_is_minutes_not_a_wall() -> None:
    here = room()
    arrive(here, "ana", after=0)
    bo = arrive(here, "bo", after=10, priority="assistance")
    cy = arrive(here, "cy", after=20, priority="assistance")
    order = [t.id for t in sorted(here, key=lambda t: t.place)]
    assert order == ["bo", "ana", "cy"]
    assert here.why(bo).head_start == minutes(15)
    assert here.why(cy).priority == "assistance"


def test_the_same_instant_is_decided_by_who_came_first() -> None:
    here = room()
    arrive(here, "ana", after=-20, booked=0)
    arrive(here, "bo", after=0)
    assert [t.id for t in sorted(here, key=lambda t: t.place)] == ["ana", "bo"]
