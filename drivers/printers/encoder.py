"""Print operations -> the bytes of one printer model. python-escpos knows the models; its connectors are
not used.

What the model's code pages can write goes as text, everything else as a picture (`GS v 0`, the one picture
command that all of them share). Pictures never contain the bytes of a real-time command: printers obey
those inside pictures.
"""

import contextlib
import io
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from drivers.printers import lettering
from drivers.receipt import Band, Cut, Feed, Logo, Numeral, Operation, Paper, QrCode, Rule, Text

if TYPE_CHECKING:
    from PIL.Image import Image

# How much of a picture one command carries. After a broken line as much must be filled up, which takes a slow
# line seconds.
_SLICE_ROWS, _SLICE_ROWS_SLOW = 64, 16
# A few lines of text: half a second at 9600 baud.
_PART_BYTES = 512
_EM, _TALL_EM, _LARGE_EM, _LARGE_EM_NARROW = 34, 46, 60, 50
_NARROW = 480
# Drawn letters differ in width: lines are broken by measuring them.
_MEASURED = 1000
MAX_WIDTH_BYTES = 128
_QUIET = 4
_LOGO_PIXELS, _LOGO_HEIGHT = 1200, 200
LONGEST_HEAD = 8
_RESET, _LEFT, _CENTRE, _BOLD = b"\x1b@", b"\x1ba\x00", b"\x1ba\x01", (b"\x1bE\x00", b"\x1bE\x01")
_ALPHABETS = ((0x0020, 0x007E), (0x00A0, 0x024F), (0x0370, 0x052F), (0x2010, 0x2044), (0x20A0, 0x20BF))
_REAL_TIME = tuple(bytes([0x10, second]) for second in (0x04, 0x05, 0x14))


log = logging.getLogger(__name__)


class UnknownProfile(ValueError):
    """python-escpos does not know this printer profile."""


class Lettering(StrEnum):
    """`drawn`: everything as a picture, more legible and alike on every model. `mixed`: the printer's own
    letters where it has them, a third of the bytes. `printer`: the code too in its letters, for slow
    lines."""

    DRAWN = "drawn"
    MIXED = "mixed"
    PRINTER = "printer"


class Encoder:
    """Bytes for one printer model on one width of paper."""

    def __init__(
        self, profile: str = "default", width_dots: int | None = None, style: Lettering = Lettering.DRAWN
    ) -> None:
        library = _escpos()
        if profile not in library.profiles:
            raise UnknownProfile(
                f"no printer profile {profile!r}; there are: {', '.join(sorted(library.profiles))}"
            )
        self._library, self._name, self._style = library, profile, style
        self._slice_rows = _SLICE_ROWS_SLOW if style is Lettering.PRINTER else _SLICE_ROWS
        data = library.profiles[profile]
        columns = int(data["fonts"]["0"]["columns"])
        known = data["media"].get("width", {}).get("pixels")
        dots = width_dots or (known if isinstance(known, int) else columns * 12)
        dots = min(dots, MAX_WIDTH_BYTES * 8)
        columns = dots // 12 if width_dots else columns
        self.paper = Paper(_MEASURED if style is Lettering.DRAWN else columns, dots)
        self._features: dict[str, bool] = data["features"]
        self._pages = library.code_pages(data["codePages"])

    def warm(self) -> None:
        """Load what the first ticket needs."""
        self.encode([Text("é"), Numeral("A1"), QrCode("A1")])

    def encode(self, operations: Iterable[Operation], preamble: bytes = b"") -> bytes:
        """One ticket: starts with a reset, so nothing of an earlier one shines through."""
        return b"".join(self.parts(operations, preamble))

    def parts(self, operations: Iterable[Operation], preamble: bytes = b"") -> list[bytes]:
        """The same in pieces after each of which a question may stand; the cut is a piece of its own."""
        parts = [_RESET + preamble]
        for operation in operations:
            if isinstance(operation, Cut) or len(parts[-1]) >= _PART_BYTES:
                parts.append(b"")
            parts[-1] += self._one(operation)
        return parts

    @property
    def recovery(self) -> bytes:
        """Finishes a picture that was left half sent, so the next ticket is not swallowed by it: printers
        ignore NUL between commands.
        """
        return bytes(self._slice_rows * ((self.paper.dots + 7) // 8)) + _RESET

    def cut_off(self) -> bytes:
        """Ends a half-printed ticket, so nobody gets two on one paper."""
        return self.recovery + self._one(Cut())

    def _one(self, operation: Operation) -> bytes:
        match operation:
            case Text():
                return self._text(operation)
            case Numeral(text):
                return self._numeral(text)
            case Band():
                return self._picture(self._band(operation))
            case Logo(png):
                return self._logo(png)
            case QrCode(data):
                return self._qr(data)
            case Rule():
                return self._picture(_bar(self.paper.dots, 2))
            case Feed(dots):
                return b"\x1bJ" + bytes([min(255, dots)])
            case Cut():
                return self._cut()

    def _text(self, line: Text) -> bytes:
        words = None if self._style is Lettering.DRAWN else self._in_code_page(line.text)
        if words is None:
            return self._drawn(line)
        size = bytes([0x01 if line.tall else (line.scale - 1) * 0x11])
        return _CENTRE + _BOLD[line.bold] + b"\x1d!" + size + words + b"\n" + b"\x1d!\x00" + _BOLD[0]

    def _drawn(self, line: Text) -> bytes:
        large = _LARGE_EM_NARROW if self.paper.dots < _NARROW else _LARGE_EM
        height = large if line.scale > 1 else _TALL_EM if line.tall else _EM
        hand = lettering.Hand(height, 700 if line.bold else 450, line.rtl, line.language)
        rows = lettering.lines(line.text, hand, width=self.paper.dots)
        return b"".join(self._picture(lettering.draw(row, hand, width=self.paper.dots)) for row in rows)

    def _in_code_page(self, text: str) -> bytes | None:
        """The bytes, after the switch of code page they need; None when no page of this printer has all of
        them.
        """
        if text.isascii():
            return text.encode("ascii")
        if not all(any(first <= ord(c) <= last for first, last in _ALPHABETS) for c in text):
            return None
        for index, table in self._pages:
            if all(c.isascii() or c in table for c in text):
                return b"\x1bt" + bytes([index]) + bytes(ord(c) if c.isascii() else table[c] for c in text)
        return None

    def _numeral(self, text: str) -> bytes:
        if self._style is Lettering.PRINTER and text.isascii():
            scale = max(1, min(8, self.paper.columns // len(text)))
            return self._text(Text(text, scale, bold=True))
        widest = self.paper.dots - 16
        return self._picture(_trimmed(lettering.draw(text, lettering.Hand(widest // 2, 800), width=widest)))

    def _band(self, line: Band) -> "Image":
        hand = lettering.Hand(56, 800, line.rtl, line.language)
        words = _trimmed(lettering.draw(line.text, hand, width=self.paper.dots - 32))
        band = _bar(self.paper.dots, words.height + 28)
        band.paste(0, ((band.width - words.width) // 2, 14), words)
        return band

    def _logo(self, png: bytes) -> bytes:
        """In the paper's middle, no larger than it was drawn; greys become dots."""
        from PIL import Image, ImageChops

        try:
            with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
                if max(opened.size) > _LOGO_PIXELS:
                    raise ValueError("too large")
                drawn = opened.convert("RGBA")
        except (OSError, ValueError, SyntaxError) as problem:
            log.warning("The logo cannot be printed: %s", problem)
            return b""
        ground = Image.new("RGBA", drawn.size, "white")
        ground.alpha_composite(drawn)
        grey = ground.convert("L")
        grey.thumbnail((self.paper.dots * 3 // 4, _LOGO_HEIGHT))
        return self._picture(ImageChops.invert(grey).convert("1"))

    def _qr(self, data: str) -> bytes:
        import segno

        native = self._features.get("qrCode", False)
        # A printer that draws the code itself chooses its mask; only the size is needed then.
        symbol = segno.make(data, error="m", micro=False, boost_error=False, mask=0 if native else None)
        modules = len(symbol.matrix) + 2 * _QUIET
        module = max(3, min(8, int(self.paper.dots * 0.52) // modules))
        if native:
            printer = self._library.printer(self._name)
            printer.qr(data, native=True, size=module, ec=self._library.level_m)
            return _CENTRE + bytes(printer.output) + _LEFT
        from PIL import Image

        side = len(symbol.matrix)
        dots = Image.new("1", (side, side))
        dots.putdata([255 * bool(dark) for row in symbol.matrix for dark in row])
        return self._picture(dots.resize((side * module, side * module), Image.Resampling.NEAREST))

    def _picture(self, picture: "Image") -> bytes:
        """Centred by white columns, because `ESC a` does not move pictures on every clone."""
        from PIL import Image

        margin = (self.paper.dots - picture.width) // 2
        width_bytes = (margin + picture.width + 7) // 8
        wide = Image.new("1", (width_bytes * 8, picture.height))
        wide.paste(picture, (margin, 0))
        rows, parts = wide.tobytes(), []
        for top in range(0, picture.height, self._slice_rows):
            height = min(self._slice_rows, picture.height - top)
            data = rows[top * width_bytes : (top + height) * width_bytes]
            head = b"\x1dv0\x00" + bytes([width_bytes, 0, height, 0])
            parts.append(head + without_real_time(data))
        return _LEFT + b"".join(parts)

    def _cut(self) -> bytes:
        if not (self._features.get("paperPartCut") or self._features.get("paperFullCut")):
            return b"\n" * 5
        return b"\x1dVB\x00" if self._features.get("paperPartCut") else b"\x1dVA\x00"


def without_real_time(picture: bytes) -> bytes:
    """One more dot beside a black one, wherever the dots spell a command that printers obey at once."""
    for spelled in _REAL_TIME:
        picture = picture.replace(spelled, b"\x18" + spelled[1:])
    return picture


def _bar(width: int, height: int) -> "Image":
    from PIL import Image

    return Image.new("1", (width, height), 255)


def _trimmed(picture: "Image") -> "Image":
    box = picture.getbbox()
    return picture.crop(box) if box else picture


class _Library:
    """The parts of python-escpos that are used."""

    def __init__(self) -> None:
        from escpos import constants
        from escpos.capabilities import CAPABILITIES
        from escpos.magicencode import Encoder as Tables
        from escpos.printer import Dummy

        self.profiles: dict[str, dict[str, Any]] = CAPABILITIES["profiles"]
        self.level_m = constants.QR_ECLEVEL_M
        self._dummy, self._tables = Dummy, Tables

    def printer(self, profile: str) -> Any:
        return self._dummy(profile=profile)

    def code_pages(self, numbered: dict[str, str]) -> list[tuple[int, dict[str, int]]]:
        """Tables by number, lowest first; clones list a page several times and get the first ones right."""
        tables, pages, seen = self._tables({}), [], {"Unknown", "CP932"}
        for number, name in sorted((int(number), name) for number, name in numbered.items()):
            if name in seen:
                continue
            seen.add(name)
            with contextlib.suppress(LookupError, AssertionError):
                table = {c: code for c, code in tables._get_codepage_char_map(name).items() if ord(c) > 0x9F}
                pages.append((number, table))
        return pages


@cache
def _escpos() -> _Library:
    """Import python-escpos without what it leaves behind: a handler on the root logger, a folder per
    process.
    """
    root = logging.getLogger()
    handlers = root.handlers[:]
    with _own_temporary_folder():
        library = _Library()
    root.handlers[:] = handlers
    return library


@contextlib.contextmanager
def _own_temporary_folder() -> Iterator[None]:
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
            del os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"]
