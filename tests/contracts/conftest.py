"""Every device that the contracts are held against, over a real line."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.base import Printer, Scanner
from drivers.framing import Profile
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.network import Network
from drivers.printers.serial_line import SerialLine
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.printers.transports import Transport
from drivers.printers.usblp import UsbLp
from drivers.scanners.camera import CameraScanner
from drivers.scanners.frames import source
from drivers.scanners.input_event import KeyboardScanner
from drivers.scanners.layouts import LAYOUTS
from drivers.scanners.serial_port import SerialScanner
from drivers.scanners.watching import AWAY_S
from drivers.simulated.camera import VirtualCamera
from drivers.simulated.keyboard import VirtualKeyboard, Way
from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner


@dataclass
class PrinterBench:
    printer: Printer
    virtual: VirtualPrinter


@dataclass
class ScannerBench:
    scanner: Scanner
    virtual: Any
    before: bytes
    after: bytes
    payload: bytes = b"@\n\x1e\rANSI 6360\nDCSM\xc3\x9cLLER\n\x1d\x04end"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder("TM-T88V", style=Lettering.MIXED)


def _transport(kind: str, virtual: VirtualPrinter, path: Path) -> Transport:
    if kind == "network":
        return Network("127.0.0.1", virtual.port, drain_s=0.2)
    if kind == "serial":
        return SerialLine(str(path), 115_200, "rtscts", drain_s=0.2)
    return UsbLp(str(path))


@pytest.fixture(
    params=[
        ("network", Proof.PAPER),
        ("network", Proof.PROCESS),
        ("serial", Proof.PAPER),
        ("usblp", Proof.PAPER),
    ],
    ids=lambda param: "-".join(param),
)
def printer_bench(request: pytest.FixtureRequest, tmp_path: Path, encoder: Encoder) -> Iterator[PrinterBench]:
    kind, proof = request.param
    virtual = VirtualPrinter(tmp_path / "printer").start()
    # On a serial line a late answer is a doubt, and the machine of a test may be busy.
    answer_s = 1.0 if kind == "serial" else 0.5
    printer = ThermalPrinter(
        "ticket printer",
        _transport(kind, virtual, tmp_path / "printer"),
        encoder,
        proof=proof,
        answer_s=answer_s,
    )
    yield PrinterBench(printer, virtual)
    printer.close()
    virtual.stop()


SERIAL_WAYS = {
    "silence": (Profile(idle_s=0.05), b"", b""),
    "aim": (Profile(idle_s=0.05), b"]Q1", b""),
    "terminator": (Profile(idle_s=0.05, terminator=b"\r"), b"", b"\r"),
    "marks": (Profile(idle_s=0.05, stx_etx=True), b"\x02", b"\x03"),
}
# An American scanner has no key for anything but ASCII.
KEYBOARD_PAYLOAD = b"@\n\x1e\rANSI 6360\nDCSMULLER\n\x1d\x04end"
KEYBOARD_WAYS = {
    "keys": ("us", Way.CTRL, b""),
    "keys-aim": ("us", Way.CTRL, b"]L2"),
    "keys-german": ("de", Way.CTRL, b""),
    "keys-alt": ("us", Way.ALT_4, b""),
}


class Hand:
    """Shows one code after the other to a camera; the same one again counts when it was away meanwhile."""

    def __init__(self, camera: VirtualCamera) -> None:
        self.plug, self.unplug = camera.plug, camera.unplug
        self._camera, self._has_shown = camera, False

    def write(self, payload: bytes) -> None:
        if self._has_shown:
            time.sleep(AWAY_S + 0.1)
        self._has_shown = True
        self._camera.write(payload)


@pytest.fixture(params=[*SERIAL_WAYS, *KEYBOARD_WAYS, "camera"])
def scanner_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ScannerBench]:
    if request.param == "camera":
        camera = VirtualCamera(tmp_path / "camera").plug()
        watching = CameraScanner("counter", source(camera.device, (1280, 720)), fps=30)
        yield ScannerBench(watching, Hand(camera), b"", b"")
        watching.close()
        return
    if request.param in KEYBOARD_WAYS:
        layout, way, before = KEYBOARD_WAYS[request.param]
        keyboard = VirtualKeyboard(layout, way).plug()
        profile = Profile(idle_s=0.05, terminator=b"\r")
        scanner: Scanner = KeyboardScanner("counter", keyboard, LAYOUTS[layout], profile)
        yield ScannerBench(scanner, keyboard, before, b"\r", KEYBOARD_PAYLOAD)
        scanner.close()
        return
    profile, before, after = SERIAL_WAYS[request.param]
    virtual = VirtualScanner(tmp_path / "scanner").plug()
    scanner = SerialScanner("counter", str(virtual.path), profile=profile)
    yield ScannerBench(scanner, virtual, before, after)
    scanner.close()
    virtual.unplug()
