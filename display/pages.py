"""The board's page: drawn once per version for all screens, sent with the nudge and served on request. Read-only."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from babel import Locale
from flask import Blueprint, Flask, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from display import announce
from display.board import BoardPicture, Call, picture
from display.lettering import Lettering, lettering
from kiosk.clinic import clinic
from kiosk.config import Board
from kiosk.database import Reading
from kiosk.stations.pages import pairing_needed

blueprint = Blueprint("board", __name__, template_folder="templates")

PHRASES = {
    "now_calling": _("Now calling"),
    "please_wait": _("Please take a seat. We will call your number."),
    "next": _("Next"),
    "reconnecting": _("Screen is reconnecting. Staff will call you."),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in one of the site's languages."""

    language: str
    direction: str
    text: str


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


@blueprint.get("/board/<name>")
def page(name: str) -> ResponseReturnValue:
    """Show the board, once this screen is paired as it."""
    here = clinic()
    board = here.config.board(name) or abort(404)
    if (pairing := pairing_needed("board", name)) is not None:
        return pairing
    with here.database.snapshot(at=here.now()) as reading:
        drawn = draw(board, reading)
    if request.headers.get("X-Live") == "look" and drawn.etag in request.if_none_match:
        answer = Response(status=304)
    else:
        text = render_template("board/page.html", board=board, drawn=Markup(drawn.html), phrases=phrases())  # noqa: S704
        answer = make_response(text)
    answer.set_etag(drawn.etag)
    answer.headers["X-Clock"] = here.now().isoformat()
    return answer


def render_boards(app: Flask) -> dict[str, tuple[int, str]]:
    """Return every board's version and live region: what travels inside the nudge."""
    with app.app_context():
        here = clinic()
        with here.database.snapshot(at=here.now()) as reading:
            drawn = {board.id: draw(board, reading) for board in here.config.boards}
    return {name: (each.version, each.html) for name, each in drawn.items()}


def draw(board: Board, reading: Reading) -> Drawn:
    """Return the board's live region, drawn now or earlier for the same version and day."""
    here = clinic()
    drawings: dict[str, Drawn] = current_app.extensions.setdefault("boards", {})
    version, day = reading.snapshot.version, here.local(here.now()).date()
    known = drawings.get(board.id)
    if known is not None and (known.version, known.day) == (version, day):
        return known
    names = {desk.id: desk.name for desk in here.config.desks}
    shown = picture(reading.snapshot, here.database.rules, board.services, names, here.now())
    drawings[board.id] = fresh = Drawn(version, day, _html(board, shown))
    return fresh


def phrases() -> dict[str, list[Phrase]]:
    """Return the board's words in each of the site's languages."""
    said: dict[str, list[Phrase]] = {key: [] for key in PHRASES}
    for language in clinic().config.site.languages:
        with force_locale(language):
            for key, words in PHRASES.items():
                said[key].append(Phrase(_tag(language), _direction(language), str(words)))
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
        announcements=announce.announcements(shown.calls, _words),
        too_old_s=announce.TOO_OLD.total_seconds(),
        lasts_s=announce.LASTS.total_seconds(),
        phrases=phrases(),
    )


def _words(call: Call) -> str:
    with _speaking(call.language):
        return gettext("%(code)s, please go to %(desk)s", code=call.code, desk=call.desk)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    site = clinic().config.site
    with force_locale(language if language in site.languages else site.languages[0]):
        yield


def _serves(board: Board, services: tuple[str, ...]) -> bool:
    return not board.services or bool(set(board.services) & set(services))


def _tag(language: str) -> str:
    return language.replace("_", "-")


def _direction(language: str) -> str:
    return str(Locale.parse(language, sep="-" if "-" in language else "_").text_direction)
