"""The paper of the virtual printer: what a ticket would look like, one picture per cut."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

INK, WHITE = 28, 253
CELL_WIDTH, CELL_HEIGHT = 12, 24
LINE_SPACING = 30

_MONOSPACE = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-{}.ttf",
)


class Paper:
    """A strip that grows downwards; `dots` is the width of the print head, `margin` what it cannot reach."""

    def __init__(self, dots: int = 512, margin: int = 32) -> None:
        self.dots, self.margin = dots, margin
        self._strip = Image.new("1", (dots, 256))
        self.used = 0

    def advance(self, dots: int) -> None:
        self.used += dots
        if self.used + 256 > self._strip.height:
            longer = Image.new("1", (self.dots, 2 * self.used + 512))
            longer.paste(self._strip, (0, 0))
            self._strip = longer

    def stamp(self, picture: Image.Image, x: int, y: int | None = None) -> None:
        """Black where the picture is set; what sticks out at the sides is lost, as on a printer."""
        top = self.used if y is None else y
        if top + picture.height > self._strip.height:
            longer = Image.new("1", (self.dots, 2 * (top + picture.height)))
            longer.paste(self._strip, (0, 0))
            self._strip = longer
        self._strip.paste(255, (x, top), picture)

    def cut(self) -> "Sheet":
        """The paper so far, and a fresh strip."""
        height = max(self.used, 40)
        sheet = Sheet((self.dots, height), self._strip.crop((0, 0, self.dots, height)).tobytes(), self.margin)
        self._strip, self.used = Image.new("1", (self.dots, 256)), 0
        return sheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper that was cut off; `dots` is what the print head made black, eight to the byte."""

    size: tuple[int, int]
    dots: bytes
    margin: int = 32
    id: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def blank(self) -> bool:
        return not any(self.dots)

    @property
    def png(self) -> bytes:
        width, height = self.size
        sheet = Image.new("L", (width + 2 * self.margin, height + 2 * self.margin), WHITE)
        sheet.paste(INK, (self.margin, self.margin), Image.frombytes("1", self.size, self.dots))
        png = io.BytesIO()
        sheet.save(png, "PNG")
        return png.getvalue()


def letter(character: str, width: int, height: int, bold: bool) -> Image.Image:
    """One character cell, magnified as `GS !` does it."""
    return _letter(character, width, height, bold)


@cache
def _letter(character: str, width: int, height: int, bold: bool) -> Image.Image:
    cell = Image.new("L", (CELL_WIDTH * height, CELL_HEIGHT * height))
    pen = ImageDraw.Draw(cell)
    pen.text((0, 18 * height), character, fill=255, font=_font(19 * height, bold), anchor="ls")
    sized = cell.resize((CELL_WIDTH * width, CELL_HEIGHT * height)) if width != height else cell
    return sized.point(lambda level: 255 * (level > 110), mode="1")


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for place, style in zip(
        _MONOSPACE, ("-Bold" if bold else "", "Bold" if bold else "Regular"), strict=True
    ):
        if Path(file := place.format(style)).exists():
            return ImageFont.truetype(file, size)
    return ImageFont.load_default(size)
