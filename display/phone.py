"""The patient's phone: code, place and state of one visit, for whoever holds the ticket's secret. Read-only.

The page knows no name. An unknown secret, a malformed one and one of yesterday get the same answer.
"""

from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from display.place import Place, latest, place
from display.records import visit_of
from kiosk.clinic import clinic
from kiosk.queueing.records import observed
from kiosk.rate import Rate
from kiosk.rendering import speak

blueprint = Blueprint("phone", __name__, template_folder="templates")

LIFE = timedelta(hours=24)
"""Whoever is through is told so until midnight; who still waits then, keeps the page for so long."""
MISSES, PER = 10, timedelta(minutes=1)
"""So often may one address ask for a page that is not there."""


@blueprint.get("/t/<secret>")
def page(secret: str) -> ResponseReturnValue:
    """Show where this visit stands."""
    here = clinic()
    at = here.now()
    found = _find(secret, at)
    if found is None:
        misses: Rate = current_app.extensions.setdefault("phone_misses", Rate(MISSES, PER))
        if misses.exceeded(request.remote_addr or "", at):
            raise TooManyRequests(retry_after=int(PER.total_seconds()))
        speak(request.accept_languages.best_match(here.config.site.languages, here.config.site.languages[0]))
        said = _(
            "This number is over, or the address is incomplete. If you are waiting, ask at the front desk."
        )
        abort(404, said)
    version, stands = found
    if stands.language in here.config.site.languages:
        speak(stands.language)
    answer = make_response(render_template("phone/page.html", version=version, place=stands))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _find(secret: str, at: datetime) -> tuple[int, Place] | None:
    here = clinic()
    with here.database.snapshot(at=at) as reading:
        visit = visit_of(reading, secret, at - LIFE)
        ticket = latest(reading.snapshot, visit) if visit else None
        if ticket is None:
            return None
        durations = observed(reading.connection, reading.site)
    names = {desk.id: desk.name for desk in here.config.desks}
    stands = place(ticket, reading.snapshot, here.database.rules, durations, names, at)
    return reading.snapshot.version, stands
