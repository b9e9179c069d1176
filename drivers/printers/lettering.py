"""Words as a picture, for what a printer's own fonts cannot write: any script, and the big code.

Pillow shapes and orders (raqm) but takes one font at a time, so a line is cut into runs that a font covers:
a ticket code inside an Arabic sentence would print as an empty box otherwise.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.printers.faces import DEBIAN, INVISIBLE, Face, covers, face_for, font

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_BOLD_FROM = 600
_SMALLEST = 12
# Words with the space before them; Chinese, Japanese and Korean break anywhere but before their punctuation.
_CLOSING = "、。，．：；？！）」』】〉》〕・ー々"
_TOKENS = re.compile(rf"\s?(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef][{_CLOSING}]*)")
# Thai and Lao write these vowels before the letter they belong to.
_LEADING_VOWELS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_VIRAMA = 9
_STEP = 16


@dataclass(frozen=True, slots=True)
class Hand:
    """How words are written: `height` pixels to the em."""

    height: int
    weight: int = 700
    rtl: bool = False
    language: str = ""

    @property
    def bold(self) -> bool:
        return self.weight >= _BOLD_FROM


def draw(text: str, hand: Hand, *, width: int) -> "Image":
    """The text in black (1) on white (0), shrunk when wider than `width`."""
    from PIL import Image, ImageDraw

    pieces = _pieces(text, hand)
    length = sum(piece.length for piece in pieces)
    if length > width and hand.height > _SMALLEST:
        smaller = max(_SMALLEST, int(hand.height * width / length) - 1)
        return draw(text, replace(hand, height=smaller), width=width)
    ascent = max((piece.font.getmetrics()[0] for piece in pieces), default=hand.height)
    descent = max((piece.font.getmetrics()[1] for piece in pieces), default=0)
    picture = Image.new("L", (max(1, min(width, int(length) + 4)), ascent + descent))
    pen, x = ImageDraw.Draw(picture), 2.0
    for piece in _as_seen(pieces) if hand.rtl else pieces:
        shaping = _shaping(piece.font, piece.words, hand)
        pen.text((x, ascent), piece.words, fill=255, font=piece.font, anchor="ls", **shaping)
        x += piece.length
    return picture.point(lambda level: 255 * (level > 120), mode="1")


def lines(text: str, hand: Hand, *, width: int) -> list[str]:
    """As few lines as fit `width` without shrinking, of about equal length."""

    @cache
    def measured(words: str) -> float:
        return sum(piece.length for piece in _pieces(words, hand))

    def folded(room: int) -> list[str]:
        rows = [""]
        for token in tokens:
            if measured(joined := (rows[-1] + token).lstrip()) <= room or not rows[-1]:
                rows[-1] = joined
            else:
                rows.append(token.lstrip())
        return rows

    # A word that is too long for any line may break anywhere: scripts such as Thai have no spaces.
    tokens = [
        part
        for token in _TOKENS.findall(text)
        for part in ([token] if measured(token) <= width else letters(token))
    ]
    best = folded(width)
    for room in range(width - _STEP, 0, -_STEP):
        rows = folded(room)
        if len(rows) > len(best) or max(map(measured, rows)) > room:
            break
        best = rows
    return best


def letters(word: str) -> list[str]:
    """The word cut where a line may break without tearing a letter from its marks."""
    found: list[str] = []
    for character in word:
        tied = found and (
            unicodedata.category(character)[0] == "M"
            or character in INVISIBLE
            or found[-1][-1] == "\u200d"
            or unicodedata.combining(found[-1][-1]) == _VIRAMA
            or found[-1] in _LEADING_VOWELS
        )
        if tied:
            found[-1] += character
        else:
            found.append(character)
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    words: str
    font: "FreeTypeFont"
    length: float


def _pieces(text: str, hand: Hand) -> list[_Piece]:
    pieces = []
    for face, words in (_turned_runs if hand.rtl else _runs)(text, hand):
        drawn = font(face, hand.height, hand.weight)
        pieces.append(_Piece(words, drawn, drawn.getlength(words, **_shaping(drawn, words, hand))))
    return pieces


def _shaping(drawn: "FreeTypeFont", words: str, hand: Hand) -> dict[str, Any]:
    from PIL import ImageFont

    if drawn.layout_engine != ImageFont.Layout.RAQM:
        return {}
    latin = any(unicodedata.bidirectional(c) == "L" for c in words) and not any(map(_is_rtl, words))
    shaping = {"direction": "rtl" if hand.rtl and not latin else "ltr"}
    return shaping | ({"language": hand.language} if hand.language else {})


def _is_rtl(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL", "AN")


def _is_ltr(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("L", "EN")


def _turned_runs(text: str, hand: Hand) -> list[tuple[Face, str]]:
    """For a line that reads from the right: one font for all of it when there is one, so that raqm orders
    it.
    """
    strong = next((c for c in text if _is_rtl(c)), text[:1])
    main = face_for(strong, hand.bold, hand.language)
    for face in (main, *((pair[hand.bold], 0) for pair in DEBIAN if Path(pair[hand.bold]).exists())):
        if all(c in INVISIBLE or covers(face, c) for c in text):
            return [(face, text)]
    runs: list[tuple[Face, str]] = []
    for word in _words(text):
        fits = all(c in INVISIBLE or covers(main, c) for c in word)
        for face, part in [(main, word)] if fits else _runs(word, hand):
            if runs and runs[-1][0] == face:
                runs[-1] = face, runs[-1][1] + part
            elif len(runs) > 1 and runs[-2][0] == face and runs[-1][1].isspace():
                space, before = runs.pop()[1], runs.pop()[1]
                runs.append((face, before + space + part))
            else:
                runs.append((face, part))
    return runs


def _words(text: str) -> list[str]:
    """What reads from the left stays whole, because its parts would be turned round: B042 into 042B. What
    reads from the right, and each space, stands alone.
    """
    return [
        part
        for alone, letters in groupby(text, lambda c: c.isspace() or _is_rtl(c))
        for part in (letters if alone else ["".join(letters)])
    ]


def _as_seen(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces of a line that reads from the right, as they stand on paper. Neighbours that read from the
    left keep their order, with the space between them.
    """
    places = list(range(len(pieces)))
    from_left = [any(map(_is_ltr, piece.words)) and not any(map(_is_rtl, piece.words)) for piece in pieces]
    for place in places[1:-1]:
        if not any(_is_ltr(c) or _is_rtl(c) for c in pieces[place].words):
            from_left[place] = from_left[place - 1] and from_left[place + 1]
    seen: list[_Piece] = []
    for keeps_order, group in groupby(reversed(places), from_left.__getitem__):
        row = [pieces[place] for place in group]
        seen += reversed(row) if keeps_order else row
    return seen


def _runs(text: str, hand: Hand) -> list[tuple[Face, str]]:
    runs: list[tuple[Face, str]] = []
    for character in text:
        if runs and (character in INVISIBLE or character.isspace() or covers(runs[-1][0], character)):
            face, words = runs.pop()
            runs.append((face, words + character))
        elif character not in INVISIBLE:
            runs.append((face_for(character, hand.bold, hand.language), character))
    return runs
