"""A device that was away comes back when something is plugged in, and its loop is known to turn."""

import logging
import threading
from collections.abc import Iterator

import pytest

from drivers import supervisor
from drivers.base import Scan, Unplugged
from drivers.framing import Profile
from drivers.scanners.input_event import KeyboardScanner
from drivers.scanners.layouts import LAYOUTS
from drivers.simulated.keyboard import VirtualKeyboard
from drivers.supervisor import State, SupervisedScanner

LONG_S = 3600.0


class Watched:
    """A supervised scanner, and what happens to it."""

    def __init__(self) -> None:
        self.keyboard = VirtualKeyboard()
        self.changed = threading.Condition()
        self.scans: list[Scan] = []
        device = KeyboardScanner("counter", self.keyboard, LAYOUTS["us"], Profile(0.05, b"\r"))
        self.supervised = SupervisedScanner(device, self._scan, self._change)
        self.supervised.start()

    def _scan(self, scan: Scan) -> None:
        with self.changed:
            self.scans.append(scan)
            self.changed.notify_all()

    def _change(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def until(self, state: State) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.supervised.health.state is state, 20), state


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", LONG_S)
    monkeypatch.setattr(supervisor, "LONGEST_WAIT_S", LONG_S)
    made = Watched()
    yield made
    made.supervised.ask_to_stop()
    made.supervised.thread.join(20)
    assert not made.supervised.thread.is_alive()


def test_who_waits_to_try_again_is_woken_by_a_plug(watched: Watched):
    watched.until(State.ABSENT)
    watched.keyboard.plug()
    watched.supervised.look_again()
    watched.until(State.READY)
    watched.keyboard.unplug()
    watched.until(State.DOWN)
    watched.keyboard.plug()
    watched.supervised.look_again()
    watched.until(State.READY)
    assert not watched.supervised.pulse.is_overdue


def test_a_plug_of_something_else_changes_nothing(watched: Watched):
    watched.until(State.ABSENT)
    for _ in range(3):
        watched.supervised.look_again()
    assert watched.supervised.health.state is State.ABSENT
    watched.keyboard.plug()
    watched.supervised.look_again()
    watched.until(State.READY)
    watched.keyboard.write(b"B042\r")
    with watched.changed:
        assert watched.changed.wait_for(lambda: watched.scans, 20)
    assert watched.scans[0].data == b"B042"


class OpensAndFails:
    """A scanner of which only the opening works."""

    name = "counter"

    def __init__(self, stop_after: int) -> None:
        self.opened = 0
        self.is_enough = threading.Event()
        self._stop_after = stop_after

    def open(self) -> None:
        self.opened += 1

    def read(self) -> list[Scan]:
        if self.opened >= self._stop_after:
            self.is_enough.set()
        raise Unplugged(f"it came and went {self.opened} times")

    def close(self) -> None:
        """Nothing is held."""


def test_what_opens_and_then_fails_is_never_ready_is_logged_once_and_is_waited_for_longer_and_longer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.001)
    states: list[State] = []
    device = OpensAndFails(stop_after=6)
    supervised = SupervisedScanner(device, lambda scan: None, lambda: states.append(supervised.health.state))
    waits: list[float] = []
    rest = supervised._rest
    monkeypatch.setattr(supervised, "_rest", lambda seconds: waits.append(seconds) or rest(seconds))
    with caplog.at_level(logging.INFO):
        supervised.start()
        assert device.is_enough.wait(20)
        supervised.ask_to_stop()
        supervised.thread.join(20)
    assert states == [State.ABSENT]
    assert supervised.health.why == f"it came and went {device.opened} times"
    assert len(caplog.records) == 1
    assert waits[4] > 4 * waits[0]
