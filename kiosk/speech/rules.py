"""What a voice is given to say, and what a page has to say. Pure: standard library only."""

import re
import struct
from collections.abc import Collection, Iterable, Mapping
from html.parser import HTMLParser

USUAL = {
    "en": "en-us",
    "es": "es-419",
    "fr": "fr-fr",
    "no": "nb",
    "pt": "pt-br",
    "zh": "cmn",
    "zh-hk": "yue",
}
"""The voice of a language whose name is not the language's own."""
CODE = re.compile(r"\b(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]+\b")
"""A ticket's or a letter's code, capitals and digits, which a voice would read as a word and a number."""
ECHO = re.compile(r".|[0-9]{2}", re.DOTALL)
"""A sign that was typed, or the seconds that are left: the page's own scripts write these."""
HEADER_BYTES = 44


def spelled(code: str) -> str:
    """The signs of a code, each said by itself."""
    return ", ".join(code)


def sayable(texts: Iterable[str]) -> str:
    """Several pieces as one sentence to say, the codes in them sign by sign."""
    return CODE.sub(lambda code: spelled(code[0]), ", ".join(texts))


def voice_of(language: str, own: Mapping[str, str], known: Collection[str]) -> str | None:
    """Return the voice for a language: the site's own choice, else the usual one; None when there is none.

    Of a choice like `en-gb+f3`, what stands after the plus is a variant that every voice has.
    """
    if language in own:
        return own[language] if own[language].partition("+")[0] in known else None
    tag = language.replace("_", "-").lower()
    base = tag.partition("-")[0]
    wanted = (USUAL.get(tag), tag, USUAL.get(base), base)
    return next((voice for voice in wanted if voice in known), None)


def whole(wav: bytes) -> bytes:
    """Return a WAV with its true lengths: who writes to a pipe cannot know them when it begins."""
    if not wav.startswith(b"RIFF") or len(wav) <= HEADER_BYTES:
        raise ValueError("That is no sound.")
    riff, data = struct.pack("<I", len(wav) - 8), struct.pack("<I", len(wav) - HEADER_BYTES)
    return wav[:4] + riff + wav[8 : HEADER_BYTES - 4] + data + wav[HEADER_BYTES:]


def squeezed(text: str) -> str:
    """The text as one sees it: every run of white space is one space."""
    return " ".join(text.split())


def stands_on(page: str, texts: Iterable[str]) -> bool:
    """Tell whether each text is a whole piece of text or a label of this page, or the echo of a sign."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return all(text in reader.pieces or ECHO.fullmatch(text) for text in texts)


class _Reader(HTMLParser):
    """Gathers what a page says: its text nodes and the labels of what is only drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.pieces.add(squeezed(data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces.update(squeezed(value) for name, value in attrs if name == "aria-label" and value)
