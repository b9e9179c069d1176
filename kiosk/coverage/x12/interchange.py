"""The envelope of X12 (005010): interchange, group, transaction set; every count and number checked. Pure.

The ISA segment is 106 characters long wherever it comes from, and tells the delimiters of all that follows.
X12 knows no escape: a delimiter inside data breaks the message, so ours never carries one.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

VERSION = "005010X279A1"
MOST_CHARACTERS = 1_000_000
ISA_LENGTH = 106
_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_SPELLED_OUT = str.maketrans(
    {"ß": "SS", "Æ": "AE", "Ø": "O", "Œ": "OE", "Ð": "D", "Đ": "D", "Þ": "TH", "Ł": "L", "İ": "I", "ı": "I"}
    | dict.fromkeys("’‘ʼ", "'")
    | dict.fromkeys("–‐‑", "-")
)
_BASIC = re.compile(r"[A-Z0-9 !\"&'()+,\-./;?=]*")
"""X12's basic character set less our delimiters."""

Segment = tuple[str, ...]
"""A segment's name and elements; one that is not there is `""`."""


class X12Error(ValueError):
    """This is not a whole X12 interchange."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Unwritable(X12Error):
    """There is a letter that X12 cannot carry."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What separates elements, their components, their repetitions and segments."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


@dataclass(frozen=True, slots=True, repr=False)
class Interchange:
    """What one message carries. `sets`: each transaction set with its ST and SE."""

    delimiters: Delimiters
    sender: str
    receiver: str
    number: str
    acknowledgements: tuple[Segment, ...]
    sets: tuple[tuple[Segment, ...], ...]

    def repeated(self, element: str) -> list[str]:
        """The repetitions of one element."""
        return element.split(self.delimiters.repetition) if self.delimiters.repetition else [element]


def clean(text: str, longest: int) -> str:
    """`text` in capitals of the basic character set, cut to `longest`. Raises Unwritable."""
    upper = unicodedata.normalize("NFC", text).upper().translate(_SPELLED_OUT)
    plain = "".join(c for c in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(c))
    # A delimiter inside a name separates nothing that the payer must know.
    plain = " ".join(plain.translate(str.maketrans("*:^~|<>_", "        ")).split())
    if not _BASIC.fullmatch(plain):
        raise Unwritable
    return plain[:longest].rstrip()


def write(
    body: Sequence[Segment],
    *,
    kind: str,
    functional: str,
    sender: str,
    receiver: str,
    number: int,
    at: datetime,
) -> str:
    """Put one transaction set (without ST and SE) into its envelope; one segment a line."""
    day, clock, control = f"{at:%Y%m%d}", f"{at:%H%M}", number % 10**9
    isa = (
        "00",
        "",
        "00",
        "",
        "ZZ",
        sender,
        "ZZ",
        receiver,
        day[2:],
        clock,
        "^",
        "00501",
        f"{control:09}",
        "0",
        "P",
        ":",
    )
    padded = tuple(value.ljust(width) for value, width in zip(isa, _ISA_WIDTHS, strict=True))
    segments: list[Segment] = [
        ("ISA", *padded),
        ("GS", functional, sender, receiver, day, clock, str(control), "X", VERSION),
        ("ST", kind, "0001", VERSION),
        *body,
        ("SE", str(len(body) + 2), "0001"),
        ("GE", "1", str(control)),
        ("IEA", "1", f"{control:09}"),
    ]
    return "".join(_line(segment) + "~\n" for segment in segments)


def read(text: str) -> Interchange:
    """Return what `text` carries. Raises X12Error, and nothing else, for whatever is not whole."""
    text = text.lstrip("\ufeff \r\n\t")
    isa, delimiters = _isa(text)
    segments = _segments(text, delimiters)
    if len(segments) < 2 or segments[-1][0] != "IEA" or _at(segments[-1], 2) != isa[13]:
        raise X12Error
    inner = segments[1:-1]
    first_group = next((place for place, segment in enumerate(inner) if segment[0] == "GS"), len(inner))
    acknowledgements, rest = inner[:first_group], inner[first_group:]
    if any(segment[0] != "TA1" for segment in acknowledgements):
        raise X12Error
    sets, groups = _groups(rest)
    if not _counts(_at(segments[-1], 1), groups):
        raise X12Error
    return Interchange(
        delimiters, isa[6].strip(), isa[8].strip(), isa[13], tuple(acknowledgements), tuple(sets)
    )


def element(segment: Segment, number: int) -> str:
    """The element of that number, counted from 1 as the standard does; `""` when the segment ends before."""
    return _at(segment, number)


def _isa(text: str) -> tuple[Segment, Delimiters]:
    if not text.startswith("ISA") or not ISA_LENGTH <= len(text) <= MOST_CHARACTERS:
        raise X12Error
    separator, end = text[3], text[ISA_LENGTH - 1]
    elements, place = ["ISA"], 4
    for width in _ISA_WIDTHS:
        if text[place - 1] != separator:
            raise X12Error
        elements.append(text[place : place + width])
        place += width + 1
    if any(separator in value for value in elements):
        raise X12Error
    component, repetition = elements[16], elements[11]
    if repetition.isalnum():
        repetition = ""  # before 00402 this element was the standard's name, U
    marks = [mark for mark in (separator, component, repetition, end) if mark]
    if len(set(marks)) < len(marks) or any(mark.isalnum() or mark == " " for mark in marks):
        raise X12Error
    return tuple(elements), Delimiters(separator, component, repetition, end)


def _segments(text: str, delimiters: Delimiters) -> list[Segment]:
    """Every segment; line breaks between them are decoration."""
    pieces = [piece.strip("\r\n") for piece in text.split(delimiters.segment)]
    if pieces.pop().strip():
        raise X12Error
    segments = [tuple(piece.split(delimiters.element)) for piece in pieces if piece]
    if not all(_SEGMENT_ID.fullmatch(segment[0]) for segment in segments):
        raise X12Error
    return segments


def _groups(segments: Sequence[Segment]) -> tuple[list[tuple[Segment, ...]], int]:
    """The transaction sets of every group, and how many groups there are."""
    sets: list[tuple[Segment, ...]] = []
    groups, place = 0, 0
    while place < len(segments):
        head = segments[place]
        end = next((at for at in range(place, len(segments)) if segments[at][0] == "GE"), None)
        if head[0] != "GS" or end is None or _at(segments[end], 2) != _at(head, 6):
            raise X12Error
        of_group = _sets(segments[place + 1 : end])
        if not _counts(_at(segments[end], 1), len(of_group)):
            raise X12Error
        sets += of_group
        groups, place = groups + 1, end + 1
    return sets, groups


def _sets(segments: Sequence[Segment]) -> list[tuple[Segment, ...]]:
    sets, start = [], 0
    for place, segment in enumerate(segments):
        if segment[0] != "SE":
            continue
        whole = tuple(segments[start : place + 1])
        numbered = whole[0][0] == "ST" and _at(whole[0], 2) == _at(segment, 2)
        if not numbered or not _counts(_at(segment, 1), len(whole)):
            raise X12Error
        sets.append(whole)
        start = place + 1
    if start != len(segments):
        raise X12Error
    return sets


def _counts(written: str, counted: int) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= 10 and int(written) == counted


def _at(segment: Segment, number: int) -> str:
    return segment[number] if number < len(segment) else ""


def _line(segment: Segment) -> str:
    """Elements that are empty at the end are left out, as X12 wants it."""
    return "*".join(segment).rstrip("*") if segment[0] != "ISA" else "*".join(segment)
