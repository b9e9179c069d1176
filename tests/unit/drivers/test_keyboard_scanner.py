"""The driver of scanners that type: what is lost is said, never guessed."""

import fcntl
import os
import time
from pathlib import Path

import pytest

from drivers.base import Cause, DeviceError, Scan, Unplugged
from drivers.discovery import Kind, UsbPort
from drivers.framing import Profile
from drivers.scanners.input_event import (
    EV_KEY,
    EV_SYN,
    EVIOCGKEY,
    PRESSED,
    RELEASED,
    SYN_DROPPED,
    Event,
    EventDevice,
    KeyboardScanner,
)
from drivers.scanners.layouts import LAYOUTS
from drivers.simulated.keyboard import VirtualKeyboard

LEFT_SHIFT, META = 42, 125
CIRCUMFLEX, LEFT_ALT, KEYPAD_4 = 41, 56, 75


@pytest.fixture
def keyboard() -> VirtualKeyboard:
    return VirtualKeyboard().plug()


@pytest.fixture
def scanner(keyboard: VirtualKeyboard) -> KeyboardScanner:
    made = KeyboardScanner("counter", keyboard, LAYOUTS["us"], Profile(idle_s=0.05, terminator=b"\r"))
    made.open()
    return made


def read(scanner: KeyboardScanner, within_s: float = 20.0) -> list[Scan]:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if scans := scanner.read():
            return scans
    return []


def test_events_that_the_kernel_lost_make_one_failed_read(
    keyboard: VirtualKeyboard, scanner: KeyboardScanner
):
    keyboard.write(b"B0")
    keyboard.lose()
    keyboard.write(b"42\r")
    assert [scan.data for scan in read(scanner)] == [b""]
    keyboard.write(b"B042\r")
    assert [scan.data for scan in read(scanner)] == [b"B042"]


def test_a_key_without_meaning_makes_one_failed_read(keyboard: VirtualKeyboard, scanner: KeyboardScanner):
    keyboard.write(b"B0")
    keyboard._sent.put([(EV_KEY, META, PRESSED), (EV_KEY, META, RELEASED), (EV_KEY, 103, PRESSED)])
    keyboard.write(b"42\r")
    assert [scan.data for scan in read(scanner)] == [b""]


def test_a_key_whose_release_was_lost_is_not_held_for_ever(
    keyboard: VirtualKeyboard, scanner: KeyboardScanner
):
    keyboard._sent.put([(EV_KEY, LEFT_SHIFT, PRESSED)])
    keyboard.lose()
    assert [scan.data for scan in read(scanner)] == [b""]
    keyboard.write(b"b042\r")
    assert [scan.data for scan in read(scanner)] == [b"b042"]


@pytest.mark.parametrize("down", [frozenset(), frozenset({LEFT_SHIFT})])
def test_a_key_that_is_down_when_the_driver_comes_means_that_a_part_was_missed(
    down: frozenset[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def kernel(fd: int, request: int, argument: int | bytes) -> int | bytes:
        if request != EVIOCGKEY:
            return 0
        assert isinstance(argument, bytes)
        return sum(1 << key for key in down).to_bytes(len(argument), "little")

    monkeypatch.setattr(fcntl, "ioctl", kernel)
    os.mkfifo(tmp_path / "event3")
    device = EventDevice(tmp_path / "event3")
    device.open()
    missed = (EV_SYN, SYN_DROPPED, 0) in device.read(1)
    device.close()
    assert missed is bool(down)


def test_a_key_that_waits_for_another_at_the_end_makes_one_failed_read():
    keyboard = VirtualKeyboard("de").plug()
    scanner = KeyboardScanner("counter", keyboard, LAYOUTS["de"], Profile(idle_s=0.05))
    scanner.open()
    keyboard.write(b"B042")
    keyboard._sent.put([(EV_KEY, CIRCUMFLEX, PRESSED), (EV_KEY, CIRCUMFLEX, RELEASED)])
    assert [scan.data for scan in read(scanner)] == [b""]
    keyboard._sent.put([(EV_KEY, LEFT_ALT, PRESSED), (EV_KEY, KEYPAD_4, PRESSED)])
    assert [scan.data for scan in read(scanner)] == [b""]
    keyboard.write(b"B042")
    assert [scan.data for scan in read(scanner)] == [b"B042"]


def test_a_scan_is_not_cut_in_two_by_a_computer_that_was_busy_between_its_halves():
    class Busy(VirtualKeyboard):
        def read(self, within_s: float) -> list[Event]:
            events = super().read(within_s)
            if not events:
                # The other half arrives while nobody looks at the line.
                time.sleep(0.2)
                self.write(b"42\r") if self.halves else None
                self.halves = 0
            return events

        halves = 1

    keyboard = Busy().plug()
    scanner = KeyboardScanner("counter", keyboard, LAYOUTS["us"], Profile(idle_s=0.1, terminator=b"\r"))
    scanner.open()
    keyboard.write(b"B0")
    assert [scan.data for scan in read(scanner)] == [b"B042"]


def test_a_half_scan_before_the_plug_was_pulled_is_not_a_part_of_the_next(
    keyboard: VirtualKeyboard, scanner: KeyboardScanner
):
    keyboard._sent.put([(EV_KEY, LEFT_SHIFT, PRESSED), (EV_KEY, 48, PRESSED)])
    assert scanner.read() == []
    keyboard.unplug()
    with pytest.raises(Unplugged):
        read(scanner)
    scanner.close()
    keyboard.plug()
    scanner.open()
    keyboard.write(b"b042\r")
    assert [scan.data for scan in read(scanner)] == [b"b042"]


def test_a_key_that_repeats_itself_types_once(keyboard: VirtualKeyboard, scanner: KeyboardScanner):
    keyboard._sent.put([(EV_KEY, 30, PRESSED), (EV_KEY, 30, 2), (EV_KEY, 30, 2), (EV_KEY, 30, RELEASED)])
    assert [scan.data for scan in read(scanner)] == [b"a"]


@pytest.mark.parametrize("port", ["/nowhere/event3", UsbPort(Kind.KEYBOARD, serial="S404")])
def test_a_scanner_that_is_not_there_is_unplugged(port: str | UsbPort):
    device = EventDevice(port)
    with pytest.raises(Unplugged):
        device.open()
    with pytest.raises(Unplugged):
        device.read(0)
    device.close()


def test_what_is_no_input_device_is_not_grabbed():
    device = EventDevice("/dev/null")
    with pytest.raises(DeviceError) as problem:
        device.open()
    assert problem.value.cause in (Cause.UNPLUGGED, Cause.ERROR)
    device.close()
