"""A virtual camera: a folder whose newest picture is what it sees. `plug`, `unplug`, `show`.

The device host reads it with `device = "folder:..."`.
"""

import shutil
from pathlib import Path

from PIL import Image


class VirtualCamera:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shown = 0

    @property
    def device(self) -> str:
        return f"folder:{self.folder}"

    def plug(self) -> "VirtualCamera":
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.show(None)

    def unplug(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def show(self, picture: Image.Image | None) -> "VirtualCamera":
        """Hold a picture before it, or nothing: an empty desk."""
        frame = Image.new("L", (1280, 720), 140)
        if picture is not None:
            frame.paste(picture, ((frame.width - picture.width) // 2, (frame.height - picture.height) // 2))
        self._shown += 1
        written = self.folder / f"{self._shown:08}.part"
        frame.save(written, format="png", compress_level=1)
        written.replace(written.with_suffix(".png"))
        for old in self.folder.glob("*.png"):
            if old.stem != written.stem:
                old.unlink(missing_ok=True)
        return self
