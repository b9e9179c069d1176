"""An ESC/POS interpreter that knows what thermal printers do, written from the command reference and not
from our encoder: it would not notice a mistake that it shared.

Bytes go in one at a time, because a printer may stop between any two of them. What it does not know is
recorded in `errors` and skipped.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from drivers.simulated.paper import LINE_SPACING, Paper
from drivers.simulated.typesetting import Typesetter

LF, CR, HT, DLE, ESC, FS, GS = 0x0A, 0x0D, 0x09, 0x10, 0x1B, 0x1C, 0x1D

# What it skips, and how many bytes follow.
_IGNORED_ESC = {**dict.fromkeys("-GMR{ rUV=", 1), "\\": 2, "p": 3}
_IGNORED_FS = {"!": 1, "&": 0, "-": 1, ".": 0, "C": 1, "S": 2}
_IGNORED_GS = {"B": 1, "b": 1, "H": 1, "h": 1, "w": 1, "f": 1, "L": 2, "W": 2, "P": 2}
_IDENTITY = {65: "1.00", 66: "VIRTUAL", 67: "TM-T88V", 68: "0001"}
_QR_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}

Bytewise = Generator[None, int, None]
Taking = Generator[None, int, bytes]


@dataclass
class _QrSettings:
    module: int = 3
    level: int = 48
    data: bytes = b""


@dataclass
class Output:
    """What the interpreter asks of the printer that it sits in."""

    reply: Callable[[bytes], None]
    paper_byte: Callable[[], int]
    status_on: Callable[[bool], None]
    cut: Callable[[], None]
    moved: Callable[[int], None]


class Interpreter:
    """Obeys on `paper` and towards `output`. `errors`: what it did not know or could not do."""

    def __init__(self, paper: Paper, output: Output) -> None:
        self.paper, self.output = paper, output
        self.errors: list[str] = []
        self._setter = Typesetter(paper, output.moved, self.errors)
        self.forget()

    def forget(self) -> None:
        """The power was off: whatever command was half taken, and the line that was not printed, are gone."""
        self._machine = self._run()
        self.reset()
        next(self._machine)

    def reset(self) -> None:
        """Set up as after switching on; what was received stays."""
        self._setter.forget()
        self._qr = _QrSettings()

    def step(self, byte: int) -> None:
        """Obey one byte more."""
        self._machine.send(byte)

    def _run(self) -> Bytewise:
        while True:
            byte = yield from self._next()
            if byte == LF:
                self._setter.print_line()
            elif byte == ESC:
                yield from self._esc()
            elif byte == GS:
                yield from self._gs()
            elif byte == DLE:
                yield from self._dle()
            elif byte == FS:
                yield from self._fs()
            elif byte >= 0x20:
                self._setter.character(byte)
            elif byte not in (0, CR, HT):
                self._unknown("control", byte)

    def _next(self) -> Generator[None, int, int]:
        byte = yield
        return byte

    def _take(self, count: int) -> Taking:
        taken = bytearray()
        while len(taken) < count:
            taken.append((yield))
        return bytes(taken)

    def _unknown(self, family: str, byte: int) -> None:
        self.errors.append(f"{family} {byte:#04x}")

    def _esc(self) -> Bytewise:
        name = chr((yield from self._next()))
        if name == "@":
            self.reset()
            self.output.status_on(False)
        elif name in "!aEtJd3":
            self._set(name, (yield from self._next()))
        elif name == "$":
            low, high = yield from self._take(2)
            self._setter.move_to(low + 256 * high)
        elif name in "im":
            self.output.cut()
        elif name == "2":
            self._setter.style.spacing = LINE_SPACING
        elif name in _IGNORED_ESC:
            yield from self._take(_IGNORED_ESC[name])
        else:
            self._unknown("ESC", ord(name))

    def _fs(self) -> Bytewise:
        """Settings of East Asian letters, which this printer does not have."""
        name = chr((yield from self._next()))
        if name in _IGNORED_FS:
            yield from self._take(_IGNORED_FS[name])
        else:
            self._unknown("FS", ord(name))

    def _set(self, name: str, value: int) -> None:
        style = self._setter.style
        match name:
            case "!":
                style.bold = bool(value & 0x08)
                style.height, style.width = 1 + bool(value & 0x10), 1 + bool(value & 0x20)
            case "a":
                style.align = value % 48
            case "E":
                style.bold = bool(value & 1)
            case "t":
                style.code_page = value
            case "3":
                style.spacing = value
            case "J":
                self._setter.print_line(value)
            case "d":
                self._setter.print_line(value * style.spacing)

    def _gs(self) -> Bytewise:
        name = chr((yield from self._next()))
        if name == "(":
            yield from self._gs_block()
        elif name == "v":
            yield from self._raster()
        elif name == "V":
            yield from self._cut()
        elif name in "!arI":
            self._gs_one(name, (yield from self._next()))
        elif name in _IGNORED_GS:
            yield from self._take(_IGNORED_GS[name])
        else:
            self._unknown("GS", ord(name))

    def _gs_one(self, name: str, value: int) -> None:
        match name:
            case "!":
                style = self._setter.style
                style.width, style.height = (value >> 4 & 7) + 1, (value & 7) + 1
            case "a":
                self.output.status_on(value != 0)
            case "I" if value in _IDENTITY:
                self.output.reply(b"_" + _IDENTITY[value].encode() + b"\0")
            case "r":
                self.output.reply(bytes([self.output.paper_byte() if value in (1, 49) else 0]))

    def _cut(self) -> Bytewise:
        mode = yield from self._next()
        if mode in (65, 66):
            feed = yield from self._next()
            self._setter.advance(feed)
        elif mode not in (0, 1, 48, 49):
            self._unknown("GS V", mode)
            return
        self.output.cut()

    def _gs_block(self) -> Bytewise:
        name, low, high = yield from self._take(3)
        data = yield from self._take(low + 256 * high)
        match chr(name):
            case "k" if data[:1] == b"1":
                self._qr_command(data[1], data[2:])
            case "H" if data[:2] == b"00":
                self.output.reply(b"\x37\x22" + data[2:6] + b"\0")
            case "D" | "H":
                pass
            case _:
                self._unknown("GS (", name)

    def _qr_command(self, function: int, options: bytes) -> None:
        match function:
            case 65:
                pass
            case 67:
                self._qr.module = options[0]
            case 69:
                self._qr.level = options[0]
            case 80:
                self._qr.data = options[1:]
            case 81:
                level = _QR_LEVELS.get(self._qr.level, "l")
                self._setter.stamp(_qr_symbol(self._qr.data, level, self._qr.module))
            case _:
                self._unknown("GS ( k", function)

    def _raster(self) -> Bytewise:
        zero, mode, x_low, x_high, y_low, y_high = yield from self._take(6)
        if zero != 0x30:
            self._unknown("GS v", zero)
        width, height = x_low + 256 * x_high, y_low + 256 * y_high
        data = yield from self._take(width * height)
        if width and height:
            picture = Image.frombytes("1", (width * 8, height), data)
            if mode % 48:
                picture = picture.resize((width * 8 * (1 + (mode & 1)), height * (1 + (mode >> 1 & 1))))
            self._setter.stamp(picture)

    def _dle(self) -> Bytewise:
        """Obeyed when it arrived (`printer.py`); here its bytes are only skipped."""
        name = yield from self._next()
        yield from self._take({0x04: 1, 0x05: 1, 0x14: 3}.get(name, 0))


@lru_cache(maxsize=16)
def _qr_symbol(data: bytes, level: str, module: int) -> Image.Image:
    import segno

    symbol = segno.make(data, error=level, micro=False, boost_error=False)
    side = int(symbol.symbol_size(border=0)[0])
    picture = Image.new("1", (side, side))
    picture.putdata([255 * bool(dark) for row in symbol.matrix for dark in row])
    return picture.resize((side * module, side * module), Image.Resampling.NEAREST)
