"""Hears from udev that something was plugged in, so that a device comes back at once (netlink(7), udev(7)).

udev speaks after it has made its names (`/dev/serial/by-id/…`). Without udev nothing is heard, and devices
are tried again after their usual wait.
"""

import contextlib
import re
import select
import socket
import threading
from collections.abc import Callable

_NETLINK_KOBJECT_UEVENT = 15
_UDEV = 2
_OF_INTEREST = re.compile(rb"\0SUBSYSTEM=(tty|input|usbmisc|usb|video4linux|hidraw)\0")
_ADDED = b"\0ACTION=add\0"
LOOK_AROUND_S = 1.0


def listen(on_plug: Callable[[], None], stopping: threading.Event, turn: Callable[[], None]) -> None:
    """Call `on_plug` whenever a device that may be ours appeared; `turn` at least once a second or two."""
    line = _line()
    with line or contextlib.nullcontext():
        while not stopping.is_set():
            turn()
            if line is None:
                stopping.wait(LOOK_AROUND_S)
            elif select.select([line], [], [], LOOK_AROUND_S)[0] and _has_come(line):
                on_plug()


def _line() -> socket.socket | None:
    try:
        line = socket.socket(
            socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, _NETLINK_KOBJECT_UEVENT
        )
    except OSError:
        return None
    try:
        line.setblocking(False)
        line.bind((0, _UDEV))
    except OSError:
        line.close()
        return None
    return line


def _has_come(line: socket.socket) -> bool:
    try:
        message = line.recv(65_536)
    except BlockingIOError:
        return False
    except OSError:
        # More happened than fitted into the buffer: something may have come.
        return True
    return _ADDED in message and _OF_INTEREST.search(message) is not None
