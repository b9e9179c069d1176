"""A printer, or a line, that says anything at all."""

import contextlib
import random
import tracemalloc

import pytest

from drivers.base import Cause, Confirmation, DeviceError
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.status import Answers
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.printers.transports import OnStall
from drivers.simulated.wire import Clock
from tests.integration.drivers.conftest import DOCUMENT


class Babbler:
    """A transport to something that is no printer: every question gets some noise."""

    def __init__(self, clock: Clock, noise: random.Random, honest: float) -> None:
        self._clock, self._noise, self._honest = clock, noise, honest
        self._inbox = b""
        self.said = 0

    def open(self) -> None:
        """It is always there."""

    def write(self, data: bytes, within_s: float, on_stall: OnStall | None = None) -> None:
        if data[:2] == b"\x10\x04" and self._noise.random() < self._honest:
            self._inbox += b"\x12"
        self._inbox += self._noise.randbytes(self._noise.choice((0, 1, 3, 40)))

    def read(self, within_s: float) -> bytes:
        self._clock.now += 0.01 if self._inbox else within_s
        data, self._inbox = self._inbox, b""
        self.said += len(data)
        return data

    def cause(self) -> Cause | None:
        return None

    def under_way_s(self, size: int) -> float | None:
        return None

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("proof", [Proof.PAPER, Proof.PROCESS])
@pytest.mark.parametrize("honest", [0.0, 0.9, 1.0])
def test_noise_never_breaks_the_driver_and_never_proves_by_number(proof: Proof, honest: float):
    clock, noise = Clock(), random.Random(8)
    line = Babbler(clock, noise, honest)
    printer = ThermalPrinter("p", line, Encoder("TM-T88V", style=Lettering.PRINTER), proof=proof, clock=clock)
    for _ in range(60):
        printer.open()
        started = clock.now
        with contextlib.suppress(DeviceError):
            said = printer.print(DOCUMENT, lambda: None, 30)
            assert proof is Proof.PAPER or said is Confirmation.SENT
        assert clock.now - started < 60
        printer.close()


@pytest.mark.parametrize("size", [100_000, pytest.param(5_000_000, marks=pytest.mark.slow)])
def test_any_number_of_bytes_leaves_nothing_behind(size: int):
    answers, noise = Answers(), random.Random(1)
    answers.paper_expected = True
    found = 0
    tracemalloc.start()
    try:
        answers.feed(noise.randbytes(4096))
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(size // 4096 + 1):
            found += len(answers.feed(noise.randbytes(4096)))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found > size // 100
    assert after - before < 20_000
