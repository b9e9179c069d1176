"""What every printer driver promises, whatever the line."""

import time
from typing import Any

import pytest

from drivers.base import Cause, Confirmation, DeviceError, LeaseLost, Printed
from tests.contracts.conftest import PrinterBench

DOCUMENT: dict[str, Any] = {
    "code": "B042",
    "site": "Riverside Clinic",
    "service": "Laboratory",
    "lines": ["Please take a seat."],
    "url": "https://kiosk.example/t#abc",
}
STOPS = [
    ({"paper": "out"}, Cause.PAPER_OUT),
    ({"cover": "open"}, Cause.COVER_OPEN),
    ({"online": False}, Cause.OFFLINE),
]
MENDED = {
    "paper": "ok",
    "cover": "closed",
    "online": True,
    "cutter_ok": True,
    "slow_bps": None,
    "die_after": None,
}


def go_on() -> None:
    """The server says: print."""


def fails(bench: PrinterBench, within_s: float = 4.0) -> DeviceError:
    with pytest.raises(DeviceError) as problem:
        bench.printer.print(DOCUMENT, go_on, within_s)
    return problem.value


def test_it_prints_a_ticket_and_proves_it(printer_bench: PrinterBench):
    printer_bench.printer.open()
    assert printer_bench.printer.status() is None
    asked: list[bool] = []
    confirmation = printer_bench.printer.print(DOCUMENT, lambda: asked.append(True), 10)
    assert confirmation is Confirmation.PRINTED
    assert asked == [True]
    assert len(printer_bench.virtual.wait_for_sheets(1)) == 1
    assert printer_bench.virtual.errors == []


def test_many_tickets_in_a_row(printer_bench: PrinterBench):
    printer_bench.printer.open()
    for _ in range(3):
        assert printer_bench.printer.print(DOCUMENT, go_on, 10) is Confirmation.PRINTED
    assert len(printer_bench.virtual.wait_for_sheets(3)) == 3


@pytest.mark.parametrize(("fault", "cause"), STOPS)
def test_what_is_wrong_before_stops_it_before_the_first_byte(
    printer_bench: PrinterBench, fault: dict[str, Any], cause: Cause
):
    printer_bench.virtual.fault(**fault)
    printer_bench.printer.open()
    assert printer_bench.printer.status() is cause
    problem = fails(printer_bench)
    assert (problem.cause, problem.printed) == (cause, Printed.NO)
    printer_bench.virtual.fault(**MENDED)
    assert printer_bench.printer.print(DOCUMENT, go_on, 10) is Confirmation.PRINTED
    assert len(printer_bench.virtual.wait_for_sheets(1)) == 1


def test_little_paper_is_said_and_still_prints(printer_bench: PrinterBench):
    printer_bench.virtual.fault(paper="low")
    printer_bench.printer.open()
    assert printer_bench.printer.status() is Cause.PAPER_LOW
    assert printer_bench.printer.print(DOCUMENT, go_on, 10) is Confirmation.PRINTED


def test_a_lost_lease_prints_nothing(printer_bench: PrinterBench):
    def lost() -> None:
        raise LeaseLost

    printer_bench.printer.open()
    with pytest.raises(LeaseLost):
        printer_bench.printer.print(DOCUMENT, lost, 10)
    assert b"B042" not in bytes(printer_bench.virtual.received)
    assert b"\x1dV" not in bytes(printer_bench.virtual.received)


def test_paper_that_ends_in_the_middle_is_maybe_and_one_paper_comes_of_it(printer_bench: PrinterBench):
    printer, virtual = printer_bench.printer, printer_bench.virtual
    printer.open()
    printer.print(DOCUMENT, go_on, 10)
    (whole,) = virtual.wait_for_sheets(1)
    virtual.fault(paper_left=120)
    problem = fails(printer_bench, 10)
    assert (problem.cause, problem.printed) == (Cause.PAPER_OUT, Printed.MAYBE)
    assert len(virtual.sheets) == 1
    virtual.fault(paper="ok")
    printer.close()
    printer.open()
    assert printer.print(DOCUMENT, go_on, 10) is Confirmation.PRINTED
    *earlier, last = virtual.wait_for_sheets(3)
    assert last.png == whole.png
    # All of it, or what it had been given when the paper ended.
    (of_it,) = (sheet for sheet in earlier[1:] if not sheet.blank)
    assert of_it.dots[:2000] == whole.dots[:2000]
    assert virtual.errors == []


def test_a_cutter_that_jams_is_named(printer_bench: PrinterBench):
    printer_bench.printer.open()
    printer_bench.virtual.fault(cutter_ok=False)
    problem = fails(printer_bench, 10)
    assert (problem.cause, problem.printed) == (Cause.CUTTER, Printed.MAYBE)


def test_a_slow_printer_is_waited_for(printer_bench: PrinterBench):
    printer_bench.printer.open()
    printer_bench.virtual.fault(slow_bps=9000)
    assert printer_bench.printer.print(DOCUMENT, go_on, 20) is Confirmation.PRINTED


@pytest.mark.parametrize("how", ["disconnect", "silent"])
def test_a_printer_that_is_dead_before_is_known_to_have_printed_nothing(
    printer_bench: PrinterBench, how: str
):
    printer_bench.printer.open()
    printer_bench.virtual.fault(die_after=0, die_how=how)
    problem = fails(printer_bench, 3)
    assert problem.printed is Printed.NO
    assert problem.cause in (Cause.TIMEOUT, Cause.UNREACHABLE, Cause.UNPLUGGED)


@pytest.mark.parametrize(
    ("how", "after"),
    [*(("disconnect", after) for after in (13, 14, 200, 1500, 3500)), ("silent", 14), ("silent", 1500)],
)
def test_a_printer_that_dies_in_mid_ticket_is_maybe_and_the_next_ticket_is_whole(
    printer_bench: PrinterBench, how: str, after: int
):
    # The four status questions before the ticket are twelve bytes.
    printer, virtual = printer_bench.printer, printer_bench.virtual
    printer.open()
    printer.print(DOCUMENT, go_on, 10)
    (whole,) = virtual.wait_for_sheets(1)
    virtual.fault(die_after=after, die_how=how)
    problem = fails(printer_bench, 1)
    assert problem.printed is Printed.MAYBE
    assert problem.cause in (Cause.TIMEOUT, Cause.UNREACHABLE, Cause.UNPLUGGED)
    printer.close()
    virtual.fault(die_after=None)
    reopen(printer_bench)
    assert printer.print(DOCUMENT, go_on, 10) is Confirmation.PRINTED
    *earlier, last = virtual.wait_for_sheets(2)
    assert last.png == whole.png
    if how == "disconnect":
        (half,) = earlier[1:]
        assert half.png != whole.png


def reopen(bench: PrinterBench, within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while True:
        try:
            bench.printer.open()
            bench.printer.status()
            return
        except DeviceError:
            bench.printer.close()
            if time.monotonic() > deadline:
                raise


def test_a_ticket_without_a_code_is_refused_for_good(printer_bench: PrinterBench):
    printer_bench.printer.open()
    with pytest.raises(DeviceError) as problem:
        printer_bench.printer.print({"site": "x"}, go_on, 5)
    assert problem.value.permanent
    assert problem.value.printed is Printed.NO


def test_closing_twice_is_harmless(printer_bench: PrinterBench):
    printer_bench.printer.open()
    printer_bench.printer.close()
    printer_bench.printer.close()
