import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import devices
from drivers.config import CameraScannerConfig, ConfigError, parse
from drivers.scanners import camera as module
from drivers.scanners.camera import CameraScanner
from drivers.simulated.camera import VirtualCamera
from tests.unit.drivers.camera_pictures import LICENCE, qr


@pytest.fixture
def virtual(tmp_path: Path) -> VirtualCamera:
    return VirtualCamera(tmp_path / "camera").plug()


@pytest.fixture
def scanner(virtual: VirtualCamera) -> Iterator[CameraScanner]:
    made = devices.scanner(CameraScannerConfig("camera", "camera", virtual.device, fps=30))
    assert isinstance(made, CameraScanner)
    made.open()
    yield made
    made.close()


def scanned(scanner: CameraScanner, within_s: float = 30.0) -> list[bytes]:
    """What is scanned next; at least one."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if scans := scanner.read():
            return [scan.data for scan in scans]
    raise AssertionError("nothing was scanned")


def test_a_licence_that_is_held_before_it_is_one_scan(scanner: CameraScanner, virtual: VirtualCamera):
    virtual.write(LICENCE)
    assert scanned(scanner) == [LICENCE]
    assert [scan for _ in range(10) for scan in scanner.read()] == []


def test_another_code_is_another_scan(scanner: CameraScanner, virtual: VirtualCamera):
    virtual.write(b"B042")
    assert scanned(scanner) == [b"B042"]
    virtual.write(b"B043")
    assert scanned(scanner) == [b"B043"]


def test_frames_in_which_nothing_moves_are_not_decoded(
    scanner: CameraScanner, virtual: VirtualCamera, monkeypatch: pytest.MonkeyPatch
):
    looks: list[object] = []
    look = module.glance
    monkeypatch.setattr(module, "glance", lambda frame: looks.append(frame) or look(frame))
    monkeypatch.setattr(module, "_LOOK_AGAIN_S", 60)
    virtual.write(b"B042")
    scanned(scanner)
    assert len(looks) == 2
    for _ in range(5):
        scanner.read()
    assert len(looks) == 2
    virtual.show(qr("B043"))
    assert scanned(scanner) == [b"B043"]
    assert len(looks) == 4


def test_a_desk_on_which_nothing_moves_is_looked_at_less_and_less(
    scanner: CameraScanner, monkeypatch: pytest.MonkeyPatch
):
    looks: list[object] = []
    monkeypatch.setattr(module, "glance", lambda frame: looks.append(frame) or [])
    monkeypatch.setattr(module, "_LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr(module, "_SELDOM_S", 3600.0)
    for _ in range(40):
        scanner.read()
    assert 2 <= len(looks) < 20


def test_no_picture_is_kept_when_it_closes(scanner: CameraScanner):
    scanner.read()
    assert scanner.picture is not None
    scanner.close()
    assert scanner.picture is None


def configured(**changes: object) -> CameraScannerConfig:
    entry = {"name": "camera", "kind": "camera", "device": "/dev/video0"} | changes
    made = parse({"server": "http://127.0.0.1:1", "scanners": [entry]}, {}).scanners[0]
    assert isinstance(made, CameraScannerConfig)
    return made


@pytest.mark.parametrize("device", ["/dev/v4l/by-id/x", "picamera2", "picamera2:1", "folder:/srv/pictures"])
def test_a_camera_is_configured_by_its_device(device: str):
    assert configured(device=device) == CameraScannerConfig("camera", "camera", device)


@pytest.mark.parametrize(
    "changes",
    [{"device": "video0"}, {"device": "picamera2:x"}, {"device": "folder:"}, {"fps": 0}, {"width": 8}],
)
def test_what_is_not_understood_is_refused_by_name(changes: dict[str, object]):
    with pytest.raises(ConfigError, match=r"drivers\.scanners\[1\]\." + next(iter(changes))):
        configured(**changes)


@pytest.mark.parametrize("port", [-1, 70000, "8765", True])
def test_a_port_for_the_preview_is_a_port(port: object):
    with pytest.raises(ConfigError, match=r"drivers\.preview_port"):
        parse({"server": "http://127.0.0.1:1", "preview_port": port}, {})
