"""A camera as a scanner: hold a card, letter or telephone before it.

Frames are looked at a few times a second, and only when something moved. Nothing is stored: a frame lives
until the next one comes.
"""

import time

from PIL import Image, ImageChops

from drivers.base import Scan, Unplugged
from drivers.scanners.decoding import Decoded, NotAPicture, decode, glance, grey
from drivers.scanners.frames import FrameSource
from drivers.scanners.watching import Watch

__all__ = ["CameraScanner", "Decoded", "NotAPicture", "decode"]

_WAIT_S = 0.5
# Even when nothing moves: what was unreadable a second ago may be readable in another light. But an empty
# desk at night is looked at less and less.
_LOOK_AGAIN_S, _SELDOM_S = 1.0, 10.0
_MOVED = 6
_SMALL = (64, 36)


class CameraScanner:
    """Reads codes from frames, `fps` times a second at most."""

    def __init__(self, name: str, source: FrameSource, fps: float = 8.0) -> None:
        self.name = name
        self.picture: Image.Image | None = None
        self._source, self._pause_s = source, 1.0 / fps
        self._is_open = False
        self._watch: Watch[Decoded] = Watch()
        self._seen: Image.Image | None = None
        self._next_at = self._looked_at = self._rests_until = 0.0
        self._again_s = _LOOK_AGAIN_S

    def open(self) -> None:
        self._watch, self._seen = Watch(), None
        self._source.open()
        self._is_open = True

    def read(self) -> list[Scan]:
        if not self._is_open:
            raise Unplugged
        time.sleep(min(_WAIT_S, max(0.0, self._next_at - time.monotonic())))
        self._next_at = time.monotonic() + self._pause_s
        frame = self._source.latest(_WAIT_S)
        if frame is None:
            return []
        self.picture = frame
        return [Scan(code.data, code.symbology, self.name) for code in self._new(grey(frame))]

    def close(self) -> None:
        self._is_open, self.picture = False, None
        self._source.close()

    def _new(self, frame: Image.Image) -> list[Decoded]:
        at = time.monotonic()
        if at < self._rests_until and not self._watch.is_waiting:
            return []
        small = frame.resize(_SMALL, Image.Resampling.BOX)
        moved = self._seen is None or _differ(small, self._seen)
        if not (moved or self._watch.is_waiting or at - self._looked_at > self._again_s):
            self._watch.still(at)
            return []
        self._again_s = _LOOK_AGAIN_S if moved else min(_SELDOM_S, self._again_s * 2)
        self._seen, self._looked_at = small, at
        codes = glance(frame)
        # Half of a core, however slow it is: rest as long as the look took.
        seen_at = time.monotonic()
        self._rests_until = seen_at + (seen_at - at)
        return self._watch.see(codes, seen_at)


def _differ(one: Image.Image, other: Image.Image) -> bool:
    _, most = ImageChops.difference(one, other).getextrema()
    return bool(most > _MOVED)  # type: ignore[operator]
