"""What every scanner driver promises."""

import time

import pytest

from drivers.base import Cause, Scan, Unplugged
from tests.contracts.conftest import ScannerBench


def scans(bench: ScannerBench, count: int, within_s: float = 20.0) -> list[Scan]:
    found: list[Scan] = []
    deadline = time.monotonic() + within_s
    while len(found) < count and time.monotonic() < deadline:
        found += bench.scanner.read()
    return found


def test_it_gives_the_bytes_unchanged_with_its_name_and_an_id(scanner_bench: ScannerBench):
    scanner_bench.scanner.open()
    payload = scanner_bench.payload
    scanner_bench.virtual.write(scanner_bench.before + payload + scanner_bench.after)
    (scan,) = scans(scanner_bench, 1)
    assert (scan.data, scan.scanner) == (payload, "counter")
    assert len(scan.id) == 36


def test_each_scan_has_its_own_id(scanner_bench: ScannerBench):
    scanner_bench.scanner.open()
    ids = set()
    for _ in range(2):
        scanner_bench.virtual.write(scanner_bench.before + b"B042" + scanner_bench.after)
        ids |= {scan.id for scan in scans(scanner_bench, 1)}
    assert len(ids) == 2


def test_nothing_scanned_is_nothing_and_not_waited_for(scanner_bench: ScannerBench):
    scanner_bench.scanner.open()
    assert scanner_bench.scanner.read() == []


def test_pulling_the_plug_is_noticed_and_plugging_in_again_works(scanner_bench: ScannerBench):
    scanner, virtual = scanner_bench.scanner, scanner_bench.virtual
    scanner.open()
    virtual.unplug()
    with pytest.raises(Unplugged) as problem:
        scans(scanner_bench, 1)
    assert problem.value.cause is Cause.UNPLUGGED
    scanner.close()
    with pytest.raises(Unplugged):
        scanner.open()
    virtual.plug()
    scanner.open()
    virtual.write(scanner_bench.before + b"B042" + scanner_bench.after)
    assert [scan.data for scan in scans(scanner_bench, 1)] == [b"B042"]


def test_closing_twice_and_reading_closed_are_harmless(scanner_bench: ScannerBench):
    scanner_bench.scanner.open()
    scanner_bench.scanner.close()
    scanner_bench.scanner.close()
    with pytest.raises(Unplugged):
        scanner_bench.scanner.read()
