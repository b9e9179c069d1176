"""Text that was encoded in one way and decoded in another, put right where it can be told. Pure.

AAMVA text is ISO 8859-1 (D.6). Some readers send UTF-8, some hosts take bytes for Windows-1252, some
keyboards type the code page of DOS (Alt and a number without a leading zero).
"""

import re
from contextlib import suppress
from unicodedata import normalize

_NOT_IN_1252 = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
_BYTES_OF_1252 = {
    bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in _NOT_IN_1252
}
_PAIR = re.compile(f"[ÂÃ][\x80-\xbf{''.join(_BYTES_OF_1252)}]")
_BOXES = re.compile("[\u2500-\u259f]")
# UTF-8 taken for Latin-1, and that taken for Latin-1 again: a web form in front of a serial line.
_OFTEN = 3


def as_written(text: str) -> str:
    """The text as it was before somebody took UTF-8, or the code page of DOS, for something else."""
    if text.isascii():
        return text
    for _ in range(_OFTEN):
        decoded = _utf_8(text)
        if decoded is None:
            break
        text = decoded
    return normalize("NFC", _without_boxes(text))


def _utf_8(text: str) -> str | None:
    """Letters that are valid UTF-8 as a whole, as bytes, were UTF-8. In a text that was mended in parts, the
    pairs that no name has: Ã before a sign.
    """
    codes = [_BYTES_OF_1252.get(letter, ord(letter)) for letter in text]
    try:
        return bytes(codes).decode("utf-8")
    except ValueError:
        mended = _PAIR.sub(_letter, text)
        return mended if mended != text else None


def _letter(pair: re.Match[str]) -> str:
    return bytes(_BYTES_OF_1252.get(letter, ord(letter)) for letter in pair[0]).decode("utf-8")


def _without_boxes(text: str) -> str:
    """No card draws boxes: É is ╔ in the code page of DOS."""
    for page in ("cp437", "cp850") if _BOXES.search(text) else ():
        with suppress(UnicodeEncodeError):
            return text.encode(page).decode("latin-1")
    return text
