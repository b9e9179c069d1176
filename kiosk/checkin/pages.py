"""The kiosk's touch screen: one address that shows where the dialogue stands, one that takes the answers."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from kiosk.access import principal
from kiosk.checkin import dialogue, records, screen
from kiosk.checkin.screen import Screen
from kiosk.checkin.steps import Chose, Confirmed, Given, Press, Speaks, Typed
from kiosk.clinic import clinic
from kiosk.config import Station
from kiosk.rendering import speak
from kiosk.stations.pages import pairing_needed

blueprint = Blueprint("checkin", __name__, template_folder="templates")

STAY = "stay"


@blueprint.get("/kiosk/<station>")
def page(station: str) -> ResponseReturnValue:
    """The page that the patient at this station sees now."""
    panel = _station(station)
    if (elsewhere := pairing_needed("kiosk", station)) is not None:
        return elsewhere
    here = clinic()
    dialogue.expire(here)
    at = here.now()
    with here.database.snapshot(at=at) as seen:
        record = records.at_station(seen, station)
        state = dialogue.present(here, record, at)
        speak(state.language or here.config.site.languages[0])
        words = screen.shown(Screen(here, seen, panel, record, state, at))
        html = render_template(f"checkin/{state.step}.html", **words)
        version = f"{record.version}-{seen.snapshot.version}"
    return _fresh(html, version)


@blueprint.post("/kiosk/<station>/answer")
def answer(station: str) -> ResponseReturnValue:
    """Take the answer to a page; whatever it was, show the present one."""
    _station(station)
    if principal().name != station:
        abort(403)
    version = request.form.get("version", type=int, default=-1)
    if request.form.get("answer") == STAY:
        dialogue.stay(clinic(), station, version=version)
        return "", 204
    if (given := said(request.form)) is not None:
        dialogue.answer(clinic(), station, given, version=version)
    return redirect(url_for("checkin.page", station=station), 303)


def said(form: MultiDict[str, str]) -> Given | None:
    """What the form says: `answer` is a word, or a word and a value (`month:5`)."""
    name, _, value = form.get("answer", "").partition(":")
    if name in set(Press):
        return Press(name)
    match name:
        case "":
            return None
        case "language":
            return Speaks(value)
        case "yes" | "no":
            return Confirmed(name == "yes")
        case "text":
            return Typed(form.get("text", ""))
    return Chose(name, value)


def _station(name: str) -> Station:
    return clinic().config.station(name) or abort(404)


def _fresh(html: str, version: str) -> Response:
    response = make_response(html)
    response.set_etag(version)
    response.headers["Cache-Control"] = "no-store"
    response.make_conditional(request)
    return response
