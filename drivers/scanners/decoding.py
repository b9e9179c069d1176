"""A picture -> the codes in it, each once, byte for byte as they were encoded.

Cheap looks come first. Each look is one reader on one version of the picture:

1. zxing-cpp on the picture as it is: all kinds, every quarter turn, light on dark too
2. zxing-cpp on each striped part that nobody has read yet, turned level (licences in a hand)
3. zbar: lines at any angle, and the second opinion; once more, without noise, when that is still wanted
4. zxing-cpp on the picture at twice the size: small modules

A wrong payload is worse than none. Two lines at the same place with different texts are both wrong until the
other reader takes sides; Code 39, which has no check character, counts only when both readers read the same.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from PIL import Image, ImageChops, ImageFilter, ImageOps

from drivers.scanners import readers
from drivers.scanners.readers import LINES, STACKED, ZBAR, Sighting
from drivers.scanners.tilt import Stripes, levelled, stripes

# Processor time, so that a busy machine reads as much as an idle one.
STILL_S = 2.0
FRAME_S = 0.2
# More pixels than any camera of a kiosk gives only take time.
LARGEST_SIDE = 4096
ENLARGE_UP_TO = 1_000_000

_TURNS = (0.0, -2.0, 2.0, -4.0, 4.0)
_PARTS = 3


class NotAPicture(OSError):
    """This is not a picture that can be read."""


@dataclass(frozen=True, slots=True, repr=False)
class Decoded:
    """A code in a picture; the same vocabulary as a hardware scanner's (`]L2`)."""

    data: bytes
    symbology: str


def decode(image: Any, within_s: float = STILL_S) -> list[Decoded]:
    """Every code in a still picture (Pillow image or grey array). Raises NotAPicture."""
    seen: list[Sighting] = []
    for found in _looks(grey(image), seen, within_s):
        seen += found
    return _codes(seen)


def glance(frame: Image.Image, within_s: float = FRAME_S) -> list[Decoded]:
    """The codes that the first look finds that finds any: enough for a frame, the next one comes soon."""
    seen: list[Sighting] = []
    for found in _looks(frame, seen, within_s):
        seen += found
        if codes := _codes(seen):
            return codes
    return []


def grey(image: Any) -> Image.Image:
    """The picture as eight bits of grey, the first one of several, on white where it is transparent."""
    try:
        picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
        if picture.format == "JPEG":
            # The decoder itself leaves out what is too large.
            picture.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
        picture.load()
        if 0 in picture.size:
            raise NotAPicture("it is empty")
        picture = _opaque(picture)
        if max(picture.size) > LARGEST_SIDE:
            picture = picture.convert("L")
            picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return picture.convert("L")
    except (OSError, ValueError, TypeError, AttributeError, SyntaxError, MemoryError) as problem:
        raise NotAPicture(str(problem)) from problem


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        deep = picture.convert("F")
        lowest, highest = cast("tuple[float, float]", deep.getextrema())
        scale = 255.0 / max(1.0, highest - lowest)
        return deep.point(lambda shade: shade * scale - lowest * scale).convert("L")
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), layered)
    return picture


def _looks(picture: Image.Image, seen: list[Sighting], within_s: float) -> Iterator[list[Sighting]]:
    """Look after look; `seen` is what the caller made of them so far. The first one is not counted."""
    yield readers.zxing(picture)
    deadline = time.thread_time() + within_s
    for part in stripes(picture, [code.box for code in seen])[:_PARTS]:
        yield _turned(picture, part, deadline)
        if time.thread_time() > deadline:
            break
    wants_support = any(code.is_weak for code in seen)
    if wants_support or time.thread_time() < deadline:
        yield readers.zbar(picture)
    if wants_support:
        yield readers.zbar(ImageOps.autocontrast(picture.filter(ImageFilter.BoxBlur(1)), cutoff=1))
    if not seen and time.thread_time() < deadline and picture.width * picture.height <= ENLARGE_UP_TO:
        larger = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        yield [code for code in readers.zxing(larger) if not code.is_line]


def _turned(picture: Image.Image, part: Stripes, deadline: float) -> list[Sighting]:
    for turn in _TURNS:
        piece = levelled(picture, part, turn)
        if found := _striped(piece):
            return [replace(code, box=part.box) for code in found]
        if time.thread_time() > deadline:
            return []
    return [replace(code, box=part.box) for code in _striped(ImageChops.invert(levelled(picture, part)))]


def _striped(piece: Image.Image) -> list[Sighting]:
    found = readers.zxing(piece, (*STACKED, *LINES))
    return found + readers.zbar(piece) if any(code.is_weak for code in found) else found


def _codes(seen: list[Sighting]) -> list[Decoded]:
    """What is certain of all that was seen; each code once, in zxing's words where it has any."""
    certain: list[Sighting] = []
    for code in sorted(seen, key=lambda code: code.reader == ZBAR):
        if _is_certain(code, seen) and not any(code.is_same(other) for other in certain):
            certain.append(code)
    return [Decoded(code.data, code.symbology) for code in certain]


def _is_certain(code: Sighting, seen: list[Sighting]) -> bool:
    if not code.is_line:
        return True
    if any(other.reader != code.reader and code.is_same(other) for other in seen):
        return True
    return not code.is_weak and not any(code.overlaps(other) and not code.is_same(other) for other in seen)
