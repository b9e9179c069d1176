"""Tells systemd that the host is up and that every loop of it still turns (sd_notify(3), `WatchdogSec=`).

The watchdog is fed from here only, and only while no loop is overdue: a process that lives with one stuck
thread is restarted.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0


class Pulse:
    """One loop's word that it will be back."""

    def __init__(self) -> None:
        self._due = time.monotonic() + LOOK_EVERY_S

    def beat(self, within_s: float) -> None:
        """Alive now; to be believed for so long."""
        self._due = time.monotonic() + within_s

    @property
    def is_overdue(self) -> bool:
        return time.monotonic() > self._due


class Heartbeat:
    """`run` in a thread of its own until `stopping`."""

    def __init__(
        self,
        pulses: Mapping[str, Pulse],
        environ: Mapping[str, str] = os.environ,
        status: Callable[[], str] = lambda: "Every loop turns",
    ) -> None:
        self._pulses = pulses
        self._status = status
        self._address = environ.get("NOTIFY_SOCKET", "")
        limit_us = int(environ.get("WATCHDOG_USEC") or 0)
        self._every_s = min(LOOK_EVERY_S, limit_us / 3_000_000) if limit_us else LOOK_EVERY_S
        self._stuck: list[str] = []

    def run(self, stopping: threading.Event) -> None:
        self.say("READY=1")
        while not stopping.wait(self._every_s):
            self.look()
        self.say("STOPPING=1")

    def look(self) -> None:
        """Feed the watchdog, or say once which loop is stuck."""
        stuck = [name for name, pulse in self._pulses.items() if pulse.is_overdue]
        if stuck and stuck != self._stuck:
            log.error("Stuck: %s", ", ".join(stuck))
        self._stuck = stuck
        self.say(f"STATUS=Stuck: {', '.join(stuck)}" if stuck else f"WATCHDOG=1\nSTATUS={self._status()}")

    def say(self, words: str) -> None:
        """To systemd, when it started us; whatever goes wrong with that stops nothing."""
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(address)
            line.send(words.encode())
