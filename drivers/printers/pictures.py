"""What is printed as a picture, and the commands that carry it: `GS v 0`, which all printers share.

Pictures never contain the bytes of a real-time command: printers obey those inside pictures.
"""

import io
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from drivers.printers import lettering
from drivers.receipt import Band

if TYPE_CHECKING:
    from PIL.Image import Image

# How much of a picture one command carries. After a broken line as much must be filled up, which takes a slow
# line seconds.
SLICE_ROWS, SLICE_ROWS_SLOW = 64, 16
MAX_WIDTH_BYTES = 128
LONGEST_HEAD = 8
_LOGO_PIXELS, _LOGO_HEIGHT = 1200, 200
_REAL_TIME = tuple(bytes([0x10, second]) for second in (0x04, 0x05, 0x14))

log = logging.getLogger(__name__)


def commands(picture: "Image", paper_dots: int, slice_rows: int) -> bytes:
    """Print it centred by white columns, because `ESC a` does not move pictures on every clone."""
    from PIL import Image

    margin = (paper_dots - picture.width) // 2
    width_bytes = (margin + picture.width + 7) // 8
    wide = Image.new("1", (width_bytes * 8, picture.height))
    wide.paste(picture, (margin, 0))
    rows, parts = wide.tobytes(), []
    for top in range(0, picture.height, slice_rows):
        height = min(slice_rows, picture.height - top)
        data = rows[top * width_bytes : (top + height) * width_bytes]
        head = b"\x1dv0\x00" + bytes([width_bytes, 0, height, 0])
        parts.append(head + without_real_time(data))
    return b"".join(parts)


def without_real_time(picture: bytes) -> bytes:
    """One more dot beside a black one, wherever the dots spell a command that printers obey at once."""
    for spelled in _REAL_TIME:
        picture = picture.replace(spelled, b"\x18" + spelled[1:])
    return picture


def bar(width: int, height: int) -> "Image":
    """A black bar."""
    from PIL import Image

    return Image.new("1", (width, height), 255)


def trimmed(picture: "Image") -> "Image":
    """The picture without the white around it."""
    box = picture.getbbox()
    return picture.crop(box) if box else picture


def band(line: Band, width: int) -> "Image":
    """White letters on a bar as wide as the paper."""
    hand = lettering.Hand(56, 800, line.rtl, line.language)
    words = trimmed(lettering.draw(line.text, hand, width=width - 32))
    black = bar(width, words.height + 28)
    black.paste(0, ((width - words.width) // 2, 14), words)
    return black


def logo(png: bytes, paper_dots: int) -> "Image | None":
    """No larger than it was drawn; greys become dots. None, with a line in the log: it is no picture."""
    from PIL import ImageChops

    grey = _opened(png, _LOGO_PIXELS)
    if grey is None:
        return None
    grey.thumbnail((paper_dots * 3 // 4, _LOGO_HEIGHT))
    return ImageChops.invert(grey).convert("1")


def figure(png: bytes, paper_dots: int) -> "Image | None":
    """Dot for dot: what is wider than the paper is left out, because a smaller code cannot be read."""
    grey = _opened(png, paper_dots)
    return None if grey is None else grey.point(lambda shade: 255 * (shade < 128), "1")


def _opened(png: bytes, most: int) -> "Image | None":
    """The picture on white, in greys."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if max(opened.size) > most:
                raise ValueError(f"more than {most} dots on a side")
            drawn = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as problem:
        log.warning("A picture cannot be printed: %s", problem)
        return None
    ground = Image.new("RGBA", drawn.size, "white")
    ground.alpha_composite(drawn)
    return ground.convert("L")


def squares(matrix: Sequence[Iterable[int]], module: int) -> "Image":
    """A QR code, `module` dots a square."""
    from PIL import Image

    side = len(matrix)
    dots = Image.new("1", (side, side))
    dots.putdata([255 * bool(dark) for row in matrix for dark in row])
    return dots.resize((side * module, side * module), Image.Resampling.NEAREST)
