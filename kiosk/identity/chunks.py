"""A SMART Health Card cut into several QR codes, put together again as they are scanned one by one. Pure.

`shc:/<number>/<of>/<digits>`: deprecated since 2022-12, still printed. Nothing in a chunk says which card it
is of: chunks of two cards with equally many chunks are told apart only where their numbers meet.
"""

import re
from dataclasses import dataclass

from kiosk.identity.documents import Personal
from kiosk.identity.transport import scan_of

MOST_CHUNKS = 50
MOST_DIGITS = 16_000
"""Of all chunks together: what is longer would not be read in one piece either."""

SCHEME = "shc:/"
_CHUNK = re.compile(r"shc:/(?P<number>[0-9]{1,3})/(?P<of>[0-9]{1,3})/(?P<digits>[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One of `of` parts, counted from 1."""

    number: int
    of: int
    digits: str


@dataclass(frozen=True, slots=True, repr=False)
class Chunks(Personal):
    """The chunks of one card that were scanned so far; begins empty.

    collected = collected.add(payload)           # of every scan: what is no chunk changes nothing
    found = recognise(collected.complete or payload, rules, at)
    if collected.missing and is_chunk(payload):  # ask for the next one; `collected == before`: had it already
        ...

    `parts` has a text for each chunk, blank while it is missing. They are a card: keep them sealed, forget
    them with the dialogue, and begin with `Chunks()` again once `complete` was recognised, whatever it was.
    """

    parts: tuple[str, ...] = ()

    def add(self, payload: str | bytes) -> "Chunks":
        """Take in the chunks of a scan, in any order.

        One that we have changes nothing; one that cannot be of this card begins the next card; a card with
        more digits than are ever read is given up, and what remains is empty.
        """
        collected = self
        for chunk in chunks_of(payload):
            collected = collected.with_chunk(chunk)
        return collected

    @property
    def complete(self) -> str | None:
        """The whole card as `shc:/digits`, once no chunk is missing."""
        return SCHEME + "".join(self.parts) if self.parts and all(self.parts) else None

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the chunks to come, counted from 1; of how many, is the length of `parts`."""
        return tuple(number for number, part in enumerate(self.parts, 1) if not part)

    def contradicts(self, chunk: Chunk) -> bool:
        """Whether this chunk cannot be of the card that was begun."""
        return bool(self.parts) and (
            len(self.parts) != chunk.of or self.parts[chunk.number - 1] not in ("", chunk.digits)
        )

    def with_chunk(self, chunk: Chunk) -> "Chunks":
        """These and one more, or that one alone where they contradict it."""
        parts = [""] * chunk.of if not self.parts or self.contradicts(chunk) else list(self.parts)
        parts[chunk.number - 1] = chunk.digits
        return Chunks(tuple(parts)) if sum(map(len, parts)) <= MOST_DIGITS else Chunks()


def is_chunk(payload: str | bytes) -> bool:
    """Whether this scan is a part of a card and no whole one: `shc:/2/3/…`, but not `shc:/1/1/…`."""
    return any(chunk.of > 1 for chunk in chunks_of(payload))


def chunks_of(payload: str | bytes) -> tuple[Chunk, ...]:
    """The chunks in a scan, usually one; none if anything else is in it."""
    text = scan_of(payload).text
    begins = text.lower().find(SCHEME)
    found = [_CHUNK.fullmatch(piece) for piece in text[begins:].split()] if begins >= 0 else []
    chunks = [Chunk(int(one["number"]), int(one["of"]), one["digits"]) for one in found if one]
    if len(chunks) < len(found) or not all(1 <= one.number <= one.of <= MOST_CHUNKS for one in chunks):
        return ()
    return tuple(chunks)
