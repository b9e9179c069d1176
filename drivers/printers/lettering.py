"""Words as a picture, for what a printer's own fonts cannot write: any script, and the big code.

Pillow shapes and orders (raqm) but takes one font at a time, so a line is cut into runs that a font covers:
a ticket code inside an Arabic sentence would print as an empty box otherwise.
"""

import contextlib
import logging
import re
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_ATKINSON = "atkinson-hyperlegible-next-latin{}-wght-normal.woff2"
_OWN = tuple(
    (file, file)
    for part in ("", "-ext")
    for folder in ("static/fonts", "kiosk/static/fonts")
    for file in [str(_ROOT / folder / _ATKINSON.format(part))]
)
_DEBIAN = (
    (
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
    ),
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    ),
)
_BOLD_FROM = 600
# Words with the space before them; Chinese, Japanese and Korean break anywhere.
_TOKENS = re.compile("\\s?(?:[^\\s\\u2e80-\\uffef]+|[\\u2e80-\\uffef])")
_STEP = 16
_INVISIBLE = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_Face = tuple[str, int]


def draw(text: str, height: int, *, width: int, rtl: bool = False, weight: int = 700) -> "Image":
    """The text in black (1) on white (0), `height` pixels to the em, shrunk when wider than `width`."""
    from PIL import Image, ImageDraw

    pieces = _pieces(text, height, rtl, weight)
    length = sum(piece.length for piece in pieces)
    if length > width and height > 12:
        return draw(text, max(12, int(height * width / length) - 1), width=width, rtl=rtl, weight=weight)
    ascent = max((piece.font.getmetrics()[0] for piece in pieces), default=height)
    descent = max((piece.font.getmetrics()[1] for piece in pieces), default=0)
    picture = Image.new("L", (max(1, min(width, int(length) + 4)), ascent + descent))
    pen, x = ImageDraw.Draw(picture), 2.0
    for piece in reversed(pieces) if rtl else pieces:
        pen.text(
            (x, ascent),
            piece.words,
            fill=255,
            font=piece.font,
            anchor="ls",
            **_shaping(piece.font, piece.words, rtl),
        )
        x += piece.length
    return picture.point(lambda level: 255 * (level > 120), mode="1")


def lines(text: str, height: int, *, width: int, rtl: bool = False, weight: int = 700) -> list[str]:
    """As few lines as fit `width` without shrinking, of about equal length."""

    @cache
    def measured(words: str) -> float:
        return sum(piece.length for piece in _pieces(words, height, rtl, weight))

    def folded(room: int) -> list[str]:
        rows = [""]
        for token in tokens:
            if measured(joined := (rows[-1] + token).lstrip()) <= room or not rows[-1]:
                rows[-1] = joined
            else:
                rows.append(token.lstrip())
        return rows

    tokens = [
        part for token in _TOKENS.findall(text) for part in _halved(token, lambda t: measured(t) <= width)
    ]
    best = folded(width)
    for room in range(width - _STEP, 0, -_STEP):
        rows = folded(room)
        if len(rows) > len(best) or max(map(measured, rows)) > room:
            break
        best = rows
    return best


def _halved(token: str, fits: Callable[[str], bool]) -> list[str]:
    """A word that is too long for any line, in pieces: scripts such as Thai have no spaces."""
    if len(token) < 2 or fits(token):
        return [token]
    middle = len(token) // 2
    return [*_halved(token[:middle], fits), *_halved(token[middle:], fits)]


@dataclass(frozen=True, slots=True)
class _Piece:
    words: str
    font: "FreeTypeFont"
    length: float


def _pieces(text: str, height: int, rtl: bool, weight: int) -> list[_Piece]:
    pieces = []
    for face, words in (_turned_runs if rtl else _runs)(text, weight >= _BOLD_FROM):
        font = _font(face, height, weight)
        pieces.append(_Piece(words, font, font.getlength(words, **_shaping(font, words, rtl))))
    return pieces


def _shaping(font: "FreeTypeFont", words: str, rtl: bool) -> dict[str, Any]:
    from PIL import ImageFont

    if font.layout_engine != ImageFont.Layout.RAQM:
        return {}
    latin = any(unicodedata.bidirectional(c) == "L" for c in words) and not any(map(_is_rtl, words))
    return {"direction": "rtl" if rtl and not latin else "ltr"}


def _is_rtl(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL", "AN")


def _turned_runs(text: str, bold: bool) -> list[tuple[_Face, str]]:
    """For a line that reads from the right: one font for all of it when there is one, so that raqm orders
    it.
    """
    strong = next((c for c in text if _is_rtl(c)), text[:1])
    main = _face_for(strong, bold)
    for face in (main, *((pair[bold], 0) for pair in _DEBIAN if Path(pair[bold]).exists())):
        if all(c in _INVISIBLE or _covers(face, c) for c in text):
            return [(face, text)]
    runs: list[tuple[_Face, str]] = []
    for character in text:
        face = main if character in _INVISIBLE or _covers(main, character) else _face_for(character, bold)
        if runs and runs[-1][0] == face:
            runs[-1] = face, runs[-1][1] + character
        elif len(runs) > 1 and runs[-2][0] == face and runs[-1][1].isspace():
            space, word = runs.pop()[1], runs.pop()[1]
            runs.append((face, word + space + character))
        else:
            runs.append((face, character))
    return runs


def _runs(text: str, bold: bool) -> list[tuple[_Face, str]]:
    runs: list[tuple[_Face, str]] = []
    for character in text:
        if runs and (character in _INVISIBLE or character.isspace() or _covers(runs[-1][0], character)):
            face, words = runs.pop()
            runs.append((face, words + character))
        elif character not in _INVISIBLE:
            runs.append((_face_for(character, bold), character))
    return runs


@cache
def _face_for(character: str, bold: bool) -> _Face:
    known = [(pair[bold], 0) for pair in (*_OWN, *_DEBIAN) if Path(pair[bold]).exists()]
    found = (face for face in known if _covers(face, character))
    face = next(found, None) or _asked_of_fontconfig(character, bold)
    if face is None:
        log.warning(
            "No font here can draw U+%04X; fonts-noto-core and fonts-noto-cjk have most", ord(character)
        )
    return face or ("", 0)


def _asked_of_fontconfig(character: str, bold: bool) -> _Face | None:
    pattern = f"sans-serif:weight={200 if bold else 80}:charset={ord(character):x}"
    command = ["fc-match", "--format=%{file}\n%{index}", pattern]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout  # noqa: S603
        file, index = answer.split("\n")
        # The upper half of fontconfig's index names an instance of a variable font.
        face = (file, int(index) & 0xFFFF)
        return face if _covers(face, character) else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


@cache
def _covers(face: _Face, character: str) -> bool:
    if character.isspace():
        return True
    glyph = _font(face, 32, 400).getmask(character)
    return bytes(glyph) != _missing(face) or not any(bytes(glyph))


@cache
def _missing(face: _Face) -> bytes:
    return bytes(_font(face, 32, 400).getmask("\U0010fffd"))


@cache
def _font(face: _Face, height: int, weight: int) -> "FreeTypeFont":
    from PIL import ImageFont

    file, index = face
    try:
        font = ImageFont.truetype(file, height, index)
    except OSError:
        built_in = ImageFont.load_default(height)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise
        return built_in
    with contextlib.suppress(OSError, NotImplementedError):
        font.set_variation_by_axes([weight])
    return font
