"""A scanner that types (keyboard class, as most leave the factory), through the kernel's evdev.

The device is grabbed, so that a scan types into nothing else. Only what is needed of evdev is here:
python-evdev must be compiled on the machine, and these are two calls and one struct (`linux/input.h`).
"""

import contextlib
import fcntl
import os
import select
import struct
import time
from typing import Protocol

from drivers.base import Scan, Unplugged, not_opened
from drivers.framing import Frame, Framer, Profile
from drivers.scanners.keystrokes import Garbled, Keystrokes
from drivers.scanners.layouts import Layout

EVENT = struct.Struct("@llHHi")
EVIOCGRAB = 0x40044590
# Which keys are down: one bit for each of the kernel's 768.
EVIOCGKEY, KEY_BYTES = 0x80604518, 96
EV_SYN, EV_KEY, EV_LED = 0x00, 0x01, 0x11
SYN_DROPPED = 3
RELEASED, PRESSED = 0, 1
LED_NUM_LOCK, LED_CAPS_LOCK = 0, 1
EVENTS_AT_ONCE = 256

Event = tuple[int, int, int]


class KeyLine(Protocol):
    """Where events come from: `(type, code, value)`."""

    def open(self) -> None: ...

    def read(self, within_s: float) -> list[Event]: ...

    def close(self) -> None: ...


class EventDevice:
    """One `/dev/input/event*`, for this process alone."""

    def __init__(self, port: str | os.PathLike[str]) -> None:
        self.port = port
        self._fd = -1
        self._missed: list[Event] = []

    def open(self) -> None:
        try:
            self._fd = os.open(self.port, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(self._fd, EVIOCGRAB, 1)
            held = fcntl.ioctl(self._fd, EVIOCGKEY, bytes(KEY_BYTES))
            # A key that is down already: a scan has begun without us, and what follows is only its end.
            self._missed = [(EV_SYN, SYN_DROPPED, 0)] if any(held) else []
            # The scanner looks at these lights and turns its letters round when Caps Lock is on.
            self._light(LED_CAPS_LOCK, on=False)
            self._light(LED_NUM_LOCK, on=True)
        except OSError as problem:
            raise not_opened(self.port, problem) from problem

    def read(self, within_s: float) -> list[Event]:
        if self._missed:
            missed, self._missed = self._missed, []
            return missed
        try:
            poll = select.poll()
            poll.register(self._fd, select.POLLIN)
            if not poll.poll(within_s * 1000):
                return []
            data = os.read(self._fd, EVENT.size * EVENTS_AT_ONCE)
        except BlockingIOError:
            return []
        except (OSError, ValueError) as problem:
            raise Unplugged(f"{self.port}: {problem}") from problem
        return [(kind, code, value) for _, _, kind, code, value in EVENT.iter_unpack(data)]

    def close(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
        self._fd, self._missed = -1, []

    def _light(self, led: int, *, on: bool) -> None:
        os.write(self._fd, EVENT.pack(0, 0, EV_LED, led, on) + EVENT.pack(0, 0, EV_SYN, 0, 0))


class KeyboardScanner:
    """Prefer the serial mode for licences: a scanner in keyboard mode takes seconds for one."""

    def __init__(self, name: str, line: KeyLine, layout: Layout, profile: Profile | None = None) -> None:
        self.name = name
        self._line = line
        self._keys = Keystrokes(layout)
        self._framer = Framer(profile)
        self._last = 0.0

    def open(self) -> None:
        self._keys.reset()
        self._framer = Framer(self._framer.profile)
        self._line.open()

    def read(self) -> list[Scan]:
        idle_s = self._framer.profile.idle_s
        began, wait_s = time.monotonic(), idle_s / 6
        if events := self._line.read(wait_s):
            at = time.monotonic()
            frames = [frame for event in events for frame in self._hear(event, at)]
        else:
            frames = self._silent(began + wait_s)
        return [Scan(frame.data, frame.symbology, self.name) for frame in frames]

    def close(self) -> None:
        self._line.close()

    def _silent(self, at: float) -> list[Frame]:
        if at - self._last >= self._framer.profile.idle_s:
            if self._keys.is_unfinished:
                self._framer.spoil(self._last)
            self._keys.reset()
        return self._framer.idle(at)

    def _hear(self, event: Event, at: float) -> list[Frame]:
        self._last = at
        typed = ""
        match event:
            case (kind, code, _) if (kind, code) == (EV_SYN, SYN_DROPPED):
                self._framer.spoil(at)
            case (kind, code, value) if kind == EV_KEY and value in (PRESSED, RELEASED):
                try:
                    typed = self._keys.press(code) if value == PRESSED else self._keys.release(code)
                except Garbled:
                    self._framer.spoil(at)
        return self._framer.feed(typed.encode(), at)
