"""Whatever breaks, at whatever byte: the verdict is true, and one unmarked paper at most comes out."""

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
from drivers.simulated.wire import (
    Clock,
    Trouble,
    Wire,
    broken,
    faulty,
    off_and_on,
    power_cycled,
    silent,
)
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
AWAY_S = {"a blink": 1.1, "a moment": 2.9, "a while": 12.0}
"""How long a printer is off: it needs a second to come back, and the driver waits as long for an answer."""
OFF_AND_ON = {
    f"{name}, {'held back' if held_back else 'lost'}": (
        off_and_on(seconds, held_back=held_back),
        {Cause.TIMEOUT},
    )
    for name, seconds in AWAY_S.items()
    for held_back in (True, False)
}
CUT = b"\x1dVB\x00"
REPORTS_FROM = len(b"\x1b@\x1da\xff")
STYLES = {"letters": Lettering.PRINTER, "pictures": Lettering.DRAWN}


def power_off(wire: Wire) -> None:
    """Switched off, as a serial line hears it: silence, and flow control holds back what is to come."""
    wire.printer.lose_power()
    wire.stalled = True


@cache
def encoder(style: str) -> Encoder:
    return Encoder("TM-T88V", style=STYLES[style])


@cache
def length(style: str, *, stays: bool = False) -> int:
    """How many bytes a ticket and its questions have."""
    model = encoder(style)
    parts = model.parts(layout(DOCUMENT, model.paper), b"\x1da\xff")
    return len(b"".join(parts)) + len(b"\x1dr\x01") * (len(parts) if stays else 1)


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


def room(style: str, ahead: int = 0, proof: Proof = Proof.PAPER, *, stays: bool = False) -> Room:
    clock, printer = Clock(), Mechanism()
    wire = Wire(printer, clock, ahead, stays=stays)
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


def try_everything(
    style: str, trouble: str, at: int, ahead: int, proof: Proof, *, stays: bool = False
) -> None:
    strike, causes = (TROUBLES | OFF_AND_ON)[trouble]
    here = room(style, ahead, proof, stays=stays)
    here.print(DOCUMENT, lambda: here.wire.arm(at, strike))
    (verdict,) = here.heard
    before_mending = [dots(sheet) for sheet in here.printer.sheets]
    if isinstance(verdict, DeviceError):
        # A printer that stops before it was told to report is only known to take nothing more.
        assert verdict.cause in causes | ({Cause.TIMEOUT} if at < REPORTS_FROM else set())
        assert at == 0 or verdict.printed is Printed.MAYBE
        assert verdict.printed is Printed.MAYBE or not before_mending
    else:
        assert verdict is Confirmation.PRINTED
        assert before_mending == [dots(whole(style))] or torn_off(here, style, at)
    here.mend_and_reopen()
    again = isinstance(verdict, DeviceError) and verdict.printed is Printed.NO
    here.print(DOCUMENT if again else COPY)
    assert here.heard[1] is Confirmation.PRINTED
    *earlier, last = (sheet for sheet in here.printer.sheets if not sheet.blank)
    assert dots(last) == dots(whole(style, copy=not again))
    assert len(earlier) <= (0 if again else 1), "an unmarked paper came out twice"


def torn_off(here: Room, style: str, at: int) -> bool:
    """Off between two bytes of the cut: the ticket was proved before, and hangs out of the printer."""
    in_the_cut = at > length(style, stays=True) - len(CUT + b"\x1dr\x01")
    return in_the_cut and here.printer.unfinished().dots.startswith(whole(style).dots.rstrip(b"\0"))


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("ahead", "every"), [(0, 131), (65_536, 331)], ids=["", "the kernel holds it"])
def test_trouble_at_some_bytes(trouble: str, ahead: int, every: int):
    end = length("letters")
    for at in {0, 1, *range(2, end, every), *range(end - 6, end + 1)}:
        try_everything("letters", trouble, at, ahead, Proof.PAPER)


@pytest.mark.parametrize("trouble", TROUBLES | OFF_AND_ON)
@pytest.mark.parametrize(("ahead", "every"), [(0, 131), (65_536, 331)], ids=["", "the kernel holds it"])
def test_trouble_on_a_line_that_stays(trouble: str, ahead: int, every: int):
    end = length("letters", stays=True)
    for at in {0, 1, *range(2, end, every), *range(end - 9, end + 1)}:
        try_everything("letters", trouble, at, ahead, Proof.PAPER, stays=True)


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("trouble", OFF_AND_ON)
def test_a_printer_that_was_off_is_never_believed(trouble: str, style: str):
    end = length(style, stays=True)
    for at in (*range(0, end, 1 if style == "letters" else 97), *range(end - 9, end + 1)):
        try_everything(style, trouble, at, 0, Proof.PAPER, stays=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ahead", "proof"), [(0, Proof.PAPER), (65_536, Proof.PAPER), (700, Proof.PROCESS)], ids=str
)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_at_every_byte(trouble: str, ahead: int, proof: Proof):
    for at in range(length("letters") + 1):
        try_everything("letters", trouble, at, ahead, proof)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_anywhere_in_a_ticket_of_pictures(trouble: str):
    for at in (*range(16), *range(16, length("pictures") + 1, 97)):
        try_everything("pictures", trouble, at, 0, Proof.PAPER)


def test_a_head_that_must_cool_only_delays_the_ticket():
    here = room("letters")

    def overheat(wire: Wire) -> None:
        faulty(error="heat")(wire)
        wire.later(8, faulty(error="none"))

    here.print(DOCUMENT, lambda: here.wire.arm(200, overheat))
    assert here.heard == [Confirmation.PRINTED]
    assert len(here.printer.sheets) == 1


@pytest.mark.parametrize("trouble", ["paper out", "silence", "power cycle behind a line that stays"])
def test_nobody_waits_for_a_long_ticket_that_came_to_a_stop(trouble: str):
    here = room("pictures")
    here.print(DOCUMENT, lambda: here.wire.arm(9000, TROUBLES[trouble][0]))
    assert isinstance(problem := here.heard[0], DeviceError)
    assert problem.printed is Printed.MAYBE
    assert here.wire.clock.now < 6


def test_a_long_ticket_goes_on_when_the_head_has_cooled():
    here = room("pictures")

    def overheat(wire: Wire) -> None:
        faulty(error="heat")(wire)
        wire.later(9, faulty(error="none"))

    here.print(DOCUMENT, lambda: here.wire.arm(9000, overheat))
    assert here.heard == [Confirmation.PRINTED]
    assert here.wire.clock.now >= 9


def test_a_printer_that_is_still_cooling_gets_no_ticket():
    here = room("letters")
    here.printer.fault({"error": "heat"})
    here.print(DOCUMENT)
    (problem,) = here.heard
    assert isinstance(problem, DeviceError)
    assert (problem.cause, problem.printed) == (Cause.ERROR, Printed.NO)


def test_status_chatter_at_every_byte_changes_nothing():
    for at in range(0, length("letters"), 29):
        here = room("letters")

        def chatter(wire: Wire) -> None:
            for paper in ("low", "ok") * 20:
                wire.printer.fault({"paper": paper})
                wire.printer.run()

        here.print(DOCUMENT, lambda: here.wire.arm(at, chatter))  # noqa: B023 - runs now
        assert here.heard == [Confirmation.PRINTED], at


def test_paper_that_runs_low_in_mid_ticket_is_no_trouble():
    here = room("letters")
    here.print(DOCUMENT, lambda: here.wire.arm(300, faulty(paper="low")))
    assert here.heard == [Confirmation.PRINTED]
    assert here.driver.status() is Cause.PAPER_LOW


def test_a_power_cycle_between_tickets_is_not_noticed_by_the_next():
    here = room("letters")
    here.print(DOCUMENT)
    here.printer.lose_power()
    here.mend_and_reopen()
    here.print(DOCUMENT)
    assert here.heard == [Confirmation.PRINTED] * 2
    assert [dots(sheet) for sheet in here.printer.sheets] == [dots(whole("letters"))] * 2


def test_a_clone_that_proves_nothing_is_found_out_at_the_first_ticket_and_never_called_printed():
    here = room("letters")
    here.printer.fault({"answers": "status"})
    here.print(DOCUMENT)
    here.printer.fault({"answers": "all"})
    here.print(DOCUMENT)
    assert here.heard == [Confirmation.SENT] * 2
    assert here.wire.clock.now < 10, "a patient waits"
    here.printer.fault({"answers": "status"})
    here.print(DOCUMENT, lambda: here.wire.arm(300, faulty(paper="out")))
    assert isinstance(problem := here.heard[-1], DeviceError)
    assert (problem.cause, problem.printed) == (Cause.PAPER_OUT, Printed.MAYBE)


@pytest.mark.parametrize("at", [0, 1, 300, 600])
def test_a_clone_that_says_it_has_no_paper_instead_of_keeping_silent_is_no_proof(at: int):
    here = room("letters")
    here.printer.fault({"answers": "hasty"})
    here.print(DOCUMENT, lambda: here.wire.arm(at, faulty(paper="out")))
    assert isinstance(problem := here.heard[0], DeviceError)
    assert (problem.cause, problem.printed) == (Cause.PAPER_OUT, Printed.MAYBE)


def test_what_an_earlier_run_left_half_sent_does_not_swallow_the_first_ticket():
    here = room("letters")
    left = b"\x1b@half a ticket\n\x1dv0\x00\x40\x00\x10\x00" + bytes(100)
    for cut in (len(left), len(left) - 101, len(left) - 103):
        here.printer.take(here.wire, left[:cut])
        here.printer.run()
        here.driver = ThermalPrinter("p", here.wire, encoder("letters"), clock=here.wire.clock)
        here.wire.close()
        here.driver.open()
        here.print(DOCUMENT)
    assert here.heard == [Confirmation.PRINTED] * 3
    tall = whole("letters").dots
    assert all(sheet.dots.endswith(tall[-len(tall) // 2 :]) for sheet in here.printer.sheets)


def test_the_plug_knows_of_empty_paper_while_the_printer_is_stuck():
    here = room("letters")
    here.wire.stalled, here.wire.port_says = True, Cause.PAPER_OUT
    assert here.driver.status() is Cause.PAPER_OUT
    here.print(DOCUMENT)
    assert isinstance(problem := here.heard[-1], DeviceError)
    assert (problem.cause, problem.printed) == (Cause.PAPER_OUT, Printed.NO)
