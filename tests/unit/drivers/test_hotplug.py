"""What udev says, over a pair of sockets instead of netlink."""

import socket
import threading

import pytest

from drivers import hotplug

ADDED = b"libudev\0....\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=tty\0SEQNUM=17\0"


def listen(monkeypatch: pytest.MonkeyPatch, *messages: bytes, udev: bool = True) -> int:
    """How often a device was said to have come."""
    theirs = None
    if udev:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        ours.setblocking(False)
        monkeypatch.setattr(hotplug, "_line", lambda: ours)
        for message in messages:
            theirs.send(message)
    else:
        monkeypatch.setattr(hotplug, "_line", lambda: None)
    monkeypatch.setattr(hotplug, "LOOK_AROUND_S", 0.01)
    stopping, came, turns = threading.Event(), [], []

    def turn() -> None:
        turns.append(1)
        if len(turns) > len(messages) + 2:
            stopping.set()

    hotplug.listen(lambda: came.append(1), stopping, turn)
    if theirs is not None:
        theirs.close()
    return len(came)


def test_a_device_that_comes_is_heard_and_nothing_else(monkeypatch: pytest.MonkeyPatch):
    removed = ADDED.replace(b"add", b"remove")
    network = ADDED.replace(b"tty", b"net")
    assert listen(monkeypatch, ADDED, removed, network, b"", ADDED) == 2


def test_without_udev_time_passes(monkeypatch: pytest.MonkeyPatch):
    assert listen(monkeypatch, udev=False) == 0


def test_the_real_line_opens_or_does_not(monkeypatch: pytest.MonkeyPatch):
    line = hotplug._line()
    if line is not None:
        line.close()

    def refused(*_: object) -> socket.socket:
        raise OSError("no netlink here")

    monkeypatch.setattr(hotplug.socket, "socket", refused)
    assert hotplug._line() is None
