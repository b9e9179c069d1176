r"""Signs that somebody wrote out in letters: `<LF>`, `\n`, `^M`, `%0A`, `&#10;`, `␊`. Pure.

A reader, a terminal or a web page shows controls, and letters beyond ASCII, like this. They are given back
only where the text has no line ends of its own, so that a card which happens to contain such letters keeps
them.
"""

import re
from html import unescape
from urllib.parse import unquote_to_bytes

from kiosk.identity.encodings import as_written

_NAMED = {"LF": "\n", "NL": "\n", "CR": "\r", "FS": "\x1c", "GS": "\x1d", "RS": "\x1e", "US": "\x1f"}
_BRACKETED = re.compile(
    r"[<\[{(](?:(?P<name>LF|NL|CR|FS|GS|RS|US)|(?:0[xX])?(?P<hex>0[aAdD]|1[c-fC-F]))[>\]})]"
)
_BACKSLASHED = re.compile(r"\\(?:u00(?P<u>[0-9a-fA-F]{2})|x(?P<x>[0-9a-fA-F]{2})|(?P<sign>[nrt\"'/\\]))")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_BACKSLASHED_LINE_ENDS = re.compile(r"\\(?:[nr]|x0[aAdD]|u000[aAdD])")
_CARETED = re.compile(r"\^([JM\\\]^_])")
_CARETED_HEADER = re.compile(r"\^[JM^](?:ANSI|AAMVA)")
_PICTURES = {0x2400 + control: control for control in (0x0A, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F)} | {0x2424: 0x0A}
_PERCENT_HEADER = re.compile(r"%0[AaDd](?:ANSI|AAMVA)")
_ENTITY = re.compile(
    r"&(?:#\d{1,3}|#[xX][0-9a-fA-F]{1,2}|amp|lt|gt|quot|apos|nbsp"
    r"|[A-Za-z]{1,2}(?:grave|acute|circ|tilde|uml|cedil|ring|slash|lig|th));"
)


def unescaped(text: str) -> str:
    """The text with the signs themselves in it."""
    text = _ENTITY.sub(_entity, text) if "&" in text else text
    if _CARETED_HEADER.search(text):
        text = _CARETED.sub(lambda found: chr(ord(found[1]) ^ 0x40), text)
    if "\n" in text or "\r" in text:
        return text
    if _PERCENT_HEADER.search(text):
        plain = text.replace("+", " ") if re.search(r"ANSI\+\d", text) else text
        text = unquote_to_bytes(plain.encode("latin-1", "replace")).decode("latin-1")
    elif _BACKSLASHED_LINE_ENDS.search(text):
        text = _BACKSLASHED.sub(_backslashed, text)
    return as_written(_BRACKETED.sub(_bracketed, text.translate(_PICTURES)))


def _entity(found: re.Match[str]) -> str:
    """HTML has no reference to most controls (`&#30;`), so numbers are taken as they are."""
    reference = found[0][1:-1]
    if not reference.startswith("#"):
        return unescape(found[0])
    return chr(int(reference[2:], 16) if reference[1] in "xX" else int(reference[1:]))


def _backslashed(found: re.Match[str]) -> str:
    if digits := found["u"] or found["x"]:
        return chr(int(digits, 16))
    return _SIGNS.get(found["sign"], found["sign"])


def _bracketed(found: re.Match[str]) -> str:
    return _NAMED[found["name"]] if found["name"] else chr(int(found["hex"], 16))
