"""Which font draws which character: the clinic's own for Latin, then what Debian has, then whatever
fontconfig finds on this machine, in the face that the language wants: Chinese, Japanese and Korean write the
same characters differently.
"""

import contextlib
import logging
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

log = logging.getLogger(__name__)

Face = tuple[str, int]
"""A font file and which of its faces."""

INVISIBLE = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_ROOT = Path(__file__).resolve().parents[2]
_ATKINSON = "atkinson-hyperlegible-next-latin{}-wght-normal.woff2"
_OWN = tuple(
    (file, file)
    for part in ("", "-ext")
    for folder in ("static/fonts", "kiosk/static/fonts")
    for file in [str(_ROOT / folder / _ATKINSON.format(part))]
)
DEBIAN = (
    (
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
    ),
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    ),
)
_asked: defaultdict[tuple[bool, str], list[Face]] = defaultdict(list)
_CJK = (("zh-hant", "TC"), ("zh-tw", "TC"), ("zh-hk", "HK"), ("zh", "SC"), ("ja", "JP"), ("ko", "KR"))


def face_for(character: str, bold: bool, language: str = "") -> Face:
    """The face that draws `character`; an empty name when no font here can."""
    return _found(character, bold, _cjk(language))


def covers(face: Face, character: str) -> bool:
    """Tell whether the face can draw it; a space needs no letter."""
    if character.isspace():
        return True
    return bool(face[0]) and _has_glyph(face, character)


@cache
def font(face: Face, height: int, weight: int) -> "FreeTypeFont":
    from PIL import ImageFont

    file, index = face
    try:
        opened = ImageFont.truetype(file, height, index)
    except OSError:
        built_in = ImageFont.load_default(height)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise
        return built_in
    with contextlib.suppress(OSError, NotImplementedError):
        opened.set_variation_by_axes([weight])
    return opened


def _cjk(language: str) -> str:
    """Which of Noto's East Asian faces the language reads."""
    wanted = language.lower()
    return next((face for code, face in _CJK if re.match(rf"{code}(-|$)", wanted)), "SC")


@cache
def _found(character: str, bold: bool, cjk: str) -> Face:
    installed = [(pair[bold], 0) for pair in (*_OWN, *DEBIAN) if Path(pair[bold]).exists()]
    # Asking takes a while, and a script's other letters are likely to be where the first one was.
    asked = _asked[bold, cjk]
    known = (face for face in (*installed, *asked) if covers(face, character))
    if (face := next(known, None)) is None and (face := _asked_of_fontconfig(character, bold, cjk)):
        asked.append(face)
    if face is None:
        log.warning(
            "No font here can draw U+%04X; fonts-noto-core and fonts-noto-cjk have most", ord(character)
        )
    return face or ("", 0)


def _asked_of_fontconfig(character: str, bold: bool, cjk: str) -> Face | None:
    families = f"Noto Sans Arabic,Noto Sans Hebrew,Noto Sans CJK {cjk},Noto Sans,sans-serif"
    pattern = f"{families}:weight={200 if bold else 80}:charset={ord(character):x}"
    command = ["fc-match", "--format=%{file}\n%{index}", pattern]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout  # noqa: S603
        file, index = answer.split("\n")
        # The upper half of fontconfig's index names an instance of a variable font.
        face = (file, int(index) & 0xFFFF)
        return face if covers(face, character) else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


@cache
def _has_glyph(face: Face, character: str) -> bool:
    glyph = bytes(font(face, 32, 400).getmask(character))
    return glyph != _missing(face) or not any(glyph)


@cache
def _missing(face: Face) -> bytes:
    return bytes(font(face, 32, 400).getmask("\U0010fffd"))
