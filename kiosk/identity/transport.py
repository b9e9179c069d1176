"""What cables, keyboards and readers do to a scan on the way, undone where it can be told. Pure."""

import re
from dataclasses import dataclass

from kiosk.identity.encodings import as_written

_AIM = re.compile(r"\](?P<id>[A-Za-z][0-9A-Za-z])")
_FRAMING = "\ufeff\x02\x03\x04\x06\x11\x13"
# A phone or a word processor makes quotation marks and dashes round, an input method makes signs wide.
_PLAIN = str.maketrans("\xa0\u2007\u202f\u3000", "    ", "\u200b\u2060\xad")
_PLAIN |= str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014", "''\"\"----")
_PLAIN |= {0xFEE0 + sign: sign for sign in range(0x21, 0x7F)}
_UTF_16 = ("ÿþ", "þÿ")


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """The text of one scan and, where the reader sent one, its AIM symbology identifier (ISO/IEC 15424).

    `is_ended`: a line end or another control came last, so the text was not cut in the middle of a line.
    """

    text: str
    symbology: str = ""
    is_ended: bool = False


def scan_of(payload: str | bytes) -> Scan:
    """Decode and take off what is not the document: byte order mark, STX/ETX, white space, `]L2`.

    NUL pads: it is in UTF-16 before or behind every letter.
    """
    text = payload if isinstance(payload, str) else _without_parity(payload).decode("latin-1")
    text = text.replace("\x00", "")
    text = as_written(text[2:] if text.startswith(_UTF_16) else text).translate(_PLAIN)
    is_ended = text[-1:] < " "
    text = text.strip(_FRAMING).strip().strip(_FRAMING)
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]  # a JSON string, a field of a CSV file
    found = _AIM.match(text)
    if found is None:
        return Scan(text, is_ended=is_ended)
    return Scan(text[found.end() :].strip(_FRAMING), found["id"], is_ended)


def _without_parity(payload: bytes) -> bytes:
    """A line set to 7 bits with parity, read as 8 bits: every byte has the same parity, or the top bit.

    24 bytes of one parity by chance: 1 in 16 million.
    """
    if len(payload) < 24 or not any(byte & 0x80 for byte in payload):
        return payload
    ones = {byte.bit_count() & 1 for byte in payload}
    if len(ones) == 1 or all(byte & 0x80 for byte in payload):
        return bytes(byte & 0x7F for byte in payload)
    return payload


_CASE_SWAPPED = {
    ord(letter): letter.swapcase()
    for letter in map(chr, range(0x100))
    if letter.isalpha() and len(letter.swapcase()) == 1 and ord(letter.swapcase()) < 0x100
}


def caps_lock_off(text: str) -> str:
    """What the keys would have typed without Caps Lock: letter for letter, nothing else."""
    return text.translate(_CASE_SWAPPED)
