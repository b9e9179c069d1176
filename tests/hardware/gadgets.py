"""USB devices made by the kernel's own gadget drivers (`dummy_hcd`), for the guest of the rig.

Each is plugged into a port of its own. At the machine's side it is what a real device is: `usbhid` gives
`/dev/input/event*`, `cdc_acm` gives `/dev/ttyACM*`, `usblp` gives `/dev/usb/lp*`. At the device's side a
file is what the firmware would be: `/dev/hidg*`, `/dev/ttyGS*`, `/dev/g_printer*`.
"""

import contextlib
import os
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.discovery import Found, devices
from drivers.scanners.input_event import EV_KEY, PRESSED, Event
from drivers.scanners.layouts import LAYOUTS
from drivers.simulated.keyboard import Way, typed
from drivers.simulated.lines import PtyLine

CONFIGFS = Path("/sys/kernel/config/usb_gadget")
IN_THE_RIG = "KIOSK_RIG" in os.environ and CONFIGFS.parent.exists()
# A boot keyboard: eight modifier bits, a reserved byte, six keys; and five lights from the machine.
KEYBOARD_REPORT = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508"
    "15002565050719002965810 0c0".replace(" ", "")
)
APPEARS_WITHIN_S = 20.0
# Faster than any real scanner, slow enough for a machine in software emulation.
REPORT_EVERY_S = 0.003


@dataclass(frozen=True)
class Model:
    """What the device says it is."""

    function: str
    product: str
    vendor: int = 0x05F9
    serial: str = ""


class Gadget:
    """One USB device. Unplugging is what pulling the cable is to the machine."""

    def __init__(self, name: str, model: Model, port: int) -> None:
        self.model, self.port = model, f"dummy_udc.{port}"
        self._root = CONFIGFS / name
        self._functions = self._root / "functions" / f"{model.function}.{name}"
        self._functions.mkdir(parents=True)
        self._describe()
        config = self._root / "configs/c.1"
        (config / "strings/0x409").mkdir(parents=True)
        (config / "strings/0x409/configuration").write_text("c")
        (config / name).symlink_to(self._functions)

    def _describe(self) -> None:
        (self._root / "idVendor").write_text(hex(self.model.vendor))
        (self._root / "idProduct").write_text("0x2214")
        words = {"manufacturer": "ACME", "product": self.model.product, "serialnumber": self.model.serial}
        (self._root / "strings/0x409").mkdir()
        for name, word in words.items():
            if word:
                (self._root / "strings/0x409" / name).write_text(word)
        if self.model.function == "hid":
            for name, value in {"protocol": "1", "subclass": "1", "report_length": "8"}.items():
                (self._functions / name).write_text(value)
            (self._functions / "report_desc").write_bytes(KEYBOARD_REPORT)
        if self.model.function == "printer":
            (self._functions / "pnp_string").write_text("MFG:ACME;MDL:T88;CMD:ESC/POS;CLS:PRINTER;")
            (self._functions / "q_len").write_text("10")

    @property
    def firmware(self) -> Path:
        """The device's own end."""
        if self.model.function == "acm":
            return Path(f"/dev/ttyGS{(self._functions / 'port_num').read_text().strip()}")
        number = (self._functions / "dev").read_text().strip() if self.model.function == "hid" else "1:0"
        _, _, minor = number.partition(":")
        return Path(f"/dev/hidg{minor}" if self.model.function == "hid" else f"/dev/g_printer{minor}")

    @property
    def is_plugged(self) -> bool:
        return bool((self._root / "UDC").read_text().strip())

    def plug(self) -> None:
        if not self.is_plugged:
            (self._root / "UDC").write_text(self.port)

    def unplug(self) -> None:
        if self.is_plugged:
            (self._root / "UDC").write_text("\n")

    def found(self) -> Found | None:
        """How the machine sees it."""
        name = f"ACME {self.model.product}"
        seen = [f for f in devices() if (f.product, f.serial) == (name, self.model.serial)]
        return next(iter(seen), None)

    def remove(self) -> None:
        self.unplug()
        config = self._root / "configs/c.1"
        (config / self._root.name).unlink()
        for folder in (config / "strings/0x409", config, self._functions, self._root / "strings/0x409"):
            folder.rmdir()
        self._root.rmdir()


def appears(gadget: Gadget, within_s: float = APPEARS_WITHIN_S) -> str:
    """Its node, once the machine has made it."""
    return wait_for(lambda: (seen := gadget.found()) and Path(seen.node).exists() and seen.node, within_s)


def wait_for(look: Callable[[], object], within_s: float = APPEARS_WITHIN_S):  # type: ignore[no-untyped-def]
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + within_s
    while not (answer := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within_s:.0f} s in vain")
        time.sleep(0.005)
    return answer


class SerialGadget:
    """A scanner in serial mode; the same methods as `VirtualScanner`."""

    def __init__(self, gadget: Gadget) -> None:
        self._gadget = gadget
        self._fd = -1

    def plug(self) -> "SerialGadget":
        """The firmware's line is hung up with the machine's, so it is opened anew."""
        self.close()
        self._fd = os.open(self._gadget.firmware, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._fd)
        self._gadget.plug()
        appears(self._gadget)
        return self

    def unplug(self) -> None:
        self._gadget.unplug()

    def write(self, payload: bytes) -> None:
        wait_for(lambda: self._written(payload))

    def _written(self, payload: bytes) -> bool:
        """A line that nobody has opened yet takes nothing."""
        with contextlib.suppress(OSError):
            return os.write(self._fd, payload) == len(payload)
        return False

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1


class KeyboardGadget:
    """A scanner in keyboard mode."""

    def __init__(self, gadget: Gadget, layout: str = "us", way: Way = Way.CTRL) -> None:
        self._gadget, self._layout, self._way = gadget, LAYOUTS[layout], way
        self._typing: threading.Thread | None = None
        self._pulled = threading.Event()

    def plug(self) -> "KeyboardGadget":
        self._pulled = threading.Event()
        self._gadget.plug()
        appears(self._gadget)
        return self

    def unplug(self) -> None:
        self._pulled.set()
        self.settle()
        self._gadget.unplug()

    def write(self, payload: bytes) -> None:
        """One report for each key that goes down or up, while the machine reads."""
        events = typed(payload.decode(), self._layout, self._way)
        self.settle()
        self._typing = threading.Thread(target=self._send, args=(events, self._pulled), daemon=True)
        self._typing.start()

    def settle(self) -> None:
        """Wait for the last scan to end."""
        if self._typing is not None:
            self._typing.join()

    def _send(self, events: list[Event], pulled: threading.Event) -> None:
        """Type until the end, or until the plug is pulled in the middle of a scan."""
        # Never "w": a file made where the node was swallows what is typed after the next plug.
        firmware = os.open(self._gadget.firmware, os.O_RDWR | os.O_NONBLOCK)
        held: list[int] = []
        try:
            for code, value in [(code, value) for kind, code, value in events if kind == EV_KEY]:
                usage = USAGES[code]
                held = [*held, usage] if value == PRESSED else [u for u in held if u != usage]
                wait_for(lambda: pulled.is_set() or reported(firmware, held))  # noqa: B023
                if pulled.wait(REPORT_EVERY_S):
                    return
        finally:
            os.close(firmware)


def reported(firmware: int, held: list[int]) -> bool:
    """Refused until the machine listens, and while it has not taken the one before."""
    with contextlib.suppress(OSError):
        return os.write(firmware, report(held)) > 0
    return False


def report(held: list[int]) -> bytes:
    modifiers = sum(1 << (usage - 0xE0) for usage in held if usage >= 0xE0)
    keys = [usage for usage in held if usage < 0xE0]
    return bytes([modifiers, 0, *keys, *[0] * (6 - len(keys))])


# Linux key code -> HID usage (USB HID Usage Tables, keyboard page).
USAGES = (
    dict(zip((30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50), range(0x04, 0x11), strict=True))
    | dict(zip((49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44), range(0x11, 0x1E), strict=True))
    | dict(zip(range(2, 12), range(0x1E, 0x28), strict=True))
    | {28: 0x28, 1: 0x29, 14: 0x2A, 15: 0x2B, 57: 0x2C, 12: 0x2D, 13: 0x2E, 26: 0x2F, 27: 0x30, 43: 0x31}
    | {39: 0x33, 40: 0x34, 41: 0x35, 51: 0x36, 52: 0x37, 53: 0x38, 58: 0x39, 86: 0x64}
    | dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73, 82), range(0x59, 0x63), strict=True))
    | {29: 0xE0, 42: 0xE1, 56: 0xE2, 125: 0xE3, 97: 0xE4, 54: 0xE5, 100: 0xE6}
)


class PrinterLine(PtyLine):
    """The virtual printer's end of a USB cable."""

    def __init__(self, gadget: Gadget) -> None:
        super().__init__(gadget.firmware)
        self._gadget = gadget

    def plug(self) -> None:
        if self.fd >= 0:
            return
        # Unlike the others, its firmware's end is there only once the machine has taken the device.
        self._gadget.plug()
        wait_for(self._open)

    def _open(self) -> bool:
        with contextlib.suppress(OSError):
            self.fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        return self.fd >= 0

    def unplug(self) -> None:
        if self.fd < 0:
            return
        # Linux 6.1's f_printer frees a half-read buffer at unplugging and uses it again: leave it none.
        with contextlib.suppress(OSError):
            os.read(self.fd, 1 << 20)
        self._gadget.unplug()
        os.close(self.fd)
        self.fd = -1
