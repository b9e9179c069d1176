"""A keypad with keys of its own is what the page expects once udev knows it."""

import subprocess
import sys
from pathlib import Path

from drivers.scanners.input_event import EV_KEY, PRESSED, EventDevice
from tests.hardware.gadgets import Gadget, Model, appears, report, wait_for

KIOSK = """
[drivers]
server = "http://127.0.0.1:8000"
[[drivers.keypads]]
name = "keypad"
usb_id = "2047:2214"
keys = { up = "7003a", select = "7003b" }
"""
F1, F2 = 0x3A, 0x3B
UP, ENTER = 103, 28


def test_unusual_keys_become_those_of_the_page(tmp_path: Path):
    (tmp_path / "kiosk.toml").write_text(KIOSK)
    keymap = [sys.executable, "-m", "drivers", "--config", str(tmp_path / "kiosk.toml"), "keymap"]
    lines = subprocess.run(keymap, capture_output=True, text=True, check=True).stdout
    Path("/etc/udev/hwdb.d").mkdir(parents=True, exist_ok=True)
    Path("/etc/udev/hwdb.d/70-kiosk-keypad.hwdb").write_text(lines)
    subprocess.run(["systemd-hwdb", "update"], check=True)
    gadget = Gadget("keypad", Model("hid", "Keypad", vendor=0x2047), port=3)
    gadget.plug()
    device = EventDevice(appears(gadget))
    subprocess.run(["udevadm", "settle"], check=True)
    device.open()
    pressed: list[int] = []

    def heard() -> bool:
        pressed.extend(code for kind, code, value in device.read(0.1) if (kind, value) == (EV_KEY, PRESSED))
        return len(pressed) == 2

    with open(gadget.firmware, "r+b", buffering=0) as firmware:
        for usage in (F1, F2):
            firmware.write(report([usage]))
            firmware.write(report([]))
    wait_for(heard)
    device.close()
    gadget.remove()
    assert pressed == [UP, ENTER]
