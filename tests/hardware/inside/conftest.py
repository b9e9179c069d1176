"""Devices on the kernel's own drivers. These tests run in the guest only; `rig.boot` starts them there."""

import itertools
from collections.abc import Iterator

import pytest

from drivers.discovery import Kind, UsbPort
from drivers.framing import Profile
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.printers.usblp import UsbLp
from drivers.scanners.input_event import EventDevice, KeyboardScanner
from drivers.scanners.layouts import LAYOUTS
from drivers.scanners.serial_port import SerialScanner
from drivers.simulated.keyboard import Way
from drivers.simulated.printer import VirtualPrinter
from tests.contracts.conftest import KEYBOARD_PAYLOAD, PrinterBench, ScannerBench
from tests.hardware.gadgets import (
    IN_THE_RIG,
    Gadget,
    KeyboardGadget,
    Model,
    PrinterLine,
    SerialGadget,
    appears,
)

# In software emulation everything takes ten times as long, and stands still while the machine has other work;
# the scanner too, so that a pause of a second may come between two of its keys.
IDLE_S, KEYS_IDLE_S = 1.0, 3.0
_numbers = itertools.count()


def pytest_ignore_collect() -> bool | None:
    """Elsewhere there is nothing to hold these to."""
    return None if IN_THE_RIG else True


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder("TM-T88V", style=Lettering.MIXED)


@pytest.fixture(params=["cdc_acm", "usbhid", "usbhid-german", "usbhid-alt"])
def scanner_bench(request: pytest.FixtureRequest) -> Iterator[ScannerBench]:
    name = f"scanner{next(_numbers)}"
    if request.param == "cdc_acm":
        gadget = Gadget(name, Model("acm", "CDC Scanner", serial=name), port=0)
        virtual = SerialGadget(gadget).plug()
        serial = SerialScanner("counter", UsbPort(Kind.SERIAL, serial=name), profile=Profile(idle_s=IDLE_S))
        yield ScannerBench(serial, virtual, b"]Q1", b"")
        serial.close()
        virtual.close()
    else:
        layout = "de" if request.param == "usbhid-german" else "us"
        way = Way.ALT_4 if request.param == "usbhid-alt" else Way.CTRL
        gadget = Gadget(name, Model("hid", "HID Scanner", serial=name), port=1)
        keys = KeyboardGadget(gadget, layout, way).plug()
        line = EventDevice(UsbPort(Kind.KEYBOARD, serial=name))
        profile = Profile(idle_s=KEYS_IDLE_S, terminator=b"\r")
        keyboard = KeyboardScanner("counter", line, LAYOUTS[layout], profile)
        yield ScannerBench(keyboard, keys, b"]L2", b"\r", KEYBOARD_PAYLOAD)
        keyboard.close()
        keys.settle()
    gadget.remove()


@pytest.fixture(scope="session")
def printer_gadget() -> Iterator[Gadget]:
    gadget = Gadget("printer", Model("printer", "Ticket Printer", serial="P789"), port=2)
    yield gadget
    gadget.remove()


@pytest.fixture
def printer_bench(printer_gadget: Gadget, encoder: Encoder) -> Iterator[PrinterBench]:
    virtual = VirtualPrinter(line=PrinterLine(printer_gadget)).start()
    appears(printer_gadget)
    printer = ThermalPrinter(
        "ticket printer",
        UsbLp(UsbPort(Kind.PRINTER, serial="P789")),
        encoder,
        proof=Proof.PAPER,
        answer_s=3.0,
    )
    yield PrinterBench(printer, virtual)
    printer.close()
    virtual.stop()
