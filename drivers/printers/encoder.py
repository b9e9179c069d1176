"""Print operations -> the bytes of one printer model.

What the model's code pages can write goes as text, everything else as a picture.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from drivers.printers import lettering, pictures
from drivers.printers.models import FONT_DOTS, model
from drivers.printers.pictures import MAX_WIDTH_BYTES, SLICE_ROWS, SLICE_ROWS_SLOW
from drivers.receipt import Band, Cut, Feed, Figure, Logo, Numeral, Operation, Paper, QrCode, Rule, Text

if TYPE_CHECKING:
    from PIL.Image import Image

# A few lines of text: half a second at 9600 baud.
_PART_BYTES = 512
_EM, _TALL_EM, _LARGE_EM, _LARGE_EM_NARROW = 34, 46, 60, 50
_NARROW = 480
# Drawn letters differ in width: lines are broken by measuring them.
_MEASURED = 1000
_QUIET = 4
# Models for China and Korea take two bytes from 0x80 for one of their own characters until told not to.
_ONE_BYTE_A_LETTER = b"\x1c."
_RESET, _LEFT, _CENTRE, _BOLD = b"\x1b@", b"\x1ba\x00", b"\x1ba\x01", (b"\x1bE\x00", b"\x1bE\x01")
_ALPHABETS = ((0x0020, 0x007E), (0x00A0, 0x024F), (0x0370, 0x052F), (0x2010, 0x2044), (0x20A0, 0x20BF))


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
        self._model, self._style = model(profile), style
        self._slice_rows = SLICE_ROWS_SLOW if style is Lettering.PRINTER else SLICE_ROWS
        head = min(width_dots or self._model.dots or self._model.columns * FONT_DOTS, MAX_WIDTH_BYTES * 8)
        # Pictures are sent in whole bytes, and none may be wider than the head.
        dots = head // 8 * 8
        columns = dots // FONT_DOTS if width_dots else self._model.columns
        self.paper = Paper(_MEASURED if style is Lettering.DRAWN else columns, dots)

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
                return self._picture(pictures.band(operation, self.paper.dots))
            case Logo(png):
                return self._picture(pictures.logo(png, self.paper.dots))
            case Figure(png):
                return self._picture(pictures.figure(png, self.paper.dots))
            case QrCode(data):
                return self._qr(data)
            case Rule():
                return self._picture(pictures.bar(self.paper.dots, 2))
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
        for index, table in self._model.pages:
            if all(c.isascii() or c in table for c in text):
                letters = bytes(ord(c) if c.isascii() else table[c] for c in text)
                return _ONE_BYTE_A_LETTER + b"\x1bt" + bytes([index]) + letters
        return None

    def _numeral(self, text: str) -> bytes:
        if self._style is Lettering.PRINTER and text.isascii():
            scale = max(1, min(8, self.paper.columns // len(text)))
            return self._text(Text(text, scale, bold=True))
        widest = self.paper.dots - 16
        return self._picture(
            pictures.trimmed(lettering.draw(text, lettering.Hand(widest // 2, 800), width=widest))
        )

    def _qr(self, data: str) -> bytes:
        import segno

        native = self._model.features.get("qrCode", False)
        # A printer that draws the code itself chooses its mask; only the size is needed then.
        symbol = segno.make(data, error="m", micro=False, boost_error=False, mask=0 if native else None)
        modules = len(symbol.matrix) + 2 * _QUIET
        module = max(3, min(8, int(self.paper.dots * 0.52) // modules))
        if native:
            return _CENTRE + self._model.qr(data, module) + _LEFT
        return self._picture(pictures.squares(symbol.matrix, module))

    def _picture(self, picture: "Image | None") -> bytes:
        if picture is None:
            return b""
        return _LEFT + pictures.commands(picture, self.paper.dots, self._slice_rows)

    def _cut(self) -> bytes:
        if not (self._model.features.get("paperPartCut") or self._model.features.get("paperFullCut")):
            return b"\n" * 5
        return b"\x1dVB\x00" if self._model.features.get("paperPartCut") else b"\x1dVA\x00"
