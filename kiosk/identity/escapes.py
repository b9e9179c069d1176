r"""Signs that somebody wrote out in letters: `<LF>`, `\n`, `^M`, `%0A`, `&#10;`, `<br>`, `␊`. Pure.

A reader, a terminal or a web page shows controls, and letters beyond ASCII, like this. They are given back
only where the text has no line ends of its own, or its header is written out, so that a card which happens to
contain such letters keeps them.
"""

import re
from html import unescape
from urllib.parse import unquote_to_bytes

from kiosk.identity.encodings import as_written

# A JSON string in a JSON string, HTML in a URL.
_OFTEN = 3
_ENOUGH = 4
_NAMED = {"LF": "\n", "NL": "\n", "BR": "\n", "CR": "\r"}
_NAMED |= {"FS": "\x1c", "GS": "\x1d", "RS": "\x1e", "US": "\x1f"}
_BRACKETED = re.compile(
    r"[<\[{(](?:(?P<name>LF|NL|CR|FS|GS|RS|US|BR(?= ?/?>))|(?:0X)?(?P<hex>0[AD]|1[C-F])"
    r"|0(?P<tens>1[03]|28|29|30)) ?/?[>\]})]|0X(?P<bare>0[AD]|1[C-F])",
    re.IGNORECASE,
)
_BRACKETED_HEADER = re.compile(rf"(?:{_BRACKETED.pattern})\s*\w{{0,2}}(?:ANSI|AAMVA)", re.IGNORECASE)
_BACKSLASHED = re.compile(
    r"\\(?:u00(?P<u>[0-9a-fA-F]{2})|x(?P<x>[0-9a-fA-F]{2})|(?P<octal>0(?:1[25]|3[4-7]))"
    r"|(?P<sign>[nrt\"'/\\]))"
)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_BACKSLASHED_LINE_ENDS = re.compile(r"\\(?:[nr]|x0[aAdD]|u000[aAdD]|01[25])")
_CARETED = re.compile(r"\^([JM\\\]^_])")
_CARETED_HEADER = re.compile(r"\^[JM^](?:ANSI|AAMVA)")
_PICTURES = {0x2400 + control: control for control in (0x0A, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F)} | {0x2424: 0x0A}
_PERCENT_SIGNS = re.compile(r"%0[AaDd]\w{0,2}(?:ANSI|AAMVA)|ANSI(?:%20|\+)\d|%3[Cc]%3[Cc]")
_ENTITY = re.compile(
    r"&(?:#\d{1,3}|#[xX][0-9a-fA-F]{1,2}|amp|lt|gt|quot|apos|nbsp"
    r"|[A-Za-z]{1,2}(?:grave|acute|circ|tilde|uml|cedil|ring|slash|lig|th));"
)


def unescaped(text: str) -> str:
    """The text with the signs themselves in it."""
    text = _ENTITY.sub(_entity, text) if "&" in text else text
    if _CARETED_HEADER.search(text) or text.count("^J") >= _ENOUGH:
        text = _CARETED.sub(lambda found: chr(ord(found[1]) ^ 0x40), text)
    if _BRACKETED_HEADER.search(text):
        text = _BRACKETED.sub(_bracketed, text)
    for _ in range(_OFTEN):
        if "\n" in text or "\r" in text:
            break
        text = _once(text)
    return text


def _once(text: str) -> str:
    if _PERCENT_SIGNS.search(text) or text.upper().count("%0A") >= _ENOUGH:
        plain = text if " " in text or "%20" in text else text.replace("+", " ")
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
    if digits := found["octal"]:
        return chr(int(digits, 8))
    return _SIGNS.get(found["sign"], found["sign"])


def _bracketed(found: re.Match[str]) -> str:
    if name := found["name"]:
        return _NAMED[name.upper()]
    if digits := found["hex"] or found["bare"]:
        return chr(int(digits, 16))
    return chr(int(found["tens"]))
