"""The camera, on the kernel's own V4L2 and its virtual video driver (`vivid`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base import DeviceError, Unplugged
from drivers.scanners.frames import FrameSource, source
from tests.hardware.gadgets import wait_for
from tests.hardware.guest import modprobe

CAMERA = Path("/dev/v4l/by-path/platform-vivid.0-video-index0")
DRIVER = Path("/sys/bus/platform/drivers/vivid")
# In software emulation everything takes ten times as long.
FIRST_FRAME_S = 20.0


@pytest.fixture(scope="module", autouse=True)
def vivid() -> None:
    pytest.importorskip("cv2")
    modprobe("vivid", "n_devs=1", "node_types=0x1")
    wait_for(CAMERA.exists)


@pytest.fixture
def frames() -> Iterator[FrameSource]:
    opened = source(str(CAMERA), (1280, 720))
    opened.open()
    yield opened
    opened.close()


def test_a_frame_has_the_size_that_was_asked_for(frames: FrameSource):
    frame = frames.latest(FIRST_FRAME_S)
    assert frame is not None
    assert (frame.size, frame.mode) == ((1280, 720), "RGB")


def test_the_newest_frame_is_given(frames: FrameSource):
    seen = [frames.latest(FIRST_FRAME_S) for _ in range(3)]
    assert len({frame.tobytes() for frame in seen if frame}) == 3


def test_a_pulled_plug_is_noticed_and_the_camera_comes_back(frames: FrameSource):
    assert frames.latest(FIRST_FRAME_S)
    (DRIVER / "unbind").write_text("vivid.0")
    try:
        with pytest.raises(Unplugged):
            frames.latest(FIRST_FRAME_S)
        frames.close()
        with pytest.raises(Unplugged):
            frames.open()
    finally:
        (DRIVER / "bind").write_text("vivid.0")
    # The link may still be the old one for a moment.
    wait_for(lambda: opens(frames))
    assert frames.latest(FIRST_FRAME_S)


def opens(frames: FrameSource) -> bool:
    try:
        frames.open()
    except DeviceError:
        frames.close()
        return False
    return True
