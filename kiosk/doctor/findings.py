"""What the doctor found: how bad, in plain words, with what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and what to do about it."""

    level: Level
    words: str
    cure: str = ""


def good(words: str) -> Finding:
    """All is well."""
    return Finding(Level.GOOD, words)


def note(words: str, cure: str = "") -> Finding:
    """Worth knowing."""
    return Finding(Level.NOTE, words, cure)


def wrong(words: str, cure: str) -> Finding:
    """To be mended."""
    return Finding(Level.WRONG, words, cure)
