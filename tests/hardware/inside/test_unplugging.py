"""Plugs pulled and put back, again and again, while people scan and print: nothing leaks, no ticket is lost.

`KIOSK_RIG_CYCLES` says how often.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from drivers import hotplug
from drivers.base import Confirmation, DeviceError, Printed, Scan
from drivers.supervisor import Order, State, SupervisedPrinter, SupervisedScanner
from tests.contracts.conftest import PrinterBench, ScannerBench
from tests.hardware.gadgets import wait_for

CYCLES = int(os.environ.get("KIOSK_RIG_CYCLES", "10"))
COMES_BACK_WITHIN_S = 60.0
# What Python keeps of a thing seen for the first time; a buffer lost in each cycle is far more.
SPARE_KB = 6_000
LATER_EACH_TIME_S = 0.03
BYTES_LATER_EACH_TIME = 41
LATEST_BYTE = 4_100
DOCUMENT = {"code": "B042", "site": "Riverside Clinic", "service": "Laboratory", "lines": ["Please wait."]}


class Weight:
    """What this process holds."""

    def __init__(self) -> None:
        self.descriptors = len(os.listdir("/proc/self/fd"))
        self.threads = threading.active_count()
        status = Path("/proc/self/status").read_text().splitlines()
        self.resident_kb = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def listening(device: SupervisedScanner | SupervisedPrinter, stopping: threading.Event) -> threading.Thread:
    arguments = (device.look_again, stopping, lambda: None)
    return threading.Thread(target=hotplug.listen, args=arguments, daemon=True)


def ready(device: SupervisedScanner | SupervisedPrinter) -> Callable[[], bool]:
    return lambda: device.health.state is State.READY


def test_a_scanner_comes_back_every_time(scanner_bench: ScannerBench):
    scans: list[Scan] = []
    logged: list[State] = []
    device = SupervisedScanner(
        scanner_bench.scanner, scans.append, lambda: logged.append(device.health.state)
    )
    stopping = threading.Event()
    ear = listening(device, stopping)
    ear.start()
    device.start()
    before, took = None, []
    for cycle in range(CYCLES):
        wait_for(ready(device), COMES_BACK_WITHIN_S)
        seen = len(scans)
        code = b"B%03d" % (cycle % 1000)
        scanner_bench.virtual.write(scanner_bench.before + code + scanner_bench.after)
        wait_for(lambda: len(scans) > seen, COMES_BACK_WITHIN_S)  # noqa: B023
        assert [scan.data for scan in scans[seen:]] == [code]
        # The next scan is under way when the plug is pulled, a little further each time.
        scanner_bench.virtual.write(scanner_bench.before + b"HALF OF A SCAN")
        time.sleep(cycle % 10 * LATER_EACH_TIME_S)
        scanner_bench.virtual.unplug()
        wait_for(lambda: not device.health.works, COMES_BACK_WITHIN_S)
        scanner_bench.virtual.plug()
        plugged = time.monotonic()
        wait_for(ready(device), COMES_BACK_WITHIN_S)
        took.append(time.monotonic() - plugged)
        scans.clear()
        if cycle == CYCLES // 10:
            before = Weight()
        if cycle % 20 == 19:
            print(f"{cycle + 1} …", end=" ", flush=True)
    after = Weight()
    device.ask_to_stop()
    stopping.set()
    device.thread.join()
    ear.join()
    median = sorted(took)[len(took) // 2]
    print(f"\n{CYCLES} replugs; ready after {median:.2f} s (median), {max(took):.2f} s (slowest)")
    assert before is not None
    unchanged(before, after)


def test_a_printer_comes_back_and_every_order_has_an_end(printer_bench: PrinterBench):
    printer_bench.printer.open()
    printer_bench.printer.close()
    device = SupervisedPrinter(printer_bench.printer, lambda: None, status_s=0.5)
    stopping = threading.Event()
    ear = listening(device, stopping)
    ear.start()
    device.start()
    ends: dict[str, int] = {}
    before = None
    for cycle in range(CYCLES):
        wait_for(ready(device), COMES_BACK_WITHIN_S)
        if cycle == CYCLES // 10:
            before = Weight()
        # A whole ticket clears away what the one before left half done; then one whose plug is pulled.
        whole = device.order(Order(DOCUMENT, lambda: None, within_s=60))
        assert whole.result(90) is Confirmation.PRINTED
        printer_bench.virtual.fault(die_after=cycle * BYTES_LATER_EACH_TIME % LATEST_BYTE)
        outcome = device.order(Order(DOCUMENT, lambda: None, within_s=20))
        end = end_of(outcome)
        ends[end] = ends.get(end, 0) + 1
        printer_bench.virtual.fault(die_after=0)
        wait_for(lambda: not device.health.works, COMES_BACK_WITHIN_S)
        printer_bench.virtual.fault(die_after=None)
        if cycle % 20 == 19:
            print(f"{cycle + 1} …", end=" ", flush=True)
    wait_for(ready(device), COMES_BACK_WITHIN_S)
    last = device.order(Order(DOCUMENT, lambda: None, within_s=30))
    assert last.result(60) is Confirmation.PRINTED
    after = Weight()
    device.ask_to_stop()
    stopping.set()
    device.thread.join()
    ear.join()
    print(f"\n{CYCLES} replugs in mid-ticket: {ends}")
    assert sum(ends.values()) == CYCLES
    assert before is not None
    unchanged(before, after)


def end_of(outcome: "Future[Confirmation]") -> str:
    """Printed, sent, or not printed for sure, or nobody knows: never silence."""
    try:
        return str(outcome.result(60))
    except DeviceError as problem:
        return "not printed" if problem.printed is Printed.NO else "maybe"


def unchanged(before: Weight, after: Weight) -> None:
    print(
        f"memory {before.resident_kb} -> {after.resident_kb} kB, descriptors {before.descriptors} -> ", end=""
    )
    print(f"{after.descriptors}, threads {before.threads} -> {after.threads}")
    assert after.descriptors <= before.descriptors + 1
    assert after.threads <= before.threads
    assert after.resident_kb < before.resident_kb + SPARE_KB
