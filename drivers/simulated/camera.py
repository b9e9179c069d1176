"""A virtual camera: a folder whose newest picture is what it sees. `plug`, `unplug`, `show`.

The device host reads it with `device = "folder:..."`.
"""

import io
import shutil
import threading
import time
from pathlib import Path

from PIL import Image, ImageOps

from drivers.base import Unplugged

# Pixels a module; less than three is what a camera cannot read.
_MODULE = 4


class VirtualCamera:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shown = 0
        self._lock = threading.Lock()

    @property
    def device(self) -> str:
        return f"folder:{self.folder}"

    def plug(self) -> "VirtualCamera":
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.show(None)

    def unplug(self) -> None:
        with self._lock:
            shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, payload: bytes) -> None:
        """Hold a code before it: PDF417 for a licence, QR for anything else."""
        self.show(_paper(_pdf417(payload) if payload.startswith(b"@") else _qr(payload)))

    def show(self, picture: Image.Image | None) -> "VirtualCamera":
        """Hold a picture before it, or nothing: an empty desk. Nothing happens while it is unplugged."""
        frame = _desk()
        if picture is not None:
            frame.paste(picture, ((frame.width - picture.width) // 2, (frame.height - picture.height) // 2))
        with self._lock:
            if self.folder.is_dir():
                self._put(frame)
        return self

    def _put(self, frame: Image.Image) -> None:
        self._shown += 1
        written = self.folder / f"{self._shown:08}.part"
        frame.save(written, format="png", compress_level=1)
        written.replace(written.with_suffix(".png"))
        for old in self.folder.glob("*.png"):
            if old.stem != written.stem:
                old.unlink(missing_ok=True)


def _desk() -> Image.Image:
    """A grey table top, brighter towards the window."""
    return Image.linear_gradient("L").point(lambda shade: 100 + shade * 5 // 16).resize((1280, 720))


def _paper(code: Image.Image) -> Image.Image:
    return ImageOps.expand(code, border=40, fill=250)


def _qr(payload: bytes) -> Image.Image:
    import segno

    drawn = io.BytesIO()
    segno.make(payload, micro=False).save(drawn, kind="png", scale=_MODULE)
    return Image.open(drawn).convert("L")


def _pdf417(payload: bytes) -> Image.Image:
    import zxingcpp

    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.PDF417)
    return Image.fromarray(code.to_image(scale=_MODULE - 1, add_quiet_zones=True)).convert("L")


class VirtualLens:
    """A live camera's buffer: frame n is a field of shade n, one every `pause_s`. `unplug` makes it fail."""

    def __init__(self, pause_s: float = 0.02) -> None:
        self.grabbed = self.unpacked = 0
        self.is_open = False
        self._pause_s, self._is_plugged = pause_s, True

    def unplug(self) -> None:
        self._is_plugged = False

    def open(self) -> None:
        if not self._is_plugged:
            raise Unplugged
        self.is_open = True

    def grab(self) -> None:
        time.sleep(self._pause_s)
        if not self._is_plugged:
            raise Unplugged("the lens is gone")
        self.grabbed += 1

    def picture(self) -> Image.Image:
        self.unpacked += 1
        return Image.new("RGB", (64, 48), (self.grabbed % 256, 0, 0))

    def close(self) -> None:
        self.is_open = False
