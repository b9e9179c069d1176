"""The bench against a real simulated printer and scanner, whose lines a test holds instead of the drivers."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import serial
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from drivers.scanners.decoding import decode
from drivers.simulated.bench import Bench
from drivers.simulated.camera import VirtualCamera
from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner
from kiosk.app import create_app
from kiosk.bench.faults import POSITIONS, SWITCHES
from kiosk.bench.pages import typed_payload
from kiosk.clinic import Clinic
from kiosk.database.migrations import migrate
from tests import cast
from tests.cast import NINE
from tests.integration.appointments.conftest import add
from tests.servers import free_port

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
A_TICKET = b"\x1b@Number B042\n\n\n\x1dV\x41\x00"


@dataclass
class Table:
    """The bench's page and the devices behind it."""

    app: Flask
    client: FlaskClient
    devices: Bench
    line: serial.Serial

    def look(self) -> str:
        answer = self.client.get("/bench")
        assert answer.status_code == 200
        return answer.text

    def send(self, path: str, **form: str) -> TestResponse:
        found = TOKEN.search(self.look())
        assert found
        return self.client.post(f"/bench/{path}", data={"csrf_token": found[1], **form})

    def standing(self) -> dict[str, str]:
        """Each switch's position, as the page shows it."""
        pressed = re.findall(r'value="([\w-]+)" aria-pressed="true"', self.look())
        return {switch.name: one.id for switch in SWITCHES for one in switch.positions if one.id in pressed}


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    """A demo's app with real simulated devices."""
    printer = VirtualPrinter().start()
    scanner = VirtualScanner(tmp_path / "scanner").plug()
    camera = VirtualCamera(tmp_path / "camera").plug()
    devices = Bench(printer, scanner, camera).start()
    config = cast.config(tmp_path, demo={"bench": f"http://127.0.0.1:{devices.port}"})
    migrate(config)
    app = create_app(config, now=lambda: NINE)
    here: Clinic = app.extensions["clinic"]
    with here.database.begin(at=NINE) as tx:
        add(tx)
    with serial.Serial(str(scanner.path), timeout=2) as line:
        yield Table(app, app.test_client(), devices, line)
    devices.stop()
    scanner.unplug()
    printer.stop()
    here.database.close()


def test_a_sample_card_is_read_by_whoever_listens_to_the_scanner(table: Table) -> None:
    sample = re.search(r'value="(card-\w+)"', table.look())
    assert sample
    assert table.send("scan", sample=sample[1]).status_code == 303
    read = table.line.read_until(b"ZVZVADEMO\r")
    assert read.startswith(b"@\n\x1e\rANSI 636000")
    assert b"DCSVEGA\n" in read


def test_typed_escapes_become_control_characters(table: Table) -> None:
    assert table.send("scan", payload=r"@\n\x1e\rANSI\\").status_code == 303
    assert table.line.read(9) == b"@\n\x1e\rANSI\\"
    assert typed_payload("é\r\n\\x0") == b"\xe9\n\\x0"


def test_what_is_scanned_may_be_held_before_the_camera(table: Table) -> None:
    assert "Hold under the scanner" in table.look()
    table.send("fault", position="held-camera")
    assert "Hold before the camera" in table.look()
    assert table.send("scan", payload="B042").status_code == 303
    (seen,) = table.devices.camera.folder.glob("*.png")
    with Image.open(seen) as picture:
        assert [code.data for code in decode(picture)] == [b"B042"]
    assert table.line.in_waiting == 0


@pytest.mark.parametrize("form", [{"payload": ""}, {"sample": "nobody"}, {"payload": "x" * 5000}, {}])
def test_a_scan_of_nothing_or_of_too_much_is_refused(table: Table, form: dict[str, str]) -> None:
    answer = table.send("scan", **form)
    assert answer.status_code == 422
    assert "Nothing was scanned" in answer.text


@pytest.mark.parametrize("position", sorted(POSITIONS))
def test_every_switch_stands_where_it_was_put_and_repair_puts_all_back(table: Table, position: str) -> None:
    good = {switch.name: switch.positions[0].id for switch in SWITCHES}
    assert table.standing() == good
    assert table.send("fault", position=position).status_code == 303
    assert position in table.standing().values()
    assert sum(table.standing()[name] != good[name] for name in good) <= 1
    assert table.send("fault", position="repair").status_code == 303
    assert table.standing() == good


def test_an_unknown_fault_is_refused(table: Table) -> None:
    assert table.send("fault", position="explode").status_code == 422


def test_the_paper_that_came_out_is_shown(table: Table) -> None:
    assert "Nothing yet" in table.look()
    before = table.client.get("/bench").headers["ETag"]
    with socket.create_connection(("127.0.0.1", table.devices.printer.port)) as line:
        line.sendall(A_TICKET)
        table.devices.printer.wait_for_sheets(1)
    page = table.look()
    assert 'src="/bench/papers/1.png"' in page
    picture = table.client.get("/bench/papers/1.png")
    assert (picture.status_code, picture.data[:4]) == (200, b"\x89PNG")
    assert table.client.get("/bench/papers/2.png").status_code == 404
    after = table.client.get("/bench").headers["ETag"]
    assert before != after
    assert table.client.get("/bench", headers={"If-None-Match": after}).status_code == 304


def test_devices_that_are_away_are_said_and_the_page_still_works(tmp_path: Path) -> None:
    config = cast.config(tmp_path, demo={"bench": f"http://127.0.0.1:{free_port()}"})
    migrate(config)
    app = create_app(config, now=lambda: NINE)
    answer = app.test_client().get("/bench")
    assert (answer.status_code, "do not answer" in answer.text) == (200, True)
    app.extensions["clinic"].database.close()


def test_the_bench_is_for_this_machine_only(table: Table) -> None:
    stranger = {"REMOTE_ADDR": "192.0.2.7"}
    assert table.client.get("/bench", environ_overrides=stranger).status_code == 403
    assert table.client.get("/bench/papers/1.png", environ_overrides=stranger).status_code == 403


def test_there_is_no_bench_without_a_demo(tmp_path: Path) -> None:
    config = cast.config(tmp_path)
    migrate(config)
    app = create_app(config, now=lambda: NINE)
    assert app.test_client().get("/bench").status_code == 404
    app.extensions["clinic"].database.close()
