"""What cables, keyboards and readers do to a licence's text on the way (seen on real devices)."""

import html
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Callable

_CONTROLS = re.compile(r"[\x00-\x1f]")


def caps_lock(text: str) -> str:
    return "".join(letter.swapcase() if letter.swapcase().swapcase() == letter else letter for letter in text)


def stray_control_keys(text: str) -> str:
    """A text field: LF arrives, RS was typed as Ctrl+6, CR as Ctrl+M."""
    return text.replace("\x1e", "6").replace("\r", "M")


def parity(text: str) -> bytes:
    """7 data bits with even parity, read as 8 bits."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in text.encode("ascii"))


HARMLESS: dict[str, Callable[[str], str | bytes]] = {
    "clean": lambda text: text,
    "Latin-1 bytes": lambda text: text.encode("latin-1"),
    "UTF-8 bytes": lambda text: text.encode(),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-8 read as Windows-1252": lambda text: as_windows_1252(text.encode()),
    "UTF-8 read as Latin-1 twice": lambda text: text.encode().decode("latin-1").encode().decode("latin-1"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "accents apart": lambda text: unicodedata.normalize("NFD", text),
    "code page of DOS": lambda text: text.encode("latin-1").decode("cp437"),
    "hard spaces": lambda text: text.replace(" ", "\xa0"),
    "Caps Lock": caps_lock,
    "AIM identifier": lambda text: "]L2" + text,
    "byte order mark": lambda text: "\ufeff" + text,
    "line end before": lambda text: "\r\n" + text,
    "space before": lambda text: "  " + text,
    "STX and ETX": lambda text: f"\x02{text}\x03",
    "no end": lambda text: text.rstrip(),
    "Enter behind": lambda text: text + "\r\n",
    "CRLF for LF": lambda text: text.replace("\n", "\r\n"),
    "CR for LF": lambda text: text.replace("\n", "\r"),
    "LF for CR": lambda text: text.replace("\r", "\n"),
    "LF doubled": lambda text: text.replace("\n", "\n\n"),
    "LF only": lambda text: text.replace("\x1e", "").replace("\r", ""),
    "FS for RS": lambda text: text.replace("\x1e", "\x1c"),
    "RS for LF": lambda text: text.replace("\n", "\x1e"),
    "GS for LF": lambda text: text.replace("\n", "\x1d"),
    "pipes": lambda text: text.replace("\n", "|").replace("\r", "|"),
    "pipes, RS kept": lambda text: text.replace("\n", "|"),
    "tabs": lambda text: text.replace("\n", "\t").replace("\r", "\t"),
    "semicolons": lambda text: text.replace("\n", ";").replace("\r", ";"),
    "tildes": lambda text: _CONTROLS.sub("~", text),
    "NUL behind": lambda text: text + "\x00\x00",
    "C1 noise": lambda text: text.replace("\n", "\n\x90\n\x90"),
    "C1 for LF": lambda text: text.replace("\n", "\x90"),
    "XON and XOFF": lambda text: text.replace("DAG", "\x13\x11DAG"),
    "names for controls": lambda text: _named(text, "<{}>"),
    "small names for controls": lambda text: _named(text, "<{}>").replace("<LF>", "<lf>"),
    "names for controls, and line ends": lambda text: _named(text, "<{}>").replace("<LF>", "<LF>\n"),
    "names for RS and CR": lambda text: text.replace("\x1e", "<RS>").replace("\r", "<CR>"),
    "line breaks of HTML": lambda text: text.replace("\x1e", "").replace("\r", "\n").replace("\n", "<br />"),
    "escapes for controls": lambda text: (
        text.replace("\n", "\\n").replace("\r", "\\r").replace("\x1e", "\\u001e")
    ),
    "other names for controls": lambda text: _named(text, "[{}]"),
    "numbers for controls": lambda text: _CONTROLS.sub(lambda found: f"<0x{ord(found[0]):02X}>", text),
    "carets for controls": lambda text: _CONTROLS.sub(lambda found: "^" + chr(ord(found[0]) + 64), text),
    "carets for RS and CR": lambda text: text.replace("\x1e", "^^").replace("\r", "^M"),
    "hexadecimal numbers for controls": lambda text: _CONTROLS.sub(
        lambda found: f"0x{ord(found[0]):02x}", text
    ),
    "decimal numbers for controls": lambda text: _CONTROLS.sub(lambda found: f"<{ord(found[0]):03}>", text),
    "octal numbers for controls": lambda text: _CONTROLS.sub(lambda found: f"\\{ord(found[0]):03o}", text),
    "a JSON string": json.dumps,
    "a JSON string in a JSON string": lambda text: json.dumps(json.dumps(text)),
    "a Python string": lambda text: repr(text.encode("latin-1")),
    "part of a URL": urllib.parse.quote,
    "a field of a form": urllib.parse.quote_plus,
    "HTML": html.escape,
    "HTML with references": lambda text: re.sub(
        r"[^ -~]", lambda found: f"&#{ord(found[0])};", html.escape(text)
    ),
    "pictures for controls": lambda text: _CONTROLS.sub(lambda found: chr(0x2400 + ord(found[0])), text),
    "@ LF 6 M": stray_control_keys,
    "@ j 6 m": lambda text: text.replace("\x1e", "6").replace("\r", "m").replace("\n", "j"),
    "underscores": lambda text: _CONTROLS.sub("_", text),
    "replacement characters": lambda text: _CONTROLS.sub("\ufffd", text),
    "@ LF 6": lambda text: text.replace("\x1e", "6").replace("\r", ""),
    "@ LF Ü M": lambda text: text.replace("\x1e", "Ü").replace("\r", "M"),
    "@ LF \\ M": lambda text: text.replace("\x1e", "\\").replace("\r", "M"),
    "@ a LF": lambda text: text.replace("@\n\x1e\r", "@a\n"),
    "@ a c": lambda text: text.replace("@\n\x1e\r", "@ac"),
    "no @": lambda text: text[1:],
    "no start": lambda text: text[text.index("ANSI") :],
    "quote for @": lambda text: '"' + text[1:],
    "no RS": lambda text: text.replace("\x1e", ""),
    "indented": lambda text: text.replace("\n", "\n  "),
    "pipes with spaces": lambda text: _CONTROLS.sub(" | ", text),
    "wide": lambda text: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
    "round quotation marks": lambda text: text.replace("'", "\u2019"),
    "twice": lambda text: text + text,
    "once and a half": lambda text: text + text[: len(text) // 2],
    "three times": lambda text: f"{text}\r\n" * 3,
    "twice with Enter": lambda text: f"{text}\r\n{text}",
    "no space in ANSI": lambda text: text.replace("ANSI ", "ANSI"),
    "AAMVA for ANSI": lambda text: text.replace("ANSI ", "AAMVA"),
    "offset 0000": lambda text: re.sub(r"DL\d{8}", "DL00000000", text, count=1),
    "offset off by one": lambda text: re.sub(
        r"DL00(\d\d)", lambda found: f"DL00{int(found[1]) + 1:02}", text, count=1
    ),
    "offset not a number": lambda text: re.sub(r"DL\d{8}", "DLlabac", text, count=1),
    "no DL before the elements": lambda text: re.sub(r"DL(?=D[A-D][A-Z])", "", text, count=1),
    "ID for DL": lambda text: re.sub(r"DL(?=\d{8}|D[A-D][A-Z])", "ID", text, count=2),
    "parity": lambda text: parity(text) if text.isascii() else text.encode("latin-1"),
}

LOSSY: dict[str, Callable[[str], str | bytes]] = {
    "separators lost": lambda text: _CONTROLS.sub("", text),
    "separators became spaces": lambda text: _CONTROLS.sub(" ", text),
    "separators lost, Caps Lock": lambda text: caps_lock(_CONTROLS.sub("", text)),
    "LF lost": lambda text: text.replace("\n", ""),
    "LF lost, RS 6, CR M": lambda text: stray_control_keys(text.replace("\n", "")),
    "LF typed as J": lambda text: stray_control_keys(text.replace("\n", "J")),
}


def as_windows_1252(data: bytes) -> str:
    """As a browser decodes it: what has no letter stays a control."""
    return "".join(
        chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252")
        for byte in data
    )


def _named(text: str, form: str) -> str:
    names = {"\n": "LF", "\r": "CR", "\x1e": "RS"}
    return "".join(form.format(names[letter]) if letter in names else letter for letter in text)


def without_one_separator(text: str, number: int) -> str:
    places = [place for place, letter in enumerate(text) if letter in "\n\r"]
    place = places[number % len(places)]
    return text[:place] + text[place + 1 :]


def cut(text: str, at: int) -> str:
    return text[: at % len(text)]
