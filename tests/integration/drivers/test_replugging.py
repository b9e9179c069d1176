"""A printer that is pulled out and put back again and again while tickets are on their way."""

import gc
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from drivers import supervisor
from drivers.base import Confirmation, DeviceError, Printed
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.network import Network
from drivers.printers.serial_line import SerialLine
from drivers.printers.thermal import ThermalPrinter
from drivers.printers.transports import Transport
from drivers.printers.usblp import UsbLp
from drivers.simulated.printer import VirtualPrinter
from drivers.supervisor import Order, SupervisedPrinter
from tests.integration.drivers.conftest import DOCUMENT

COPY = DOCUMENT | {"copy": "COPY"}
PATIENCE_S = 30


@pytest.fixture(params=["network", "serial", "usblp"])
def pair(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[SupervisedPrinter, VirtualPrinter]]:
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_WAIT_S", 0.05)
    virtual = VirtualPrinter(tmp_path / "printer").start()
    path = str(tmp_path / "printer")
    lines: dict[str, Transport] = {
        "network": Network("127.0.0.1", virtual.port, drain_s=0.1),
        "serial": SerialLine(path, 115_200, "none", drain_s=0.1),
        "usblp": UsbLp(path),
    }
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    driver = ThermalPrinter("printer", lines[request.param], encoder, answer_s=0.5)
    supervised = SupervisedPrinter(driver, lambda: None, status_s=0.02)
    supervised.start()
    yield supervised, virtual
    supervised.ask_to_stop()
    supervised.thread.join(10)
    virtual.stop()


def outcome(future: Future[Confirmation]) -> Confirmation | DeviceError:
    try:
        return future.result(PATIENCE_S)
    except DeviceError as problem:
        return problem


def printed(supervised: SupervisedPrinter, document: dict[str, object]) -> None:
    """As a server does it: what did not come out is given out again; a `maybe` comes back as a copy."""
    until = time.monotonic() + PATIENCE_S
    while (how := outcome(supervised.order(Order(document, lambda: None, 10)))) is not Confirmation.PRINTED:
        assert time.monotonic() < until, how
        if isinstance(how, DeviceError) and how.printed is Printed.MAYBE:
            document = COPY
        time.sleep(0.01)


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def falls_to(most: int, measured: Callable[[], int]) -> bool:
    """What is about to be closed by another thread is no leak: a leak stays."""
    until = time.monotonic() + PATIENCE_S
    while measured() > most and time.monotonic() < until:
        time.sleep(0.05)
    return measured() <= most


@pytest.mark.parametrize("times", [5, pytest.param(200, marks=pytest.mark.slow)])
def test_every_ticket_gets_its_outcome_and_nothing_leaks(
    pair: tuple[SupervisedPrinter, VirtualPrinter], times: int
):
    supervised, virtual = pair
    pulled = random.Random(5)
    printed(supervised, DOCUMENT)
    gc.collect()
    before = open_files(), threading.active_count(), resident_kb()
    for _ in range(times):
        future = supervised.order(Order(DOCUMENT, lambda: None, 10))
        virtual.fault(die_after=pulled.randrange(1200), die_how=pulled.choice(("disconnect", "power")))
        how = outcome(future)
        virtual.fault(die_after=None)
        if how is not Confirmation.PRINTED:
            printed(supervised, DOCUMENT if how.printed is Printed.NO else COPY)
    printed(supervised, DOCUMENT)
    gc.collect()
    assert falls_to(before[1], threading.active_count), "threads leak"
    assert falls_to(before[0] + 2, open_files), "file descriptors leak"
    assert resident_kb() <= before[2] + 12_000, "memory leaks"
