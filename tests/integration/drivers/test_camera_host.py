import base64
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from drivers.config import parse
from drivers.host import Host
from drivers.mirror import sealed
from drivers.simulated.camera import VirtualCamera
from tests.integration.drivers.conftest import FakeServer
from tests.unit.drivers.camera_pictures import LICENCE


@pytest.fixture
def camera(tmp_path: Path) -> VirtualCamera:
    return VirtualCamera(tmp_path / "camera").plug()


@pytest.fixture
def host(server: FakeServer, camera: VirtualCamera, tmp_path: Path) -> Iterator[Host]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    table = {
        "server": f"http://127.0.0.1:{server.port}",
        "token_file": str(tmp_path / "host.token"),
        "preview_port": port,
        "scanners": [{"name": "camera", "kind": "camera", "device": camera.device, "fps": 30}],
    }
    host = Host(parse(table, {}), claim_every_s=0.05)
    host.start()
    server.wait_for(lambda: server.devices() == {"camera": ("ready", None)})
    yield host
    host.stop()


def test_a_licence_before_the_camera_arrives_byte_exact(
    host: Host, server: FakeServer, camera: VirtualCamera
):
    camera.write(LICENCE)
    (scan,) = server.wait_for(lambda: server.said("/api/station/scans"))
    assert base64.b64decode(scan["data"]) == LICENCE
    assert (scan["scanner"], scan["symbology"]) == ("camera", "]L2")


def test_an_unplugged_camera_is_told_and_comes_back(host: Host, server: FakeServer, camera: VirtualCamera):
    camera.unplug()
    server.wait_for(lambda: server.devices() == {"camera": ("down", "unplugged")})
    camera.plug()
    server.wait_for(lambda: server.devices() == {"camera": ("ready", None)})
    camera.write(b"B042")
    assert server.wait_for(lambda: server.said("/api/station/scans"))


def test_the_server_is_told_where_the_browser_finds_the_picture(host: Host, server: FakeServer):
    preview = server.said("/api/station/health")[-1]["preview"]
    assert preview["address"] == f"http://127.0.0.1:{host.mirror.port}"
    address = f"{preview['address']}/1.{sealed(preview['key'], 1)}/1.jpg"
    deadline = time.monotonic() + 8
    while (answer := urllib3.request("GET", address)).status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.data.startswith(b"\xff\xd8")


def test_no_preview_is_told_while_the_camera_is_unplugged(
    host: Host, server: FakeServer, camera: VirtualCamera
):
    camera.unplug()
    server.wait_for(lambda: server.devices() == {"camera": ("down", "unplugged")})
    assert "preview" not in server.said("/api/station/health")[-1]


def test_a_port_that_is_taken_costs_the_preview_and_nothing_else(
    server: FakeServer, camera: VirtualCamera, tmp_path: Path
):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        table = {
            "server": f"http://127.0.0.1:{server.port}",
            "token_file": str(tmp_path / "host.token"),
            "preview_port": taken.getsockname()[1],
            "scanners": [{"name": "camera", "kind": "camera", "device": camera.device, "fps": 30}],
        }
        host = Host(parse(table, {}), claim_every_s=0.05)
        host.start()
        server.wait_for(lambda: server.devices() == {"camera": ("ready", None)})
        assert host.mirror is None
        host.stop()
