import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from PIL import Image

from drivers.scanners.serial_port import SerialScanner
from drivers.simulated.printer import VirtualPrinter


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.simulated", "--dir", str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()


def call(rig: dict[str, Any], method: str, path: str, body: object = None) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager() as http:
        return http.request(method, rig["control"] + path, json=body, retries=False)


def test_the_bench_scans_breaks_mends_and_shows_papers(rig: dict[str, Any]):
    scanner = SerialScanner("counter", rig["scanner"]["port"])
    scanner.open()
    assert call(rig, "POST", "/scan", {"data": base64.b64encode(b"B042").decode()}).status == 200
    found = []
    while not found:
        found = scanner.read()
    assert found[0].data == b"B042"
    scanner.close()
    with socket.create_connection((rig["printer"]["host"], rig["printer"]["port"])) as line:
        line.sendall(b"\x1b@hello\n\x1dV\x00\x1dr\x01")
        assert line.recv(1) == b"\x00"
        assert call(rig, "POST", "/fault", {"paper": "low"}).json()["faults"]["paper"] == "low"
        line.sendall(b"\x10\x04\x04")
        assert line.recv(1) == b"\x1e"
    assert call(rig, "GET", "/state").json()["papers"] == 1
    (paper,) = call(rig, "GET", "/papers").json()
    answer = call(rig, "GET", f"/papers/{paper['id']}.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.data)).width == 576


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/fault", {"paper": "wet"}, 400),
        ("POST", "/fault", {"colour": "red"}, 400),
        ("POST", "/fault", {"slow_bps": 0}, 400),
        ("POST", "/fault", {"scanner": "lost"}, 400),
        ("POST", "/fault", [1], 400),
        ("POST", "/scan", {"data": "?"}, 400),
        ("POST", "/papers", {}, 404),
        ("GET", "/papers/99.png", None, 404),
        ("GET", "/", None, 404),
    ],
)
def test_the_bench_says_what_it_does_not_have(
    rig: dict[str, Any], method: str, path: str, body: object, status: int
):
    answer = call(rig, method, path, body)
    assert answer.status == status
    assert answer.json()["error"]


def test_unplugging_the_scanner_takes_its_name_away(rig: dict[str, Any]):
    path = Path(rig["scanner"]["port"])
    assert path.exists()
    call(rig, "POST", "/fault", {"scanner": "unplugged"})
    assert not path.is_symlink()
    assert call(rig, "POST", "/fault", {"scanner": "plugged"}).json()["scanner"] == "plugged"
    assert path.exists()


def test_the_printer_answers_while_it_cannot_print_and_in_the_middle_of_a_picture(
    virtual_printer: VirtualPrinter,
):
    virtual_printer.fault(paper="out")
    with socket.create_connection(("127.0.0.1", virtual_printer.port)) as line:
        line.settimeout(2)
        line.sendall(b"\x1dv0\x00\x08\x00\x08\x00" + b"\x10\x04\x01" + bytes(10))
        assert line.recv(1) == b"\x1a"


def test_what_it_does_not_know_is_recorded_and_skipped(virtual_printer: VirtualPrinter):
    with socket.create_connection(("127.0.0.1", virtual_printer.port)) as line:
        line.settimeout(2)
        line.sendall(b"\x1bz\x1d(Q\x02\x00ab\x01still here\n\x1dr\x01")
        assert line.recv(1) == b"\x00"
    assert virtual_printer.errors == ["ESC 0x7a", "GS ( 0x51", "control 0x01"]


def test_network_and_pty_work_at_the_same_time(virtual_printer: VirtualPrinter):
    assert virtual_printer.pty is not None
    far = os.open(virtual_printer.pty.path, os.O_RDWR | os.O_NOCTTY)
    with socket.create_connection(("127.0.0.1", virtual_printer.port)) as line:
        os.write(far, b"\x10\x04\x01")
        assert os.read(far, 1) == b"\x12"
        line.sendall(b"\x10\x04\x02")
        assert line.recv(1) == b"\x12"
    os.close(far)
