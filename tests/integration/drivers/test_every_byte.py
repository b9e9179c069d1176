"""Whatever breaks, at whatever byte of a ticket: the verdict is true and one unmarked paper at most comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from drivers.base import Cause, Confirmation, DeviceError, Printed, Unplugged, Unreachable
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.receipt import layout
from drivers.simulated.mechanism import Mechanism
from drivers.simulated.paper import Sheet
from drivers.simulated.wire import Clock, Trouble, Wire, broken, faulty, power_cycled, silent
from tests.integration.drivers.conftest import DOCUMENT

COPY = DOCUMENT | {"copy": "COPY"}
MENDED = {"paper": "ok", "cover": "closed", "online": True, "cutter_ok": True, "error": "none"}
LINE_GONE = {Cause.UNPLUGGED, Cause.UNREACHABLE}
TROUBLES: dict[str, tuple[Trouble, set[Cause]]] = {
    "connection reset": (broken(Unreachable), LINE_GONE),
    "unplugged": (broken(Unplugged), LINE_GONE),
    "power cycle": (power_cycled, LINE_GONE),
    "power cycle behind a line that stays": (lambda wire: power_off(wire), {Cause.TIMEOUT}),
    "paper out": (faulty(paper="out"), {Cause.PAPER_OUT}),
    "cover open": (faulty(cover="open"), {Cause.COVER_OPEN}),
    "cutter jam": (faulty(cutter_ok=False), {Cause.CUTTER}),
    "broken head": (faulty(error="broken"), {Cause.ERROR}),
    "offline": (faulty(online=False), {Cause.OFFLINE}),
    "silence": (silent, {Cause.TIMEOUT}),
}
STYLES = {"letters": Lettering.PRINTER, "pictures": Lettering.DRAWN}


def power_off(wire: Wire) -> None:
    """Switched off, as a serial line hears it: silence, and flow control holds back what is to come."""
    wire.printer.lose_power()
    wire.stalled = True


@cache
def encoder(style: str) -> Encoder:
    return Encoder("TM-T88V", style=STYLES[style])


@cache
def length(style: str) -> int:
    """How many bytes a ticket and its question have."""
    model = encoder(style)
    return len(model.encode(layout(DOCUMENT, model.paper), b"\x1da\xff")) + len(b"\x1dr\x01")


@dataclass
class Room:
    """A printer, its driver, and what a server does with the verdicts."""

    driver: ThermalPrinter
    wire: Wire
    printer: Mechanism
    heard: list[Confirmation | DeviceError]

    def print(self, document: dict[str, Any], on_sending: Callable[[], None] = lambda: None) -> None:
        try:
            self.heard.append(self.driver.print(document, on_sending, 20))
        except DeviceError as problem:
            self.heard.append(problem)

    def mend_and_reopen(self) -> None:
        self.driver.close()
        self.wire.mend()
        self.printer.fault(dict(MENDED))
        self.driver.open()
        self.driver.status()


def room(style: str, ahead: int = 0, proof: Proof = Proof.PAPER) -> Room:
    clock, printer = Clock(), Mechanism()
    wire = Wire(printer, clock, ahead)
    driver = ThermalPrinter("p", wire, encoder(style), proof=proof, clock=clock)
    driver.open()
    return Room(driver, wire, printer, [])


@cache
def whole(style: str, copy: bool = False) -> Sheet:
    """The paper of a ticket that nothing happened to."""
    here = room(style)
    here.print(COPY if copy else DOCUMENT)
    assert here.heard == [Confirmation.PRINTED]
    assert here.printer.errors == []
    (sheet,) = here.printer.sheets
    return sheet


def dots(sheet: Sheet) -> tuple[tuple[int, int], bytes]:
    return sheet.size, sheet.dots


def try_everything(style: str, trouble: str, at: int, ahead: int, proof: Proof) -> None:
    strike, causes = TROUBLES[trouble]
    here = room(style, ahead, proof)
    here.print(DOCUMENT, lambda: here.wire.arm(at, strike))
    (verdict,) = here.heard
    taken_before_mending = [dots(sheet) for sheet in here.printer.sheets]
    if isinstance(verdict, DeviceError):
        assert verdict.cause in causes, verdict.cause
        assert verdict.printed is (Printed.NO if ahead == 0 and at == 0 and here.wire.gone else Printed.MAYBE) or (
            at == 0 and verdict.printed is Printed.NO
        )
        if verdict.printed is Printed.NO:
            assert not taken_before_mending
    else:
        assert verdict is Confirmation.PRINTED
        assert taken_before_mending == [dots(whole(style))]
    here.mend_and_reopen()
    again = isinstance(verdict, DeviceError) and verdict.printed is Printed.NO
    here.print(DOCUMENT if again else COPY)
    assert here.heard[1] is Confirmation.PRINTED
    *earlier, last = (sheet for sheet in here.printer.sheets if not sheet.blank)
    assert dots(last) == dots(whole(style, copy=not again))
    assert len(earlier) <= (0 if again else 1), "an unmarked paper came out twice"


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("ahead", [0, 65_536], ids=["", "kernel holds it"])
def test_trouble_at_a_few_bytes(trouble: str, ahead: int):
    end = length("letters")
    for at in {*range(0, 24, 5), *range(24, end - 12, 97), *range(end - 12, end + 1)}:
        try_everything("letters", trouble, at, ahead, Proof.PAPER)


@pytest.mark.slow
@pytest.mark.parametrize("proof", [Proof.PAPER, Proof.PROCESS])
@pytest.mark.parametrize("ahead", [0, 700, 65_536])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_at_every_byte(trouble: str, ahead: int, proof: Proof):
    for at in range(length("letters") + 1):
        try_everything("letters", trouble, at, ahead, proof)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_anywhere_in_a_ticket_of_pictures(trouble: str):
    for at in range(0, length("pictures") + 1, 61):
        try_everything("pictures", trouble, at, 0, Proof.PAPER)
