"""What a scanner in keyboard mode typed before its driver came."""

import time

from drivers.base import Scan
from drivers.discovery import Kind, UsbPort
from drivers.framing import Profile
from drivers.scanners.input_event import EventDevice, KeyboardScanner
from drivers.scanners.layouts import LAYOUTS
from tests.hardware.gadgets import Gadget, KeyboardGadget, Model, reported, wait_for
from tests.hardware.inside.conftest import KEYS_IDLE_S

SHIFT, B = 0xE1, 0x05
# The kernel throws away what a keyboard types in its first moments.
SETTLES_S = 0.5


def test_a_key_that_was_down_when_the_driver_came_makes_one_failed_read():
    gadget = Gadget("early", Model("hid", "Early Scanner", serial="early"), port=1)
    keys = KeyboardGadget(gadget).plug()
    time.sleep(SETTLES_S)
    with open(gadget.firmware, "r+b", buffering=0) as firmware:
        wait_for(lambda: reported(firmware.fileno(), [SHIFT]))
        wait_for(lambda: reported(firmware.fileno(), [SHIFT, B]))
        time.sleep(SETTLES_S)
    line = EventDevice(UsbPort(Kind.KEYBOARD, serial="early"))
    scanner = KeyboardScanner("counter", line, LAYOUTS["us"], Profile(idle_s=KEYS_IDLE_S, terminator=b"\r"))
    scanner.open()
    scans: list[Scan] = []

    def read(count: int) -> bool:
        scans.extend(scanner.read())
        return len(scans) == count

    keys.write(b"042\r")
    wait_for(lambda: read(1))
    keys.write(b"B042\r")
    wait_for(lambda: read(2))
    scanner.close()
    keys.settle()
    gadget.remove()
    assert [scan.data for scan in scans] == [b"", b"B042"]
