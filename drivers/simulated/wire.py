"""A line without a wire: a driver and a `Mechanism` in one thread, under a clock that moves only when
somebody waits. Whatever may happen at any byte of a ticket can be tried in a millisecond.
"""

from collections.abc import Callable

from drivers.base import Cause, DeviceError, Printed, TimedOut, Unplugged
from drivers.printers.transports import STALL_S, OnStall
from drivers.simulated.mechanism import Mechanism

Trouble = Callable[["Wire"], None]


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """A transport. `ahead`: how many bytes it takes that the printer has not taken yet, as kernels do.
    `stays`: it does not break when the printer is switched off, as a serial line.
    """

    def __init__(self, printer: Mechanism, clock: Clock, ahead: int = 0, *, stays: bool = False) -> None:
        self.printer, self.clock, self.ahead, self.stays = printer, clock, ahead, stays
        self.gone: type[DeviceError] | None = None
        self.stalled = self.deaf = False
        self.port_says: Cause | None = None
        self._until_trouble: int | None = None
        self._trouble: Trouble = lambda wire: None
        self._later: list[tuple[float, Trouble]] = []
        self._held = bytearray()
        self._inbox = bytearray()

    def arm(self, after: int, trouble: Trouble) -> None:
        """`trouble` happens when so many more bytes have reached the printer."""
        self._until_trouble, self._trouble = after, trouble
        self._strike()

    def later(self, seconds: float, trouble: Trouble) -> None:
        """`trouble` happens after so much waiting."""
        self._later = sorted([*self._later, (self.clock.now + seconds, trouble)], key=lambda entry: entry[0])

    def mend(self) -> None:
        """Plugged in again; nothing more will happen by itself."""
        self.gone, self._until_trouble, self._later = None, None, []
        self.stalled = self.deaf = False

    def send(self, data: bytes) -> None:
        """The printer speaks."""
        if not self._stuck() and not self.deaf:
            self._inbox += data

    def open(self) -> None:
        if self.gone is not None:
            raise self.gone
        self.printer.lines.append(self)

    def write(self, data: bytes, within_s: float, on_stall: OnStall | None = None) -> None:
        left, moved, deadline = data, self.clock.now, self.clock.now + within_s
        while left:
            self._deliver()
            if self.gone is not None and len(left) > self.ahead:
                raise self.gone(printed=self._told(data, left))
            room = self.ahead - len(self._held) + (0 if self._stuck() else self.printer.room)
            if room <= 0:
                if not self._wait(min(deadline, self.clock.now + STALL_S)):
                    self._stall(on_stall, moved, deadline, self._told(data, left))
                continue
            self._held += left[:room]
            left, moved = left[room:], self.clock.now
            self._deliver()

    def _stall(self, on_stall: OnStall | None, moved: float, deadline: float, printed: Printed) -> None:
        if self.clock.now >= deadline:
            raise TimedOut(printed=printed)
        if on_stall is not None:
            try:
                on_stall(self.clock.now - moved)
            except DeviceError as problem:
                problem.printed = printed
                raise

    def read(self, within_s: float) -> bytes:
        deadline = self.clock.now + within_s
        while not self._inbox:
            if self.gone is not None:
                raise self.gone
            self._deliver()
            if not self._inbox and not self._wait(deadline):
                break
        data = bytes(self._inbox)
        self._inbox.clear()
        return data

    def cause(self) -> Cause | None:
        return self.port_says

    def under_way_s(self, size: int) -> float | None:
        return 0.0 if self.stays else None

    def close(self) -> None:
        self.printer.hang_up(self)
        self._held.clear()
        self._inbox.clear()

    @staticmethod
    def _told(data: bytes, left: bytes) -> Printed:
        return Printed.NO if len(left) == len(data) else Printed.MAYBE

    def _stuck(self) -> bool:
        return self.stalled or self.gone is not None

    def _deliver(self) -> None:
        """From the line into the printer, up to the next trouble."""
        self.printer.run()
        if self.deaf:
            self._held.clear()
        while self._held and not self._stuck() and self.printer.room:
            count = min(self.printer.room, len(self._held), self._until_trouble or len(self._held))
            self.printer.take(self, bytes(self._held[:count]))
            del self._held[:count]
            self.printer.run()
            if self._until_trouble is not None:
                self._until_trouble -= count
                self._strike()

    def _strike(self) -> None:
        if self._until_trouble == 0:
            self._until_trouble = None
            self._trouble(self)
            self.printer.run()

    def _wait(self, deadline: float) -> bool:
        """Time passes until the next thing happens; False when nothing does."""
        if not self._later or self._later[0][0] > deadline:
            self.clock.now = max(self.clock.now, deadline)
            return False
        at, trouble = self._later.pop(0)
        self.clock.now = max(self.clock.now, at)
        trouble(self)
        self._deliver()
        return True


def broken(error: type[DeviceError] = Unplugged) -> Trouble:
    """The line breaks; the printer keeps what it has."""

    def strike(wire: Wire) -> None:
        wire.gone = error

    return strike


def power_cycled(wire: Wire) -> None:
    """The line breaks, and the printer forgets."""
    wire.printer.lose_power()
    wire.gone = Unplugged


def silent(wire: Wire) -> None:
    """The printer takes nothing more and says nothing more."""
    wire.stalled = True


def off_and_on(seconds: float, *, held_back: bool) -> Trouble:
    """Switched off, and back after a while, on a line that stays: what is sent meanwhile is held back by flow
    control, or lost.
    """

    def back(wire: Wire) -> None:
        wire.stalled = wire.deaf = False

    def strike(wire: Wire) -> None:
        wire.printer.lose_power()
        wire.stalled, wire.deaf = held_back, not held_back
        wire.later(seconds, back)

    return strike


def faulty(**changes: object) -> Trouble:
    """One of `faults.Faults`."""

    def strike(wire: Wire) -> None:
        wire.printer.fault(changes)

    return strike
