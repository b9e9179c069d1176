"""Find where an AAMVA text begins and who issued it. Pure.

D.12.3: `@ LF RS CR "ANSI " IIN(6) version(2) [jurisdiction version(2)] entries(2)`, then per subfile
type(2) offset(4) length(4). Version, entries, offsets and lengths are hints: on many cards they are wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kiosk.identity.aamva.elements import IDS
from kiosk.identity.aamva.issuers import REGIONS

_FILE_TYPE = re.compile(r"(?:ANSI|AAMVA)[ _\s-]{0,3}(?P<digits>\d{5,14})")
_FILE = re.compile(rf'(?:[@"](?:[^0-9A-Za-z@"]|[Jj]){{0,8}}6?[Mm]?)?{_FILE_TYPE.pattern}')
_BEGUN = re.compile(r"@?[^0-9A-Za-z]*(?:6?[Mm])?(?:ANSI|AAMVA) ?(?:\d|$)")
_DESIGNATOR = re.compile(r"[ \n\r]*(?P<type>DL|ID|EN|Z[A-Z])(?P<numbers>\d{6,10})")
_FIRST_ELEMENT = re.compile(rf"(?:DL|ID|EN)(?={IDS})")
_PLAIN_START = re.compile(rf"[ \n\r|]*(?:(?:DL|ID|EN)[ \n\r|]*)?(?={IDS})")
_BARE_START = re.compile(rf"(?:DL|ID|EN)(?={IDS})|(?<![^\n\r|])(?={IDS})")
_SWAPPED = re.compile(r"(?:ansi|aamva)[ _]{0,3}\d{5}|dl(?=d[a-d][a-z])[^A-Z]*dbb[0-9]")
_NUMBERS = 8
_REGULAR_LENGTHS = {6, 8, 10, 12}
_PREFIXES = (19, 21)
_FAR = 120


@dataclass(frozen=True, slots=True)
class Header:
    """`issuer` is "" and `version` None if the header was lost; the elements begin at `start`.

    Not `is_regular`: it has a digit too many or too few, so the issuer has to be confirmed by the address.

    `line_feed` and `carriage_return` are letters that took their place: a keyboard types Ctrl+J and Ctrl+M,
    and a text field takes the letter. `jurisdictions` are the second letters of the declared `Zx` subfiles;
    `length` is the first subfile's, where the header can be believed.
    """

    start: int
    issuer: str = ""
    version: int | None = None
    is_regular: bool = True
    length: int | None = None
    jurisdictions: str = ""
    line_feed: str = ""
    carriage_return: str = ""


def is_caps_locked(text: str) -> bool:
    """A keyboard with Caps Lock on inverts the case of all letters, the header's too."""
    return _FILE_TYPE.search(text) is None and _SWAPPED.search(text) is not None


def begins_like_a_card(text: str) -> bool:
    """Whether this is the header of a card, or the beginning of one, and nothing behind."""
    return _BEGUN.match(text) is not None


def files(text: str) -> list[str]:
    """The AAMVA files in the text, each from its `@`: several if cards ran together."""
    begins = [found.start() for found in _FILE.finditer(text)]
    if len(begins) < 2:
        return [text]
    return [text[begin:end] for begin, end in zip(begins, [*begins[1:], len(text)], strict=True)]


def header_of(text: str) -> Header | None:
    """Read the header, or where it was lost find the first subfile. None: no sign of AAMVA."""
    found = _FILE_TYPE.search(text)
    if found is None:
        bare = _BARE_START.search(text)
        return Header(bare.end()) if bare else None
    issuer, version, is_regular = _issuer_and_version(found["digits"])
    designators = list(_designators(text, found.end()))
    start = _first_element(text, designators[-1].end() if designators else found.end())
    if start is None:
        return None
    before = text[: found.start()].lstrip("@")
    return Header(
        start,
        issuer,
        version,
        is_regular,
        length=_length(designators),
        jurisdictions="".join(entry["type"][1] for entry in designators if entry["type"][0] == "Z"),
        line_feed=before[:1] if before[:1] in "Jj" else "",
        carriage_return=before[-1:] if before[-1:] in "Mm" else "",
    )


def _issuer_and_version(digits: str) -> tuple[str, int | None, bool]:
    """Six digits and two, and whether they can be believed: a header of another length lost or won a digit.

    North Carolina printed some IINs without their first digit; Illinois left out the number of entries.
    """
    if digits[:6] not in REGIONS and "6" + digits[:5] in REGIONS:
        digits = "6" + digits
    is_regular = len(digits) in _REGULAR_LENGTHS
    if len(digits) < 6:
        return "", None, False
    return digits[:6], _version(digits[6:8]) if is_regular else None, is_regular


def _version(digits: str) -> int | None:
    return int(digits) if len(digits) == 2 else None


def _designators(text: str, position: int) -> Iterator[re.Match[str]]:
    while found := _DESIGNATOR.match(text, position):
        yield found
        position = found.end()


def _length(designators: list[re.Match[str]]) -> int | None:
    """The declared length of the first subfile, if each offset is where what stands before it ends."""
    if not designators or any(len(found["numbers"]) != _NUMBERS for found in designators):
        return None
    spans = [(int(found["numbers"][:4]), int(found["numbers"][4:])) for found in designators]
    begins = spans[0][0] in {prefix + 10 * len(spans) for prefix in _PREFIXES}
    follows = all(offset + length == after for (offset, length), (after, _) in pairwise(spans))
    return spans[0][1] if begins and follows else None


def _first_element(text: str, position: int) -> int | None:
    """`DL` and an element; some cards leave out the `DL` (CT, CO, WV, WY), some garble the offset (AB)."""
    if plain := _PLAIN_START.match(text, position):
        return plain.end()
    found = _FIRST_ELEMENT.search(text, position, position + _FAR) or re.compile(rf"(?={IDS})").search(
        text, position, position + _FAR
    )
    return found.end() if found else None
