"""Words as a picture, for what a printer's own fonts cannot write: any script, and the big code.

Pillow shapes and orders (raqm) but takes one font at a time, so a line is cut into runs that a font covers: a ticket
code inside an Arabic sentence would print as an empty box otherwise.
"""

import subprocess
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_ROOT = Path(__file__).resolve().parents[2]
_ATKINSON = "atkinson-hyperlegible-next-latin{}-wght-normal.woff2"
_PLACES = (
    *(_ROOT / folder / _ATKINSON.format(part) for part in ("", "-ext") for folder in ("static/fonts", "kiosk/static/fonts")),
    Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
)  # fmt: skip
_INVISIBLE = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_Face = tuple[str, int]


def draw(text: str, height: int, *, width: int, rtl: bool = False, weight: int = 700) -> "Image":
    """The text in black (1) on white (0), `height` pixels to the em, shrunk when wider than `width`."""
    from PIL import Image, ImageDraw

    runs = _runs(text)
    fonts = [_font(face, height, weight) for face, _ in runs]
    lengths = [font.getlength(words, **_shaping(words, rtl)) for font, (_, words) in zip(fonts, runs, strict=True)]
    if sum(lengths) > width and height > 12:
        return draw(text, max(12, int(height * width / sum(lengths)) - 1), width=width, rtl=rtl, weight=weight)
    ascent = max((font.getmetrics()[0] for font in fonts), default=height)
    descent = max((font.getmetrics()[1] for font in fonts), default=0)
    picture = Image.new("L", (max(1, min(width, int(sum(lengths)) + 4)), ascent + descent))
    pen, x = ImageDraw.Draw(picture), 2.0
    order = list(zip(fonts, runs, lengths, strict=True))
    for font, (_, words), length in reversed(order) if rtl else order:
        pen.text((x, ascent), words, fill=255, font=font, anchor="ls", **_shaping(words, rtl))
        x += length
    return picture.point(lambda level: 255 * (level > 120), mode="1")


def _shaping(words: str, rtl: bool) -> dict[str, str]:
    from PIL import features

    if not features.check("raqm"):
        return {}
    turned = rtl and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in words)
    return {"direction": "rtl" if turned else "ltr"}


def _runs(text: str) -> list[tuple[_Face, str]]:
    runs: list[tuple[_Face, str]] = []
    for character in text:
        if runs and (character in _INVISIBLE or character.isspace() or _covers(runs[-1][0], character)):
            face, words = runs.pop()
            runs.append((face, words + character))
        elif character not in _INVISIBLE:
            runs.append((_face_for(character), character))
    return runs


@cache
def _face_for(character: str) -> _Face:
    for place in _PLACES:
        if place.exists() and _covers((str(place), 0), character):
            return str(place), 0
    return _asked_of_fontconfig(character) or ("", 0)


def _asked_of_fontconfig(character: str) -> _Face | None:
    pattern = f"sans-serif:bold:charset={ord(character):x}"
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
    try:
        font.set_variation_by_axes([weight])
    except (OSError, NotImplementedError):
        pass
    return font
