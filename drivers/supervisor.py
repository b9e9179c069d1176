"""One thread per device: open, run, on error close, wait a little longer each time, open again; at once when
something is plugged in.

opening -> ready <-> attention(cause)      works, somebody should look (paper is low)
   |         |
absent     down(cause)                     cannot work; `absent` was never there since the start
"""

import logging
import queue
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from drivers.base import Cause, Confirmation, DeviceError, LeaseLost, Printed, Printer, Scan, Scanner
from drivers.heartbeat import Pulse

log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 5.0
# What a driver may take for one call, with much to spare: who takes longer hangs.
TURN_WITHIN_S = 60.0
_LINE_IS_BROKEN = (Cause.UNPLUGGED, Cause.UNREACHABLE, Cause.TIMEOUT)


class State(StrEnum):
    ABSENT = "absent"
    OPENING = "opening"
    READY = "ready"
    ATTENTION = "attention"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Health:
    state: State
    cause: Cause | None = None
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    why: str = ""

    @property
    def works(self) -> bool:
        return self.state in (State.READY, State.ATTENTION)


class _Supervised:
    """The loop that scanners and printers share."""

    kind: str
    device: Scanner | Printer

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.health = Health(State.OPENING)
        self._on_change = on_change
        self.pulse = Pulse()
        self._stopping = threading.Event()
        self._plugged = threading.Event()
        self._seen = False
        self._failures = 0
        self.thread = threading.Thread(target=self._run, name=self.device.name, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._plugged.set()

    def look_again(self) -> None:
        """Something was plugged in: do not wait to the end before the next attempt."""
        self._plugged.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.pulse.beat(TURN_WITHIN_S)
            self._plugged.clear()
            try:
                self.device.open()
                self._serve()
            except DeviceError as problem:
                self._failed(problem)
            except Exception:
                log.exception("%s: the driver failed", self.device.name)
                self._failed(DeviceError())
            finally:
                self.device.close()
            if not self._stopping.is_set():
                self._rest(self._wait_s())

    def _serve(self) -> None:
        raise NotImplementedError

    def _rest(self, seconds: float) -> None:
        self._plugged.wait(seconds)

    def _wait_s(self) -> float:
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 8))
        return wait * random.uniform(0.7, 1.3)

    def _failed(self, problem: DeviceError) -> None:
        self._failures += 1
        absent = not self._seen and problem.cause in (Cause.UNPLUGGED, Cause.UNREACHABLE)
        self._be(State.ABSENT if absent else State.DOWN, problem.cause, str(problem))

    def _works(self, cause: Cause | None = None) -> None:
        self._seen, self._failures = True, 0
        if cause is None:
            self._be(State.READY)
        else:
            self._be(State.ATTENTION if cause is Cause.PAPER_LOW else State.DOWN, cause)

    def _be(self, state: State, cause: Cause | None = None, why: str = "") -> None:
        before = self.health
        if (before.state, before.cause) == (state, cause):
            # Other words for the same are for the technician who reads them, and no news.
            if before.why != why:
                self.health = replace(before, why=why)
            return
        self.health = Health(state, cause, why=why)
        if not self.health.works and (before.works or before.state is State.OPENING):
            log.warning("%s is %s (%s) %s", self.device.name, state, cause, why)
        elif state is State.READY:
            log.info("%s is ready", self.device.name)
        elif state is State.ATTENTION:
            log.warning("%s wants attention (%s)", self.device.name, cause)
        self._on_change()


class SupervisedScanner(_Supervised):
    kind = "scanner"

    def __init__(
        self, device: Scanner, on_scan: Callable[[Scan], None], on_change: Callable[[], None]
    ) -> None:
        self.device: Scanner = device
        self._on_scan = on_scan
        super().__init__(on_change)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self.pulse.beat(TURN_WITHIN_S)
            scans = self.device.read()
            # Not before: what opens and gives nothing would be up and down for ever, and never a task.
            self._works()
            for scan in scans:
                self._on_scan(scan)


@dataclass(frozen=True, slots=True)
class Order:
    """A ticket on its way to a printer's thread; `outcome` is how it went."""

    document: Mapping[str, Any]
    on_sending: Callable[[], None]
    within_s: float
    outcome: Future[Confirmation] = field(default_factory=Future)


class SupervisedPrinter(_Supervised):
    """Between tickets it asks for the status, so that empty paper is known before a patient stands there."""

    kind = "printer"

    def __init__(self, device: Printer, on_change: Callable[[], None], status_s: float = 3.0) -> None:
        self.device: Printer = device
        self._status_s = status_s
        self._orders: queue.Queue[Order | None] = queue.Queue()
        self._next: Order | None = None
        super().__init__(on_change)

    def order(self, order: Order) -> Future[Confirmation]:
        self._orders.put(order)
        return order.outcome

    def ask_to_stop(self) -> None:
        super().ask_to_stop()
        self._orders.put(None)

    def look_again(self) -> None:
        if not self.health.works:
            self._orders.put(None)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self.pulse.beat(TURN_WITHIN_S)
            if self._next is None:
                self._works(self.device.status())
                self._await_order(self._status_s)
            if self._next is not None:
                self._print(self._next)

    def _print(self, order: Order) -> None:
        self._next = None
        self.pulse.beat(order.within_s + TURN_WITHIN_S)
        try:
            order.outcome.set_result(self.device.print(order.document, order.on_sending, order.within_s))
        except DeviceError as problem:
            order.outcome.set_exception(problem)
            if problem.cause in _LINE_IS_BROKEN or problem.printed is Printed.MAYBE:
                raise
        except LeaseLost as lost:
            order.outcome.set_exception(lost)
        except Exception:
            order.outcome.set_exception(DeviceError(printed=Printed.MAYBE))
            raise

    def _rest(self, seconds: float) -> None:
        """An order is worth an attempt at once; it fails when that attempt does."""
        self._await_order(seconds)

    def _failed(self, problem: DeviceError) -> None:
        super()._failed(problem)
        waiting = [self._next] if self._next else []
        self._next = None
        while not self._orders.empty():
            waiting += [order for order in [self._orders.get_nowait()] if order]
        for order in waiting:
            order.outcome.set_exception(DeviceError(str(problem), cause=problem.cause))

    def _await_order(self, seconds: float) -> None:
        self.pulse.beat(seconds + TURN_WITHIN_S)
        try:
            self._next = self._orders.get(timeout=seconds)
        except queue.Empty:
            self._next = None
