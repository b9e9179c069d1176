"""What is plugged in, and where, read from sysfs; and ports that are named by what does not change.

`ttyACM0` is whichever came first. A serial number names a device, a USB path names a socket: two equal
scanners without serial numbers are told apart by the socket that they are in.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from drivers.base import Unplugged

SYS = Path("/sys")
# 1, 0 and Enter: a device without them cannot type a code.
_KEY_BITS = (2, 11, 28)


class Kind(StrEnum):
    SERIAL = "serial"
    KEYBOARD = "keyboard"
    PRINTER = "usblp"
    CAMERA = "camera"


_CLASSES = {
    Kind.SERIAL: "tty/tty[AU][CS][MB]*",
    Kind.KEYBOARD: "input/event*",
    Kind.PRINTER: "usbmisc/lp*",
    Kind.CAMERA: "video4linux/video*",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A device on USB. `usb_path` is where it is plugged in (`1-1.2`: bus 1, port 1, port 2 of the hub)."""

    kind: Kind
    node: str
    product: str
    serial: str
    usb_path: str


@dataclass(frozen=True, slots=True)
class UsbPort(os.PathLike[str]):
    """A path that is looked up each time it is opened, because it may have changed since."""

    kind: Kind
    serial: str = ""
    usb_path: str = ""

    def __fspath__(self) -> str:
        for found in devices():
            if found.kind is self.kind and self._is(found):
                return found.node
        raise Unplugged(f"{self}: nothing like that is plugged in")

    def __str__(self) -> str:
        return f"serial {self.serial}" if self.serial else f"USB socket {self.usb_path}"

    def _is(self, found: Found) -> bool:
        return found.serial == self.serial if self.serial else found.usb_path == self.usb_path


def devices() -> Iterator[Found]:
    """Every scanner-like, printer-like and camera-like thing on USB."""
    for kind, pattern in _CLASSES.items():
        for entry in sorted((SYS / "class").glob(pattern)):
            usb = _usb_device(entry)
            if usb is not None and (kind is not Kind.KEYBOARD or _types(entry)):
                name = " ".join(filter(None, (_word(usb, "manufacturer"), _word(usb, "product"))))
                yield Found(kind, _node(entry), name, _word(usb, "serial"), usb.name)


def _usb_device(entry: Path) -> Path | None:
    here = (entry / "device").resolve()
    while here != here.parent:
        if (here / "idVendor").exists():
            return here
        here = here.parent
    return None


def _node(entry: Path) -> str:
    for line in _word(entry, "uevent").splitlines():
        if line.startswith("DEVNAME="):
            return f"/dev/{line.removeprefix('DEVNAME=')}"
    return f"/dev/{entry.name}"


def _types(entry: Path) -> bool:
    """The kernel writes the keys of a device as words of 64 bits in hexadecimal, the lowest last."""
    words = _word(entry, "device/capabilities/key").split()
    lowest = int(words[-1], 16) if words else 0
    return all(lowest >> bit & 1 for bit in _KEY_BITS)


def _word(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(errors="replace").strip()
    except OSError:
        return ""
