"""The board's page, and every board's picture for the nudge. Read-only."""

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from display.drawing import LANGUAGES_AT_ONCE, announced, draw, phrases, pictured
from kiosk.access import principal
from kiosk.clinic import clinic
from kiosk.speech.voices import NotSpoken
from kiosk.stations.pages import pairing_needed

blueprint = Blueprint("board", __name__, template_folder="templates")


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
        live = Markup(drawn.html)  # noqa: S704  our own template made it
        text = render_template(
            "board/page.html", board=board, drawn=live, phrases=phrases(), at_once=LANGUAGES_AT_ONCE
        )
        answer = make_response(text)
    answer.set_etag(drawn.etag)
    answer.headers["X-Clock"] = here.now().isoformat()
    return answer


@blueprint.get("/board/<name>/speech/<key>/<language>")
def speech(name: str, key: str, language: str) -> ResponseReturnValue:
    """A call that this board shows now, aloud: for the board itself, and nothing else is ever said here."""
    here = clinic()
    board = here.config.board(name) or abort(404)
    if principal().name != name:
        abort(403)
    with here.database.snapshot(at=here.now()) as reading:
        calls = [call for call in announced(board, pictured(board, reading)) if call.key == key]
    said = next((words for call in calls for words in call.aloud if words.language == language), None)
    if said is None:
        return "", 204
    try:
        wav = here.voices.announce(said.language, said.text)
    except NotSpoken:
        return "", 204
    return Response(wav, mimetype="audio/wav")


def render_boards(app: Flask) -> dict[str, tuple[int, str]]:
    """Return every board's version and live region: what travels inside the nudge."""
    with app.app_context():
        here = clinic()
        with here.database.snapshot(at=here.now()) as reading:
            drawn = {board.id: draw(board, reading) for board in here.config.boards}
    return {name: (each.version, each.html) for name, each in drawn.items()}
