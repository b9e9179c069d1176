"""How the virtual printer sets its line: letters and gaps side by side, pictures on lines of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from drivers.simulated.paper import CELL_HEIGHT, LINE_SPACING, Paper, letter

CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859-7",
    16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720", 33: "cp775", 34: "cp855", 35: "cp861",
    36: "cp862", 37: "cp864", 38: "cp869", 39: "iso8859-2", 40: "iso8859-15", 45: "cp1250", 46: "cp1251",
    47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip


@dataclass
class Style:
    """How the next letters look; `align` is 0, 1 or 2: left, middle, right."""

    align: int = 0
    bold: bool = False
    width: int = 1
    height: int = 1
    code_page: int = 0
    spacing: int = LINE_SPACING


class Typesetter:
    """The line that is being set, on top of the paper. `moved` hears by how many dots the paper moved on."""

    def __init__(self, paper: Paper, moved: Callable[[int], None], errors: list[str]) -> None:
        self._paper, self._moved, self._errors = paper, moved, errors
        self.forget()

    def forget(self) -> None:
        """Drop the line, and begin with the style of a printer that was just switched on."""
        self.style = Style()
        self._line: list[Image.Image] = []

    def character(self, byte: int) -> None:
        """Put a letter behind those of the line; a line that is full is printed first."""
        style = self.style
        page = CODE_PAGES.get(style.code_page)
        if byte >= 0x80 and page is None:
            self._errors.append(f"code page {style.code_page:#04x}")
        character = bytes([byte]).decode(page or "ascii", "replace")
        glyph = letter(character, style.width, style.height, style.bold)
        if self._width() + glyph.width > self._paper.dots:
            self.print_line()
        self._line.append(glyph)

    def move_to(self, x: int) -> None:
        """Leave a gap up to `x` dots from the left; backwards it does not go."""
        gap = x - self._width()
        if gap > 0:
            self._line.append(Image.new("1", (gap, 1)))

    def print_line(self, feed: int | None = None) -> None:
        """Print the line and move on: by the style's spacing, or `feed` dots, but past the letters."""
        height = max((picture.height for picture in self._line), default=0)
        x = self._left(self._width())
        for picture in self._line:
            # Magnified letters stand on the same base line as small ones.
            drop = (height - picture.height) * 18 // CELL_HEIGHT
            self._paper.stamp(picture, x, self._paper.used + drop)
            x += picture.width
        self._line.clear()
        self.advance(max(height, self.style.spacing if feed is None else feed))

    def stamp(self, picture: Image.Image) -> None:
        """Print a picture below what is on the line."""
        if self._line:
            self.print_line()
        if picture.width > self._paper.dots:
            self._errors.append(f"picture of {picture.width} dots on {self._paper.dots}")
        self._paper.stamp(picture, self._left(picture.width))
        self.advance(picture.height)

    def advance(self, dots: int) -> None:
        """Move the paper on."""
        self._paper.advance(dots)
        self._moved(dots)

    def _width(self) -> int:
        return sum(picture.width for picture in self._line)

    def _left(self, width: int) -> int:
        free = max(0, self._paper.dots - width)
        return (0, free // 2, free)[self.style.align % 3]
