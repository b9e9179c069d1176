"""So many tries in so long from one address, and no more memory than is meant."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk import rate
from kiosk.rate import Rate
from tests.cast import NINE, minutes


def test_one_more_than_the_most_is_one_too_many_until_time_has_passed() -> None:
    tries = Rate(2, minutes(1))

    assert [tries.exceeded("a", NINE) for _ in range(3)] == [False, False, True]
    assert not tries.exceeded("b", NINE)
    assert not tries.exceeded("a", NINE + minutes(1))


def test_the_memory_of_addresses_is_bounded() -> None:
    tries = Rate(10, minutes(1))
    for number in range(rate.MOST_ADDRESSES + 100):
        tries.exceeded(f"address {number}", NINE)

    assert len(tries) == rate.MOST_ADDRESSES


def test_many_try_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_ADDRESSES", 2)
    tries = Rate(10, minutes(1))

    def hurry(who: int) -> None:
        for number in range(3000):
            tries.exceeded(f"{who}.{number}", NINE)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(hurry, range(6)))
    finally:
        sys.setswitchinterval(usual)
    assert len(tries) == rate.MOST_ADDRESSES
