"""The job's document -> what to print, laid out for a paper width. Pure: standard library only.

Every string is cleaned here: nothing that a patient or an address book wrote can carry a command to the
printer.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 240
MAX_LINES = 12

_JOINERS_AND_MARKS = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_URL = re.compile(r"[!-~]{1,400}")


@dataclass(frozen=True, slots=True)
class Paper:
    """What fits across: `columns` characters of the printer's normal font, `dots` of picture."""

    columns: int
    dots: int


@dataclass(frozen=True, slots=True)
class Text:
    """One centred line."""

    text: str
    scale: int = 1
    bold: bool = False
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Numeral:
    """The code, as large as the paper allows."""

    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """White words on a black bar."""

    text: str
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    data: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    pass


Operation = Text | Numeral | Band | QrCode | Rule | Feed | Cut


def layout(document: Mapping[str, Any], paper: Paper) -> list[Operation]:
    """The ticket from top to bottom; raises ValueError when there is no code to print."""
    code = clean(document.get("code"))
    if not code:
        raise ValueError("the document has no code")
    rtl = document.get("direction") == "rtl"
    ticket: list[Operation] = _paragraph(document.get("site"), paper, bold=True, rtl=rtl)
    ticket += [*_paragraph(document.get("issued"), paper, rtl=rtl), Feed(18), Rule(), Feed(24)]
    ticket += _paragraph(document.get("service"), paper, scale=2, bold=True, rtl=rtl)
    ticket += [Feed(28), Numeral(code), Feed(32)]
    if copy := clean(document.get("copy")):
        ticket += [Band(copy, rtl), Feed(24)]
    lines = document.get("lines")
    for line in (lines if isinstance(lines, list) else [])[:MAX_LINES]:
        ticket += _paragraph(line, paper, rtl=rtl)
    ticket += _follow(document, paper, rtl)
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


def _paragraph(
    value: object, paper: Paper, *, scale: int = 1, bold: bool = False, rtl: bool = False
) -> list[Operation]:
    return [Text(line, scale, bold, rtl) for line in balanced(clean(value), paper.columns // scale)]


def _follow(document: Mapping[str, Any], paper: Paper, rtl: bool) -> list[Operation]:
    url = document.get("url")
    if not isinstance(url, str) or not _URL.fullmatch(url):
        return []
    label = _paragraph(document.get("url_label"), paper, rtl=rtl)
    return [Feed(22), Rule(), Feed(28), QrCode(url), Feed(16), *label]
