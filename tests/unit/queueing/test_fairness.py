"""Nobody starves: how many can pass somebody who waits is bounded by the longest head start and the grace."""

from hypothesis import given
from hypothesis import strategies as st

from tests.cast import NINE, minutes
from tests.unit.queueing.rooms import RULES, arrive, room

LONGEST = max(RULES.head_starts.values()) + RULES.grace

ARRIVALS = st.tuples(
    st.integers(0, 600), st.none() | st.integers(-120, 240), st.sampled_from([None, "assistance"])
)


@given(st.lists(ARRIVALS, max_size=30))
def test_nobody_passes_who_comes_later_than_the_head_start_and_the_grace_allow(
    arrivals: list[tuple[int, int | None, str | None]],
) -> None:
    here = room()
    patient = arrive(here, "patient")
    for number, (after, slot, priority) in enumerate(sorted(arrivals, key=lambda a: a[0])):
        booked = None if slot is None else after + slot
        arrive(here, f"other {number}", after=after, booked=booked, priority=priority)
    for other in here:
        if other.arrived > patient.due + LONGEST:
            assert other.place > patient.place
    assert NINE + minutes(0) == patient.due
