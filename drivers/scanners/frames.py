"""Where a camera's frames come from: V4L2, a Raspberry Pi's camera, or a folder of pictures.

A source gives the newest frame only. Older ones are dropped unseen, so memory stays flat and nobody waits for
a picture of the past. Nothing is written anywhere.
"""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from drivers.base import Cause, DeviceError, TimedOut, Unplugged, not_opened

FOLDER = "folder:"
PICAMERA = "picamera2"
# A camera that gives no picture for so long is stuck.
SILENT_S = 3.0
# It may have to find its exposure and its focus before the first.
FIRST_S = 10.0
_PICTURES = (".png", ".jpg", ".jpeg")


class FrameSource(Protocol):
    """A camera, as the scanner sees it."""

    def open(self) -> None: ...

    def latest(self, within_s: float) -> Image.Image | None:
        """The newest frame that was not given yet; None when there is none in time. Raises DeviceError."""

    def close(self) -> None: ...


class Camera(Protocol):
    """A camera's own buffer. One thread calls it; `grab` waits for the next frame."""

    def open(self) -> None: ...

    def grab(self) -> None: ...

    def picture(self) -> Image.Image: ...

    def close(self) -> None: ...


class LiveFrames:
    """A thread keeps the camera's buffer empty and unpacks only the frames that somebody waits for. `open`
    comes back with the first one.
    """

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._grabbing: _Grabbing | None = None
        self._last: _Grabbing | None = None

    def open(self) -> None:
        if self._last is not None and self._last.is_alive:
            # It would close under our hands, in native code, what we are about to open.
            raise TimedOut("the camera hangs: its driver does not come back")
        try:
            self._camera.open()
        except Exception:
            # What was opened by half would be in the way of the next attempt.
            with contextlib.suppress(Exception):
                self._camera.close()
            raise
        self._grabbing = self._last = _Grabbing(self._camera)
        self._grabbing.begin()

    def latest(self, within_s: float) -> Image.Image | None:
        if self._grabbing is None:
            raise Unplugged
        return self._grabbing.next(within_s)

    def close(self) -> None:
        if self._grabbing is not None:
            self._grabbing.stop()
        self._grabbing = None


class _Grabbing:
    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._wanted = self._stopping = self._begun = False
        self._frame: Image.Image | None = None
        self._problem: DeviceError | None = None
        self._grabbed_at = time.monotonic()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="camera frames", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Come back with the first frame: a camera that opens and gives none does not work."""
        with self._changed:
            self._changed.wait_for(lambda: self._begun or self._problem, FIRST_S)
            if self._problem is not None:
                raise self._problem
            if not self._begun:
                raise TimedOut("the camera gives no pictures")

    def next(self, within_s: float) -> Image.Image | None:
        with self._changed:
            self._ask()
            self._changed.wait_for(lambda: self._frame or self._problem, within_s)
            frame, self._frame = self._frame, None
            if frame is not None:
                return frame
            if self._problem is not None:
                raise self._problem
            if time.monotonic() - self._grabbed_at > SILENT_S:
                raise TimedOut("the camera gives no pictures")
            return None

    def _ask(self) -> None:
        """What lies there since somebody gave up waiting is of the past."""
        self._wanted, self._frame = True, None

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """The thread closes the camera: nobody else may, while it waits in the driver."""
        self._stopping = True
        self._thread.join(1.0)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._camera.grab()
                self._grabbed_at = time.monotonic()
                if not self._begun:
                    self._begin()
                if self._wanted:
                    frame = self._camera.picture()
                    with self._changed:
                        self._frame, self._wanted = frame, False
                        self._changed.notify_all()
        except DeviceError as problem:
            self._fail(problem)
        except Exception as problem:  # noqa: BLE001 - the native libraries raise what they like
            self._fail(DeviceError(f"{type(problem).__name__}: {problem}"))
        finally:
            with contextlib.suppress(Exception):
                self._camera.close()

    def _begin(self) -> None:
        with self._changed:
            self._begun = True
            self._changed.notify_all()

    def _fail(self, problem: DeviceError) -> None:
        with self._changed:
            self._problem = problem
            self._changed.notify_all()


class V4l2Camera:
    """A USB camera through OpenCV. Point `path` at `/dev/v4l/by-id/...`: `/dev/video0` may be another one."""

    def __init__(self, path: str, size: tuple[int, int]) -> None:
        self._path, self._size = path, size
        self._capture: Any = None

    def open(self) -> None:
        if not Path(self._path).exists():
            raise Unplugged(f"{self._path}: there is no such camera")
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as problem:
            raise not_opened(self._path, problem) from problem
        cv2 = _opencv()
        capture = cv2.VideoCapture(self._path, cv2.CAP_V4L2)
        if not capture.isOpened():
            raise DeviceError(f"{self._path}: gives no pictures; is another program using the camera?")
        # Uncompressed pictures of this size do not fit through USB 2 at a useful rate.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture

    def grab(self) -> None:
        if not self._capture.grab():
            raise Unplugged(f"{self._path}: the camera is gone")

    def picture(self) -> Image.Image:
        whole, frame = self._capture.retrieve()
        if not whole:
            raise Unplugged(f"{self._path}: the camera is gone")
        return Image.fromarray(_opencv().cvtColor(frame, _opencv().COLOR_BGR2RGB))

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self._capture = None


class PiCamera:
    """A camera at a Raspberry Pi's own connector, through picamera2 (a package of Raspberry Pi OS)."""

    def __init__(self, number: int, size: tuple[int, int]) -> None:
        self._number, self._size = number, size
        self._camera: Any = None
        self._request: Any = None

    def open(self) -> None:
        try:
            from picamera2 import Picamera2
        except ImportError as problem:
            said = "picamera2 is not installed: sudo apt-get install python3-picamera2"
            raise DeviceError(said, cause=Cause.SETUP, permanent=True) from problem
        try:
            self._camera = Picamera2(self._number)
            # libcamera names the channels from the other end: this is red first in memory.
            main = {"size": self._size, "format": "BGR888"}
            self._camera.configure(self._camera.create_video_configuration(main=main))
            self._camera.start()
        except (RuntimeError, IndexError) as problem:
            raise Unplugged(f"camera {self._number}: {problem}") from problem

    def grab(self) -> None:
        self._release()
        self._request = self._camera.capture_request()

    def picture(self) -> Image.Image:
        return Image.fromarray(self._request.make_array("main"))

    def close(self) -> None:
        self._release()
        if self._camera is not None:
            self._camera.close()
        self._camera = None

    def _release(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.release()


class FolderFrames:
    """The newest picture in a folder is what the camera sees; a folder that is gone is a camera unplugged.

    For cameras that another program reads, and for the simulated one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shown: tuple[str, int] | None = None
        self._picture: Image.Image | None = None
        self._is_open = False

    def open(self) -> None:
        if not self._folder.is_dir():
            raise Unplugged(f"{self._folder}: there is no such folder")
        self._is_open = True

    def latest(self, within_s: float) -> Image.Image | None:
        if not self._is_open:
            raise Unplugged
        newest = self._newest()
        if newest is None:
            time.sleep(within_s)
            return None
        self._look(newest)
        return self._picture

    def close(self) -> None:
        self._is_open = False
        self._shown = self._picture = None

    def _newest(self) -> tuple[str, int] | None:
        try:
            entries = [entry for entry in os.scandir(self._folder) if entry.name.lower().endswith(_PICTURES)]
        except OSError as problem:
            raise Unplugged(f"{self._folder}: {problem.strerror}") from problem
        dated = []
        for entry in entries:
            # One that was replaced a moment ago is not there any more.
            with contextlib.suppress(FileNotFoundError):
                dated.append((entry.path, entry.stat().st_mtime_ns))
        return max(dated, key=lambda picture: (picture[1], picture[0]), default=None)

    def _look(self, newest: tuple[str, int]) -> None:
        if newest == self._shown:
            return
        # A picture that is still being written is read when it is whole.
        with contextlib.suppress(OSError, ValueError, SyntaxError), Image.open(newest[0]) as picture:
            self._picture = picture.convert("RGB")
            self._shown = newest


def source(device: str, size: tuple[int, int]) -> FrameSource:
    """What a `device` of the configuration means."""
    if device.startswith(FOLDER):
        return FolderFrames(Path(device.removeprefix(FOLDER)))
    name, _, number = device.partition(":")
    if name == PICAMERA:
        return LiveFrames(PiCamera(int(number or 0), size))
    return LiveFrames(V4l2Camera(device, size))


def _opencv() -> Any:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(int(SILENT_S)))
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    try:
        import cv2
    except ImportError as problem:
        said = "OpenCV is not installed: pip install 'clinic-kiosk[camera]'"
        raise DeviceError(said, cause=Cause.SETUP, permanent=True) from problem
    cv2.setNumThreads(1)
    return cv2
