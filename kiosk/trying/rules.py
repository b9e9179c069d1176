"""The codes that are held under a scanner to try it, and what is wrong when they arrive otherwise.

Pure: standard library only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LETTERS = "%TRY yzYZ-/'\"&aqwm;ok"
"""Each of these is on the same key everywhere, or on one that some country swaps; none needs AltGr."""
CONTROLS = "%TRY A\nB\x1eC\x1dD\rE"
"""What licences, GS1 and ISO 15434 carry. The `%` makes line ends a part of it (`drivers/framing.py`)."""
NAMES = {"\n": "LF", "\r": "CR", "\x1e": "RS", "\x1d": "GS"}
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class Code(StrEnum):
    """What is tried."""

    LETTERS = "letters"
    CONTROLS = "controls"


class Outcome(StrEnum):
    """How a code arrived."""

    EXACT = "exact"
    LAYOUT = "layout"
    CAPS = "caps"
    CONTROLS_LOST = "controls_lost"
    PIECES = "pieces"
    END_SIGN = "end_sign"
    MORE = "more"
    UNREADABLE = "unreadable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Finding:
    """`detail` are countries (`de us`: the scanner's, kiosk.toml's) or the names of what was lost."""

    outcome: Outcome
    detail: str = ""


PAYLOADS: Mapping[Code, str] = {Code.LETTERS: LETTERS, Code.CONTROLS: CONTROLS}
COUNTRIES: Mapping[str, str] = {
    "us": "an American",
    "uk": "a British",
    "de": "a German",
    "fr": "a French",
    "es": "a Spanish",
}
SWAPPED: Mapping[str, str] = {
    "%TRY yzYZ-/'@&aqwm;ok": "us uk",
    "%TRZ zyZYß-äÄ/aqwmöok": "us de",
    "5TRY ywYW)!ù%7qaz,mok": "us fr",
    "%TRY yzYZ'-´¨/aqwmñok": "us es",
    '%TRZ zyZYß-ä"/aqwmöok': "uk de",
    "5TRY ywYW)!ù27qaz,mok": "uk fr",
    "%TRY yzYZ'-´\"/aqwmñok": "uk es",
    "%TRZ zyZY/&|@^aqwm<ok": "de us",
    '%TRZ zyZY/&~"^aqwm<ok': "de uk",
    "5TRW wyWY!7µ26qaz,.ok": "de fr",
    '%TRZ zyZY-/Ç"&aqwm;ok': "de es",
    '"TRY ywYW6>431qaz;,ok': "fr us",
    "@TRY ywYW6>431qaz;,ok": "fr uk",
    "ÄTRZ zwZW6:431qayö,ok": "fr de",
    "¨TRY ywYW6:431qazñ,ok": "fr es",
    "%TRY yzYZ/&-@^aqwm<ok": "es us",
    '%TRY yzYZ/&-"^aqwm<ok': "es uk",
    '%TRZ zyZY-/ß"&aqwm;ok': "es de",
    "5TRY ywYW!7)26qaz,.ok": "es fr",
}
"""How LETTERS arrive when the scanner is set to one country and `layout` says another: `scanner host`.
A British scanner read as American looks like the reverse.

Made of `drivers/scanners/layouts.py`, as a test says.
"""


def judge(code: Code, data: bytes) -> Finding:
    """Say how the scan of a test code arrived."""
    if not data:
        return Finding(Outcome.UNREADABLE)
    text = _AIM.sub("", _decoded(data), count=1) if data.startswith(b"]") else _decoded(data)
    wanted = PAYLOADS[code]
    if text == wanted:
        return Finding(Outcome.EXACT)
    if text.rstrip("\r\n\t") == wanted:
        return Finding(Outcome.END_SIGN)
    if wanted in text:
        return Finding(Outcome.MORE)
    return _letters(text) if code is Code.LETTERS else _controls(text)


def _letters(text: str) -> Finding:
    if countries := SWAPPED.get(text.rstrip("\r\n\t")):
        return Finding(Outcome.LAYOUT, countries)
    if text.swapcase() == LETTERS:
        return Finding(Outcome.CAPS)
    return _part(text, LETTERS)


def _controls(text: str) -> Finding:
    inside = text.rstrip("\r\n\t")
    if _printed(inside) == _printed(CONTROLS):
        return Finding(
            Outcome.CONTROLS_LOST, " ".join(name for sign, name in NAMES.items() if sign not in inside)
        )
    return _part(text, CONTROLS)


def _printed(text: str) -> str:
    return "".join(c for c in text if "!" <= c <= "~")


def _part(text: str, wanted: str) -> Finding:
    return Finding(Outcome.PIECES if len(text) > 1 and wanted.startswith(text) else Outcome.OTHER)


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


_CDC = "Better: set the scanner to USB-COM (CDC) by a setting code in its manual, and use kind = “serial”."
_WORDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.EXACT: ("It arrived exactly.", ""),
    Outcome.LAYOUT: (
        "The scanner types like {scanner} keyboard, and the kiosk reads it as {host} one.",
        "Write layout = “{layout}” for this scanner in kiosk.toml, or set the scanner to the other country. "
        + _CDC,
    ),
    Outcome.CAPS: (
        "Large and small letters are exchanged.",
        "Press Caps Lock off in the scanner's settings (“Caps Lock: off”). " + _CDC,
    ),
    Outcome.CONTROLS_LOST: (
        "The scanner loses control characters: {lost}. Licences and GS1 codes cannot be read.",
        "Set it to send control characters (“Ctrl+Char”, “Control+X mode”). " + _CDC,
    ),
    Outcome.PIECES: (
        "Only the beginning arrived: the scan came in pieces.",
        "Set idle_ms higher for this scanner in kiosk.toml (300, say), or make the scanner type faster. "
        + _CDC,
    ),
    Outcome.END_SIGN: (
        "It arrived, with the scanner's end sign (Enter or Tab) still on it.",
        "Name that sign as terminator for this scanner in kiosk.toml: “cr” for Enter, “tab” for Tab.",
    ),
    Outcome.MORE: (
        "It arrived with something added before or after it.",
        "Switch prefix and suffix off in the scanner's settings, but for Enter and the AIM identifier.",
    ),
    Outcome.UNREADABLE: (
        "Something was scanned, but it cannot be understood.",
        "Make the code larger on this phone, or set the scanner's country and layout alike. " + _CDC,
    ),
    Outcome.OTHER: (
        "Another code arrived.",
        "Try again with the code on this page. If it was this one, the scanner changes what it reads: "
        "set it back to its factory settings. " + _CDC,
    ),
}


def words(finding: Finding) -> tuple[str, str]:
    """Say what was found and what to do next; nothing when all is well."""
    what, then = _WORDS[finding.outcome]
    if finding.outcome is not Outcome.LAYOUT:
        return what.format(lost=finding.detail), then
    scanner, host = finding.detail.split()
    if {scanner, host} == {"us", "uk"}:
        what = what.removesuffix(".") + ", or the other way round."
    return what.format(scanner=COUNTRIES[scanner], host=COUNTRIES[host]), then.format(layout=scanner)
