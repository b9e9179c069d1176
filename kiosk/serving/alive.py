"""What systemd hears of the server (sd_notify(3)): ready when it answers, alive as long as it answers.

A process that exists proves nothing. `READY=1` and each `WATCHDOG=1` follow an answer to a real request that
read the records, and the publisher having gone round. An answer that says "the records are away" counts: a
restart would not bring them back. Without systemd nothing happens here.
"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from kiosk.live import Live

READY_EVERY_S = 0.1
ANSWER_S = 10
"""An answer that takes longer is none."""
MOST_ROUND_S = 60
"""A publisher that did not come round for so long hangs."""


@dataclass(frozen=True, slots=True)
class Systemd:
    """The unit that started us. `every_s` is a third of what it allows, 0 when it has no watchdog."""

    address: str
    every_s: float

    @classmethod
    def taken_from(cls, environment: MutableMapping[str, str]) -> Self | None:
        """Take the unit's address out of the environment: gunicorn would call itself ready too early."""
        address = environment.pop("NOTIFY_SOCKET", "")
        allowed = int(environment.pop("WATCHDOG_USEC", "0") or 0)
        return cls(address, allowed / 3_000_000) if address else None

    def tell(self, state: str) -> None:
        """Say one line of sd_notify(3)."""
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
            said.connect(address)
            said.sendall(state.encode())


def watch(systemd: Systemd, well: Callable[[], bool], stopped: threading.Event) -> None:
    """Report until stopped: ready at the first good moment, then alive at each."""
    ready = False
    while not stopped.is_set():
        if well():
            systemd.tell("WATCHDOG=1" if ready else "READY=1\nWATCHDOG=1")
            ready = True
        if ready and not systemd.every_s:
            return
        stopped.wait(systemd.every_s if ready else READY_EVERY_S)


def answers(host: str, port: int) -> bool:
    """Tell whether the server answers a request that reads the records, be it to say that they are away."""
    return health(host, port, within_s=ANSWER_S) in (200, 503)


def health(host: str, port: int, *, within_s: float) -> int | None:
    """The status with which the server that listens there says how it is; None when it does not answer."""
    connection = http.client.HTTPConnection(_local(host), port, timeout=within_s)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def goes_round(live: "Live") -> bool:
    """Tell whether the publisher came round lately: with an error, if need be, but it did."""
    return time.monotonic() - live.turned_at < MOST_ROUND_S


def _local(host: str) -> str:
    """Where this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
