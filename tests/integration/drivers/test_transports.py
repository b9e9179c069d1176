import errno
import os
import socket
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import Cause, DeviceError, Printed, TimedOut, Unplugged, Unreachable, not_opened
from drivers.printers import transports
from drivers.printers.network import Network
from drivers.printers.serial_line import SerialLine
from drivers.printers.usblp import UsbLp, ieee1284


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(far)
    yield near, os.ttyname(far)
    for fd in (near, far):
        os.close(fd)


def test_the_end_of_a_ticket_is_not_lost_when_the_printer_talks_unasked(listener: socket.socket):
    received = bytearray()

    def slow_printer() -> None:
        peer, _ = listener.accept()
        with peer:
            while data := peer.recv(8192):
                received.extend(data)
                peer.sendall(b"\x10\x00\x00\x00")

    thread = threading.Thread(target=slow_printer)
    thread.start()
    line = Network("127.0.0.1", listener.getsockname()[1])
    line.open()
    line.write(b"x" * 200_000, 5)
    line.close()
    thread.join()
    assert len(received) == 200_000


def test_a_printer_that_takes_nothing_more_is_timed_out_with_maybe(listener: socket.socket):
    line = Network("127.0.0.1", listener.getsockname()[1], drain_s=0.1)
    line.open()
    with pytest.raises(TimedOut) as problem:
        line.write(b"x" * 20_000_000, 0.3)
    assert problem.value.printed is Printed.MAYBE
    line.close()


def test_a_printer_that_chatters_and_takes_nothing_is_timed_out_all_the_same(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transports, "STALL_S", 0.1)
    stop = threading.Event()

    def chatter() -> None:
        peer, _ = listener.accept()
        with peer:
            while not stop.is_set():
                peer.sendall(b"\x10\x00\x00\x00" * 64)
                stop.wait(0.001)

    thread = threading.Thread(target=chatter)
    thread.start()
    line = Network("127.0.0.1", listener.getsockname()[1], drain_s=0.1)
    line.open()
    stalls: list[float] = []
    try:
        with pytest.raises(TimedOut):
            line.write(b"x" * 20_000_000, 4, stalls.append)
        assert stalls
        assert len(line.read(0)) <= 65_536
    finally:
        stop.set()
        thread.join()
        line.close()


def test_no_printer_at_the_address_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(Unreachable, match=str(port)):
        Network("127.0.0.1", port).open()


@pytest.mark.parametrize("line", [SerialLine("/dev/no-printer"), UsbLp("/dev/no-printer")])
def test_no_device_is_unplugged(line: SerialLine | UsbLp):
    with pytest.raises(Unplugged) as problem:
        line.open()
    assert problem.value.cause is Cause.UNPLUGGED


def test_two_programs_cannot_hold_one_serial_line(pty: tuple[int, str]):
    first, second = SerialLine(pty[1], flow="none"), SerialLine(pty[1], flow="none")
    first.open()
    with pytest.raises(DeviceError, match="another program has grabbed it") as problem:
        second.open()
    assert problem.value.cause is Cause.TAKEN
    first.close()


@pytest.mark.parametrize(
    ("number", "cause", "said"),
    [
        (errno.EACCES, Cause.DENIED, "not in the group"),
        (errno.EPERM, Cause.DENIED, "DeviceAllow"),
        (errno.EBUSY, Cause.TAKEN, "another program"),
        (errno.ENOENT, Cause.UNPLUGGED, "No such file"),
        (errno.ENODEV, Cause.UNPLUGGED, "No such device"),
    ],
)
def test_who_may_not_open_a_device_is_not_told_to_plug_it_in(number: int, cause: Cause, said: str):
    refused = not_opened("/dev/usb/lp0", OSError(number, os.strerror(number)))
    assert refused.cause is cause
    assert str(refused).startswith("/dev/usb/lp0: ")
    assert said in str(refused)
    assert not_opened("/dev/ttyS0", termios.error(number, "no")).cause is Cause.UNPLUGGED


def test_a_break_on_the_line_is_no_answer(pty: tuple[int, str]):
    line = SerialLine(pty[1])
    line.open()
    heard = termios.tcgetattr(pty[0])[0]
    assert heard & (termios.IGNBRK | termios.IGNPAR | termios.INPCK | termios.BRKINT | termios.PARMRK) == (
        termios.IGNBRK | termios.IGNPAR | termios.INPCK
    )
    line.close()


def test_a_speed_that_does_not_exist_is_a_permanent_error(pty: tuple[int, str]):
    with pytest.raises(DeviceError) as problem:
        SerialLine(pty[1], baud=-1).open()
    assert problem.value.permanent
    assert problem.value.cause is Cause.SETUP


@pytest.mark.parametrize("kind", [SerialLine, UsbLp])
def test_bytes_go_both_ways_and_a_held_up_line_does_not_hold_up_the_close(
    kind: type[SerialLine] | type[UsbLp], pty: tuple[int, str]
):
    line = kind(pty[1])
    line.open()
    line.write(b"\x00\x11\x13\xff\r\n", 1)
    assert os.read(pty[0], 100) == b"\x00\x11\x13\xff\r\n"
    os.write(pty[0], b"\x12\r")
    assert line.read(1) == b"\x12\r"
    assert line.read(0.05) == b""
    with pytest.raises(TimedOut):
        line.write(b"x" * 100_000, 0.2)
    line.close()
    assert Path(pty[1]).exists()


WIRES = {0x18: None, 0x38: Cause.PAPER_OUT, 0x00: None, 0x30: Cause.PAPER_OUT}
IDENTITY = b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;SERN:J5XF001;"


@pytest.mark.parametrize("wires", WIRES)
def test_the_usb_plug_tells_of_empty_paper_and_nothing_else_is_believed(
    wires: int, pty: tuple[int, str], monkeypatch: pytest.MonkeyPatch
):
    def ioctl(fd: int, request: int, answer: bytearray) -> int:
        assert (request, len(answer)) == (0x060B, 4)
        answer[:] = wires.to_bytes(4, sys.byteorder)
        return 0

    line = UsbLp(pty[1])
    line.open()
    monkeypatch.setattr("fcntl.ioctl", ioctl)
    assert line.cause() is WIRES[wires]
    monkeypatch.undo()
    line.close()


def test_a_usb_printer_says_who_it_is(pty: tuple[int, str], monkeypatch: pytest.MonkeyPatch):
    def ioctl(fd: int, request: int, answer: bytearray) -> int:
        # _IOC(_IOC_READ, 'P', 1, 1024)
        assert (request, len(answer)) == (0x84005001, 1024)
        answer[: len(IDENTITY) + 2] = (len(IDENTITY) + 2).to_bytes(2, "big") + IDENTITY
        return 0

    line = UsbLp(pty[1])
    line.open()
    assert line.identity() == {}
    monkeypatch.setattr("fcntl.ioctl", ioctl)
    assert line.identity() == {
        "MFG": "EPSON", "CMD": "ESC/POS", "MDL": "TM-T88V", "CLS": "PRINTER", "SN": "J5XF001",
    }  # fmt: skip
    monkeypatch.undo()
    line.close()


def test_a_line_that_is_no_usb_printer_knows_nothing_of_paper(pty: tuple[int, str]):
    line = UsbLp(pty[1])
    line.open()
    assert line.cause() is None
    line.close()
    assert line.cause() is None


@given(st.binary(max_size=80))
def test_any_device_id_can_be_read(data: bytes):
    assert all(isinstance(value, str) for value in ieee1284(data).values())
