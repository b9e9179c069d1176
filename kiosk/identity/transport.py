"""What cables, keyboards and readers do to a scan on the way, undone where it can be told. Pure."""

import re
from dataclasses import dataclass

_AIM = re.compile(r"\](?P<id>[A-Za-z][0-9A-Za-z])")
_FRAMING = "\ufeff\x00\x02\x03\x04\x06\x11\x13"
_NAMED_CONTROLS = {
    "LF": "\n",
    "CR": "\r",
    "FS": "\x1c",
    "GS": "\x1d",
    "RS": "\x1e",
    "US": "\x1f",
}
_WRITTEN_OUT = re.compile(
    r"<(?P<angle>LF|CR|FS|GS|RS|US)>|\\(?P<letter>[nr])|\\(?:x|u00)(?P<hex>0[aAdD]|1[cdefCDEF])"
)
_PICTURES = {0x2400 + control: control for control in (0x0A, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F)}


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """The text of one scan and, where the reader sent one, its AIM symbology identifier (ISO/IEC 15424).

    `is_ended`: a line end or another control came last, so the text was not cut in the middle of a line.
    """

    text: str
    symbology: str = ""
    is_ended: bool = False


def scan_of(payload: str | bytes) -> Scan:
    """Decode and take off what is not the document: byte order mark, STX/ETX, white space, `]L2`."""
    text = payload if isinstance(payload, str) else _without_parity(payload).decode("latin-1")
    text = _as_written(text)
    is_ended = text[-1:] < " "
    text = text.strip(_FRAMING).strip().strip(_FRAMING)
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


def _as_written(text: str) -> str:
    """AAMVA text is ISO 8859-1 (D.6), but some readers send UTF-8: then it is valid UTF-8 as a whole."""
    if not text.isascii() and all(ord(letter) < 0x100 for letter in text):
        try:
            return text.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return text
    return text


def with_controls(text: str) -> str:
    """Give back the controls that a reader wrote out (`<LF>`, `\\n`, `␊`), if the text has none itself."""
    if any(control in text for control in "\n\r"):
        return text
    return _WRITTEN_OUT.sub(_control, text.translate(_PICTURES))


def _control(written: re.Match[str]) -> str:
    if written["angle"]:
        return _NAMED_CONTROLS[written["angle"]]
    if written["letter"]:
        return {"n": "\n", "r": "\r"}[written["letter"]]
    return chr(int(written["hex"], 16))


_CASE_SWAPPED = {
    ord(letter): letter.swapcase()
    for letter in map(chr, range(0x100))
    if letter.isalpha() and len(letter.swapcase()) == 1 and ord(letter.swapcase()) < 0x100
}


def caps_lock_off(text: str) -> str:
    """What the keys would have typed without Caps Lock: letter for letter, nothing else."""
    return text.translate(_CASE_SWAPPED)
