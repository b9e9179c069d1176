import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from drivers.base import Cause, DeviceError, TimedOut, Unplugged
from drivers.scanners import frames
from drivers.scanners.frames import FolderFrames, LiveFrames, PiCamera, V4l2Camera, source
from drivers.simulated.camera import VirtualCamera, VirtualLens

SIZE = (640, 480)


def wait_until(true: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert true()


def watch(live: LiveFrames, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        live.latest(0.1)


def test_only_wanted_frames_are_unpacked_and_the_newest_is_given():
    lens = VirtualLens()
    live = LiveFrames(lens)
    live.open()
    wait_until(lambda: lens.grabbed > 5)
    assert lens.unpacked == 0
    before = lens.grabbed
    frame = live.latest(5.0)
    assert frame is not None
    assert frame.getpixel((0, 0))[0] >= before % 256  # type: ignore[index]
    assert lens.unpacked == 1
    live.close()
    assert not lens.is_open


def test_a_frame_is_given_once():
    live = LiveFrames(VirtualLens())
    live.open()
    first, second = live.latest(5.0), live.latest(5.0)
    assert first is not None
    assert second is not None
    assert first.tobytes() != second.tobytes()
    live.close()


def test_a_pulled_plug_is_noticed_and_its_thread_ends():
    threads = threading.active_count()
    lens = VirtualLens()
    live = LiveFrames(lens)
    live.open()
    lens.unplug()
    with pytest.raises(Unplugged, match="lens"):
        watch(live, 10)
    live.close()
    live.close()
    assert threading.active_count() == threads
    assert not lens.is_open
    with pytest.raises(Unplugged):
        live.open()


def test_a_camera_that_hangs_is_not_opened_again_before_its_driver_comes_back(
    monkeypatch: pytest.MonkeyPatch,
):
    class Hanging(VirtualLens):
        def __init__(self) -> None:
            super().__init__()
            self.comes_back, self.opened = threading.Event(), 0

        def open(self) -> None:
            super().open()
            self.opened += 1

        def grab(self) -> None:
            self.comes_back.wait()
            super().grab()

    monkeypatch.setattr(frames, "FIRST_S", 0.05)
    lens = Hanging()
    live = LiveFrames(lens)
    with pytest.raises(TimedOut, match="no pictures"):
        live.open()
    live.close()
    with pytest.raises(TimedOut, match="hangs"):
        live.open()
    assert (lens.opened, lens.is_open) == (1, True)
    lens.comes_back.set()
    wait_until(lambda: not lens.is_open)
    monkeypatch.undo()
    live.open()
    assert live.latest(5.0) is not None
    live.close()


def test_a_camera_that_opens_by_half_is_closed():
    class Half(VirtualLens):
        def open(self) -> None:
            super().open()
            raise Unplugged("it does not start")

    lens = Half()
    with pytest.raises(Unplugged, match="does not start"):
        LiveFrames(lens).open()
    assert not lens.is_open


def test_what_a_library_throws_becomes_a_device_error():
    class Broken(VirtualLens):
        def picture(self) -> Image.Image:
            raise RuntimeError("native trouble")

    live = LiveFrames(Broken())
    live.open()
    with pytest.raises(DeviceError, match="RuntimeError: native trouble"):
        watch(live, 10)
    live.close()


def test_a_camera_that_opens_and_gives_no_picture_is_not_open(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "FIRST_S", 0.05)
    live = LiveFrames(VirtualLens(pause_s=0.5))
    with pytest.raises(TimedOut, match="no pictures"):
        live.open()
    live.close()


def test_a_camera_that_opens_and_is_gone_at_its_first_picture_is_not_open():
    class Short(VirtualLens):
        def grab(self) -> None:
            raise Unplugged("the lens is gone")

    live = LiveFrames(Short())
    with pytest.raises(Unplugged, match="gone"):
        live.open()
    live.close()


def test_a_camera_that_says_nothing_is_stuck(monkeypatch: pytest.MonkeyPatch):
    class Tiring(VirtualLens):
        def grab(self) -> None:
            time.sleep(0.5 if self.grabbed else 0)
            super().grab()

    live = LiveFrames(Tiring())
    live.open()
    monkeypatch.setattr(frames, "SILENT_S", 0.05)
    with pytest.raises(TimedOut) as problem:
        watch(live, 10)
    assert problem.value.cause is Cause.TIMEOUT
    live.close()


def test_reading_before_opening_is_refused(tmp_path: Path):
    for closed in (LiveFrames(VirtualLens()), FolderFrames(tmp_path)):
        with pytest.raises(Unplugged):
            closed.latest(0.1)


def test_the_folder_shows_its_newest_picture(tmp_path: Path):
    camera = VirtualCamera(tmp_path / "camera").plug()
    folder = source(camera.device, SIZE)
    folder.open()
    desk = folder.latest(0.1)
    assert desk is not None
    assert folder.latest(0.1) is desk
    camera.show(Image.new("L", (50, 50), 0))
    shown = folder.latest(0.1)
    assert shown is not None
    assert shown.getpixel((640, 360)) == (0, 0, 0)


def test_a_half_written_picture_is_not_shown(tmp_path: Path):
    camera = VirtualCamera(tmp_path).plug()
    folder = FolderFrames(tmp_path)
    folder.open()
    desk = folder.latest(0.1)
    whole = (tmp_path / next(iter(tmp_path.glob("*.png"))).name).read_bytes()
    (tmp_path / "z.png").write_bytes(whole[:200])
    assert folder.latest(0.1) is desk
    camera.show(Image.new("L", (50, 50), 0))
    assert folder.latest(0.1) is not desk


def test_an_empty_folder_shows_nothing_and_a_missing_one_is_unplugged(tmp_path: Path):
    folder = FolderFrames(tmp_path)
    folder.open()
    assert folder.latest(0.01) is None
    tmp_path.rmdir()
    with pytest.raises(Unplugged):
        folder.latest(0.01)


def test_a_device_says_which_camera_is_meant(tmp_path: Path):
    assert isinstance(source(f"folder:{tmp_path}", SIZE), FolderFrames)
    for device, camera in (("/dev/video0", V4l2Camera), ("picamera2", PiCamera), ("picamera2:1", PiCamera)):
        live = source(device, SIZE)
        assert isinstance(live, LiveFrames)
        assert isinstance(live._camera, camera)


def test_a_camera_that_is_not_there_is_unplugged(tmp_path: Path):
    pytest.importorskip("cv2")
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Unplugged):
            source(str(path), SIZE).open()


def test_a_camera_that_opens_and_gives_no_pictures_is_not_said_to_be_unplugged(tmp_path: Path):
    pytest.importorskip("cv2")
    (tmp_path / "video1").touch()
    with pytest.raises(DeviceError, match="another program") as problem:
        source(str(tmp_path / "video1"), SIZE).open()
    assert problem.value.cause is Cause.ERROR


def test_a_camera_library_that_is_missing_is_said():
    with pytest.raises(DeviceError, match="picamera2 is not installed") as problem:
        source("picamera2", SIZE).open()
    assert problem.value.permanent
    assert problem.value.cause is Cause.SETUP
