"""What is announced, in which order and in which words. Pure: standard library only.

Every call is announced once, the earliest first, one after the other; a recall is a call of its own. A board
that was away for longer than `TOO_OLD` shows a call without sounding it: the patient has long gone, or was
called again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from display.board import Call

TOO_OLD = timedelta(seconds=60)
LASTS = timedelta(seconds=5)
"""How long one announcement has the screen to itself: chime, words and the highlight, which then ends."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in one language, which are read from left to right (`ltr`) or from right to left (`rtl`)."""

    language: str
    direction: str
    text: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """One call to announce: `phrase` is written, `aloud` is said after the chime."""

    ticket: str
    called_at: datetime
    phrase: Phrase
    aloud: tuple[Phrase, ...] = ()

    @property
    def key(self) -> str:
        """Tells this call from a recall of the same ticket."""
        return f"{self.ticket}-{self.called_at.timestamp():.6f}"


def announcements(
    calls: Iterable[Call],
    written: Callable[[Call], Phrase],
    aloud: Callable[[Call], tuple[Phrase, ...]] = lambda call: (),
) -> tuple[Announcement, ...]:
    """Return what to announce, the earliest call first, as these two put it into words."""
    in_turn = sorted(calls, key=lambda call: (call.called_at, call.code))
    return tuple(Announcement(call.ticket, call.called_at, written(call), aloud(call)) for call in in_turn)


def languages(patient: str, site: Sequence[str]) -> tuple[str, ...]:
    """Return in which languages a call is said: the patient's, then the site's first, if that is another."""
    own = patient if patient in site else site[0]
    return tuple(dict.fromkeys((own, site[0])))
