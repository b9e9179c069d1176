"""The two libraries that read codes, behind one shape: a grey picture in, sightings out.

What each is trusted with was measured (`docs/camera.md`). zxing-cpp gives the encoded bytes of every kind.
zbar finds lines at any angle and is the second opinion on them, but its words are its own: it turns a QR
code's bytes into UTF-8 by guessing, drops FNC1 and FNC4 of Code 128, and finds codes in pictures that have
none when it may look for all kinds.

Native code: only the device host and `identify --image` come here.
"""

import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[int, int, int, int]

ZXING, ZBAR = "zxing", "zbar"

MATRIX = ("QRCode", "DataMatrix", "Aztec")
STACKED = ("PDF417",)
LINES = ("Code128", "EAN13", "Code39")

# ISO/IEC 15424, as a hardware scanner would say it.
_AIM_OF_ZBAR = {"CODE128": "]C0", "EAN13": "]E0", "CODE39": "]A0", "QRCODE": "]Q1"}
# Shorter lines are found in anything that has stripes.
_SHORTEST_LINE = 4


@dataclass(frozen=True, slots=True, repr=False)
class Sighting:
    """A code as one reader saw it, and where."""

    reader: str
    data: bytes
    symbology: str
    box: Box

    @property
    def is_line(self) -> bool:
        return self.symbology[1] in "CEA"

    @property
    def is_weak(self) -> bool:
        """Code 39 has no check character: stripes of any kind can look like it."""
        return self.symbology[1] == "A"

    def is_same(self, other: "Sighting") -> bool:
        """The same kind with the same text, as far as zbar can tell."""
        return self.symbology[1] == other.symbology[1] and self._folded() == other._folded()

    def _folded(self) -> bytes:
        """What zbar would make of it: seven bits, no FNC1 in front."""
        return bytes(byte & 0x7F for byte in self.data).lstrip(b"\x1d") if self.is_line else self.data

    def overlaps(self, other: "Sighting") -> bool:
        (left, top, right, bottom), (left_2, top_2, right_2, bottom_2) = self.box, other.box
        return left <= right_2 and left_2 <= right and top <= bottom_2 and top_2 <= bottom


def zxing(grey: "Image", kinds: Iterable[str] = (*MATRIX, *STACKED, *LINES)) -> list[Sighting]:
    """What zxing-cpp sees."""
    library = _zxing()
    formats = [library.BarcodeFormat[kind] for kind in kinds]
    found = library.read_barcodes(grey, formats=formats, text_mode=library.TextMode.Plain)
    return _worth(
        [Sighting(ZXING, bytes(code.bytes), code.symbology_identifier, _box(code)) for code in found]
    )


def zbar(grey: "Image") -> list[Sighting]:
    """What zbar sees; nothing where it is not installed, because it is the second opinion."""
    library = _zbar()
    if library is None:
        return []
    kinds = [library.ZBarSymbol[name] for name in _AIM_OF_ZBAR]
    try:
        found = library.decode(grey, symbols=kinds)
    except (ValueError, library.PyZbarError):
        # pyzbar 0.1.9 stumbles over the parts of a QR code that is spread over several.
        return []
    sightings = [
        Sighting(ZBAR, bytes(code.data), _AIM_OF_ZBAR[code.type], (left, top, left + width, top + height))
        for code in found
        for left, top, width, height in [code.rect]
        if code.type in _AIM_OF_ZBAR
    ]
    return [code for code in _worth(sightings) if code.data.isascii()]


def _worth(found: list[Sighting]) -> list[Sighting]:
    return [code for code in found if len(code.data) >= (_SHORTEST_LINE if code.is_line else 1)]


def _box(code: Any) -> Box:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(across), min(down), max(across), max(down)


@functools.cache
def _zxing() -> Any:
    # One picture at a time is read here; more threads would only take the processor from the other devices.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import zxingcpp

    return zxingcpp


@functools.cache
def _zbar() -> Any:
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None
    return pyzbar
