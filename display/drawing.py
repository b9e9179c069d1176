"""A board's live region as HTML, drawn once per version: what the nudge carries and what the page serves."""

import hashlib
from dataclasses import dataclass
from datetime import date

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import lazy_gettext as _

from display import announce
from display.announce import Announcement, Phrase
from display.board import BoardPicture, picture
from display.lettering import Lettering, lettering
from display.words import aloud, phrase, written
from kiosk.clinic import clinic
from kiosk.config import Board
from kiosk.database import Reading

PHRASES = {
    "now_calling": _("Now calling"),
    "please_wait": _("Please take a seat. We will call your number."),
    "next": _("Next"),
    "reconnecting": _("Screen is reconnecting. Staff will call you."),
}


LANGUAGES_AT_ONCE = 3
"""With more languages than these, they take turns."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board's live region as it was drawn for one version and day."""

    version: int
    day: date
    html: str

    @property
    def etag(self) -> str:
        """Changes with anything that can be seen, a renamed desk included."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:16]


def draw(board: Board, reading: Reading) -> Drawn:
    """Return the board's live region, drawn now or earlier for the same version and day."""
    here = clinic()
    drawings: dict[str, Drawn] = current_app.extensions.setdefault("boards", {})
    version, day = reading.snapshot.version, here.local(here.now()).date()
    known = drawings.get(board.id)
    if known is not None and (known.version, known.day) == (version, day):
        return known
    drawings[board.id] = fresh = Drawn(version, day, _html(board, pictured(board, reading)))
    return fresh


def pictured(board: Board, reading: Reading) -> BoardPicture:
    """Return what this board shows now."""
    here = clinic()
    names = {desk.id: desk.name for desk in here.config.desks}
    return picture(reading.snapshot, here.database.rules, board.services, names, here.now())


def announced(board: Board, shown: BoardPicture) -> tuple[Announcement, ...]:
    """Return what this board announces, and what of it it says."""
    if not board.speech:
        return announce.announcements(shown.calls, written)
    return announce.announcements(shown.calls, written, aloud)


def phrases() -> dict[str, list[Phrase]]:
    """Return the board's words in each of the site's languages."""
    said: dict[str, list[Phrase]] = {key: [] for key in PHRASES}
    for language in clinic().config.site.languages:
        with force_locale(language):
            for key, words in PHRASES.items():
                said[key].append(phrase(language, words))
    return said


def sizes(board: Board, shown: BoardPicture) -> Lettering:
    """Return how large this board writes."""
    desks = [desk.name for desk in clinic().config.desks if _serves(board, desk.services)]
    length = max((len(call.code) for call in (*shown.calls, *shown.recent)), default=4)
    return lettering(board.inches, board.pixels, board.distance_m, desks, max(length, 4))


def _html(board: Board, shown: BoardPicture) -> str:
    letters = sizes(board, shown)
    leading = 1 if letters.rows else len(shown.calls)
    others, room = shown.calls[leading:], max(1, letters.rows)
    free = max(0, letters.rows - len(others))
    recent = shown.recent[: free - 1 if free and shown.next else free]
    return render_template(
        "board/live.html",
        version=shown.version,
        picture=shown,
        letters=letters,
        newest=shown.calls[:leading],
        pages=[others[start : start + room] for start in range(0, len(others), room)],
        recent=recent,
        next=shown.next[: letters.next] if free > len(recent) else (),
        announcements=announced(board, shown),
        too_old_s=announce.TOO_OLD.total_seconds(),
        lasts_s=announce.LASTS.total_seconds(),
        phrases=phrases(),
        at_once=LANGUAGES_AT_ONCE,
    )


def _serves(board: Board, services: tuple[str, ...]) -> bool:
    return not board.services or bool(set(board.services) & set(services))
