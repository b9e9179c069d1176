"""The job's document -> what to print, laid out for a paper width. Pure: standard library only.

Every string is cleaned here: nothing that a patient or an address book wrote can carry a command to the
printer.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 240
MAX_LINES = 12
MAX_LOGO = 100_000

_JOINERS_AND_MARKS = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_URL = re.compile(r"[!-~]{1,400}")


@dataclass(frozen=True, slots=True)
class Paper:
    """What fits across: `columns` characters of the printer's normal font, `dots` of picture."""

    columns: int
    dots: int


@dataclass(frozen=True, slots=True)
class Text:
    """One centred line; `tall` is half as large again, for eyes that need it."""

    text: str
    scale: int = 1
    bold: bool = False
    rtl: bool = False
    tall: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG picture."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Numeral:
    """The code, as large as the paper allows."""

    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """White words on a black bar."""

    text: str
    rtl: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class QrCode:
    data: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A PNG of black and white, printed dot for dot: a barcode that was drawn elsewhere."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    pass


Operation = Text | Logo | Numeral | Band | QrCode | Figure | Rule | Feed | Cut


@dataclass(frozen=True, slots=True)
class _Style:
    """What holds for all words of a ticket."""

    paper: Paper
    rtl: bool
    language: str
    large: bool

    def paragraph(self, value: object, *, scale: int = 1, bold: bool = False) -> list[Operation]:
        rows = balanced(clean(value), self.paper.columns // scale)
        tall = self.large and scale == 1
        return [Text(row, scale, bold, self.rtl, tall, self.language) for row in rows]

    def paragraphs(self, values: object) -> list[Operation]:
        listed = values if isinstance(values, list) else []
        return [row for value in listed[:MAX_LINES] for row in self.paragraph(value)]


def layout(document: Mapping[str, Any], paper: Paper) -> list[Operation]:
    """The ticket from top to bottom; raises ValueError when there is no code to print."""
    code = clean(document.get("code"))
    if not code:
        raise ValueError("the document has no code")
    style = _Style(
        paper,
        rtl=document.get("direction") == "rtl",
        language=_language(document.get("language")),
        large=document.get("large") is True,
    )
    ticket: list[Operation] = _logo(document.get("logo"))
    ticket += style.paragraph(document.get("site"), bold=True)
    ticket += style.paragraphs(document.get("header"))
    ticket += [*style.paragraph(document.get("issued")), Feed(18), Rule(), Feed(24)]
    if service := style.paragraph(document.get("service"), scale=2, bold=True):
        ticket += [*service, Feed(28)]
    ticket += [Numeral(code), Feed(32)]
    if copy := clean(document.get("copy")):
        ticket += [Band(copy, style.rtl, style.language), Feed(24)]
    ticket += style.paragraphs(document.get("lines"))
    ticket += _figures(document.get("figures"), style)
    ticket += _follow(document, style)
    if footer := style.paragraphs(document.get("footer")):
        ticket += [Feed(22), Rule(), Feed(16), *footer]
    return [*ticket, Cut()]


def clean(value: object) -> str:
    """Words only: one line, composed, without any control, unassigned or private character."""
    text = unicodedata.normalize("NFC", value[: 4 * MAX_TEXT] if isinstance(value, str) else "")
    spaced = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cc") else c for c in text)
    words = "".join(c for c in spaced if c in _JOINERS_AND_MARKS or unicodedata.category(c)[0] != "C")
    short = " ".join(words.split())
    return short if len(short) <= MAX_TEXT else short[: MAX_TEXT - 1] + "…"


def columns(text: str) -> int:
    """How many columns the text takes: East Asian characters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) or c in _JOINERS_AND_MARKS
        else 2 if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )  # fmt: skip


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces where there are any."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _chop(word, width)
        lines += full
    return [*lines, line] if line else lines


def balanced(text: str, width: int) -> list[str]:
    """As few lines as `wrap` needs, of about equal length: no single word on the last line."""
    best = wrap(text, width)
    for narrower in range(min(width, columns(text)) - 1, 0, -1):
        lines = wrap(text, narrower)
        if len(lines) > len(best):
            break
        best = lines
    return best


def _chop(word: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and columns(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _language(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]{2,20}", value) else ""


def _logo(value: object) -> list[Operation]:
    png = _png(value)
    return [Logo(png), Feed(16)] if png else []


def _figures(value: object, style: _Style) -> list[Operation]:
    """Each picture with its words above it."""
    listed = value if isinstance(value, list) else []
    drawn: list[Operation] = []
    for one in listed[:MAX_LINES]:
        if isinstance(one, Mapping) and (png := _png(one.get("png"))):
            drawn += [Feed(32), *style.paragraph(one.get("words"), bold=True), Feed(8), Figure(png)]
    return drawn


def _png(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > MAX_LOGO:
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _follow(document: Mapping[str, Any], style: _Style) -> list[Operation]:
    url = document.get("url")
    if not isinstance(url, str) or not _URL.fullmatch(url):
        return []
    label = style.paragraph(document.get("url_label"))
    return [Feed(22), Rule(), Feed(28), QrCode(url), Feed(16), *label]
