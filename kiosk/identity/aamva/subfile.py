"""Take a card's subfile apart into lines, each with one element, whatever became of the separators. Pure."""

import re
from collections import Counter
from enum import Enum, auto

from kiosk.identity.aamva.elements import AT_START, IDS
from kiosk.identity.aamva.header import Header

_NEWLINES = "\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_ENOUGH = 4
_SAME = 8
_LONG = 100
_BEFORE_ID = re.compile(rf"([^\w\s,.'/#-]|_)(?={IDS})")
_NOISE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]+|(?m:^\ufffd+)")
_SUBFILE = re.compile(rf"(?:DL|ID|EN)(?={IDS})")
_JURISDICTION = re.compile(r"Z[A-Z](?:[A-Z]|\s*$)")
_NAME = re.compile(r"DCS|DCT|DA[ABCD]")


class Ending(Enum):
    """What came behind the last line: nothing, so it may be cut; a line end; another subfile."""

    OPEN = auto()
    LINE = auto()
    SUBFILE = auto()


def lines_of(body: str, header: Header, is_ended: bool) -> tuple[list[str], Ending]:
    """The lines of the DL, ID or EN subfile, and how it ends.

    Where separators were lost it is one line that holds everything.
    """
    lines = [part for line in _split(body, header.line_feed) for part in _subfiles(line)]
    end = header.carriage_return
    if end and all(line.endswith(end) for line in lines if AT_START.match(line)):
        lines = [line.removesuffix(end) for line in lines]  # CR stood before every LF
    last = lines[-1].strip()
    is_ended = is_ended or not last or (end != "" and last.endswith(end))
    written = [line for line in lines if any(map(str.isalnum, line))]
    kept, is_followed = _without_jurisdiction_subfile(written, header)
    return kept, Ending.SUBFILE if is_followed else Ending.LINE if is_ended else Ending.OPEN


def _split(body: str, line_feed: str) -> list[str]:
    """Split at what stands before the most elements: line ends, a pipe, a tab, C1 noise, any one sign."""
    quiet = _NOISE.sub("", body)
    ways = [re.split(rf"[{_NEWLINES}]+|(?<! ) {{3,}}+(?={IDS})", quiet), quiet.split("|"), quiet.split("\t")]
    ways.append(_NOISE.split(body))
    ways += [re.split(f"{line_feed}(?={IDS})", quiet)] if line_feed else []
    signs = Counter(_BEFORE_ID.findall(quiet)).most_common(1)
    ways += [quiet.split(sign) for sign, _ in signs]
    stripped = [[line.lstrip() for line in way] for way in ways]
    best = max((way for way in stripped if len(way) > 1), key=_elements_in, default=stripped[0])
    return best if _elements_in(best) >= _ENOUGH else stripped[0]


def _subfiles(line: str) -> list[str]:
    """A second subfile that ran into the first: its type, and the same beginning."""
    again = re.search(rf"(?:DL|ID|EN){re.escape(line[:_SAME])}", line[_SAME:]) if len(line) > _LONG else None
    return [line[: _SAME + again.start()], line[_SAME + again.start() :]] if again else [line]


def _elements_in(lines: list[str]) -> int:
    return sum(bool(AT_START.match(line) or _SUBFILE.match(line)) for line in lines)


def _without_jurisdiction_subfile(lines: list[str], header: Header) -> tuple[list[str], bool]:
    """`Zx` holds whatever the jurisdiction likes, line ends included: nothing in it is an element of ours."""
    kept: list[str] = []
    inside = False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        subfile = _SUBFILE.match(line)
        if subfile:
            inside, line = False, line[subfile.end() :]
        if inside or _JURISDICTION.match(line):
            inside = True
            continue
        place = _jurisdiction_inside(
            line, header, is_last=not after or _JURISDICTION.match(after) is not None
        )
        inside = place >= 0
        kept.append(line[:place] if inside else line)
    if kept:
        kept[-1] = kept[-1].removesuffix(header.carriage_return).removesuffix(header.line_feed)
    return kept, inside


def _jurisdiction_inside(line: str, header: Header, is_last: bool) -> int:
    """Where `ZxZxA` begins in a line because the CR before it was lost, or -1.

    Names can look like it (ZAZAI), so in a name only what the header declares counts, and only at the end.
    """
    if "Z" not in line:
        return -1
    if _NAME.match(line) and not (is_last and header.jurisdictions):
        return -1
    letters = header.jurisdictions or "A-Z"
    found = [match.start() for match in re.finditer(rf"Z([{letters}])Z\1[A-Z]", line)]
    if not found and line[-1] in header.jurisdictions and line[-2] == "Z":
        return len(line) - 2  # a subfile with nothing in it (DC, DE)
    return found[-1] if found else -1
