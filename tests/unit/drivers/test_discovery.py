"""What is plugged in, on a sysfs made of files as the kernel lays them out."""

from pathlib import Path

import pytest

from drivers import discovery
from drivers.base import Unplugged
from drivers.config import parse
from drivers.discovery import Found, Kind, UsbPort, devices
from drivers.listing import listing

KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
KNOB = "c0000 0 0 0"


class Sysfs:
    """USB devices, plugged into sockets."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def plug(self, socket: str, kind: str, node: str, serial: str = "", keys: str = KEYBOARD) -> None:
        """`kind` is a class of sysfs; the node's folder lies below the USB device."""
        usb = self.root / "devices/pci0/usb1" / socket
        interface = usb / f"{socket}:1.0" / kind
        (interface / "capabilities").mkdir(parents=True)
        (interface / "capabilities/key").write_text(keys + "\n")
        (usb / "idVendor").write_text("05f9\n")
        (usb / "manufacturer").write_text("ACME\n")
        (usb / "product").write_text("Scanner 9000\n")
        if serial:
            (usb / "serial").write_text(serial + "\n")
        entry = self.root / "class" / kind / Path(node).name
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(interface)
        (entry / "uevent").write_text(f"MAJOR=166\nMINOR=0\nDEVNAME={node}\n")


@pytest.fixture
def sysfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sysfs:
    monkeypatch.setattr(discovery, "SYS", tmp_path)
    return Sysfs(tmp_path)


def test_every_kind_is_found_with_its_name_and_its_place(sysfs: Sysfs):
    sysfs.plug("1-1", "tty", "ttyACM0", "S1")
    sysfs.plug("1-1.2", "input", "input/event3", "S2")
    sysfs.plug("1-1.3", "usbmisc", "usb/lp0", "P1")
    sysfs.plug("1-1.4", "video4linux", "video0")
    assert list(devices()) == [
        Found(Kind.SERIAL, "/dev/ttyACM0", "ACME Scanner 9000", "S1", "1-1"),
        Found(Kind.KEYBOARD, "/dev/input/event3", "ACME Scanner 9000", "S2", "1-1.2"),
        Found(Kind.PRINTER, "/dev/usb/lp0", "ACME Scanner 9000", "P1", "1-1.3"),
        Found(Kind.CAMERA, "/dev/video0", "ACME Scanner 9000", "", "1-1.4"),
    ]


def test_what_cannot_type_a_code_is_no_scanner(sysfs: Sysfs):
    sysfs.plug("1-1", "input", "input/event3", keys=KNOB)
    sysfs.plug("1-2", "input", "input/event4", keys="")
    assert list(devices()) == []


def test_what_is_not_on_usb_is_not_ours(sysfs: Sysfs):
    for name in ("ttyUSB0", "ttyACM7"):
        (sysfs.root / "class/tty" / name).mkdir(parents=True)
    (sysfs.root / "class/tty/ttyACM7/device").symlink_to(sysfs.root / "devices")
    (sysfs.root / "devices").mkdir()
    assert list(devices()) == []


def test_two_equal_scanners_are_told_apart_by_their_sockets(sysfs: Sysfs):
    sysfs.plug("1-1.1", "tty", "ttyACM1")
    sysfs.plug("1-1.2", "tty", "ttyACM0")
    assert UsbPort(Kind.SERIAL, usb_path="1-1.1").__fspath__() == "/dev/ttyACM1"
    assert UsbPort(Kind.SERIAL, usb_path="1-1.2").__fspath__() == "/dev/ttyACM0"


def test_a_serial_number_is_found_wherever_it_is_plugged_in(sysfs: Sysfs):
    sysfs.plug("1-1.1", "tty", "ttyACM0", "S1")
    sysfs.plug("2-1", "tty", "ttyACM1", "S2")
    assert UsbPort(Kind.SERIAL, serial="S2").__fspath__() == "/dev/ttyACM1"


def test_what_is_not_there_is_unplugged(sysfs: Sysfs):
    sysfs.plug("1-1", "usbmisc", "usb/lp0", "S1")
    for port in (UsbPort(Kind.SERIAL, serial="S1"), UsbPort(Kind.PRINTER, usb_path="1-9")):
        with pytest.raises(Unplugged):
            port.__fspath__()


def test_the_list_can_be_pasted(sysfs: Sysfs):
    import tomllib

    sysfs.plug("1-1.1", "tty", "ttyACM0", "S1")
    sysfs.plug("1-1.2", "input", "input/event3", "SAME")
    sysfs.plug("1-1.3", "input", "input/event4", "SAME")
    sysfs.plug("1-1.4", "usbmisc", "usb/lp0")
    table = tomllib.loads("\n".join(listing(list(devices()))))["drivers"]
    config = parse(table | {"server": "http://127.0.0.1:8000"}, {})
    assert [(s.serial, s.usb_path) for s in config.scanners] == [("S1", ""), ("", "1-1.2"), ("", "1-1.3")]  # type: ignore[union-attr]
    assert config.printers[0].usb_path == "1-1.4"  # type: ignore[union-attr]


def test_a_camera_is_listed_too(sysfs: Sysfs):
    sysfs.plug("1-1", "video4linux", "video77")
    assert 'device = "/dev/video77"' in list(listing(list(devices())))


def test_an_empty_list_says_so():
    assert list(listing([])) == ["No scanner, printer or camera is plugged in by USB."]
