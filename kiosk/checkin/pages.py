"""The kiosk's touch screen: one address that shows where the dialogue stands, one that takes the answers."""

import base64
import re
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from kiosk import guards
from kiosk.access import principal
from kiosk.checkin import dialogue, records, screen
from kiosk.checkin.rules.given import Chose, Confirmed, Given, Photographed, Press, Speaks, Typed
from kiosk.checkin.screen import Screen
from kiosk.clinic import clinic
from kiosk.config import Station
from kiosk.coverage.photos import SIDES, PhotoRefused, check_all
from kiosk.rendering import speak
from kiosk.speech.rules import sayable, stands_on
from kiosk.speech.voices import NotSpoken
from kiosk.stations.pages import pairing_needed
from kiosk.trying.scans import was_a_try

blueprint = Blueprint("checkin", __name__, template_folder="templates")

STAY = "stay"
SCAN_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_SCAN = 5_464
"""4,096 bytes in base64."""
MOST_TEXTS = 100
"""A name has fewer signs, and nothing on a page has more pieces."""


@blueprint.get("/kiosk/<station>")
def page(station: str) -> ResponseReturnValue:
    """The page that the patient at this station sees now."""
    panel = _station(station)
    if (elsewhere := pairing_needed("kiosk", station)) is not None:
        return elsewhere
    dialogue.expire(clinic())
    html, version, words = _drawn(panel)
    return _fresh(html, version, panel, words["mirrors"])


@blueprint.post("/kiosk/<station>/answer")
def answer(station: str) -> ResponseReturnValue:
    """Take the answer to a page; whatever it was, show the present one."""
    _own(station)
    version = request.form.get("version", type=int, default=-1)
    if request.form.get("answer") == STAY:
        dialogue.stay(clinic(), station, version=version)
        return "", 204
    if (given := said(request.form)) is not None:
        dialogue.answer(clinic(), station, given, version=version)
    return redirect(url_for("checkin.page", station=station), 303)


@blueprint.post("/kiosk/<station>/photo")
def photo(station: str) -> ResponseReturnValue:
    """Take the pictures of an insurance card; whatever they are, show the present page."""
    _own(station)
    sent = {side: request.files[side].read() for side in SIDES if side in request.files}
    pictures = {side: data for side, data in sent.items() if data}
    try:
        check_all(pictures)
    except PhotoRefused:
        pictures = {}
    version = request.form.get("version", type=int, default=-1)
    dialogue.answer(clinic(), station, Photographed(pictures), version=version)
    return redirect(url_for("checkin.page", station=station), 303)


@blueprint.post("/kiosk/<station>/scan")
def scan(station: str) -> ResponseReturnValue:
    """What a scanner typed into this page (static/js/kiosk/wedge.js); nothing when it was not read whole."""
    _own(station)
    scan_id, data = request.form.get("id", ""), request.form.get("data", "")
    if not _station(station).wedge or not SCAN_ID.fullmatch(scan_id):
        abort(400)
    if len(data) > LONGEST_SCAN:
        abort(413)
    try:
        scanned = base64.b64decode(data, validate=True)
    except ValueError:
        abort(400)
    if not was_a_try(clinic(), station, scan_id, scanned):
        dialogue.scanned(clinic(), station, scan_id, scanned)
    return "", 204


@blueprint.post("/kiosk/<station>/speech")
def speech(station: str) -> ResponseReturnValue:
    """Some words of the page that this station shows now, aloud; nothing when they do not stand there."""
    _own(station)
    here, panel = clinic(), _station(station)
    texts = request.form.getlist("text")
    html, _, words = _drawn(panel)
    if not words["speech"] or len(texts) > MOST_TEXTS or not stands_on(html, texts):
        return "", 204
    try:
        wav = here.voices.say(request.form.get("language", ""), sayable(texts))
    except NotSpoken:
        return "", 204
    return Response(wav, mimetype="audio/wav")


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


def _drawn(panel: Station) -> tuple[str, str, dict[str, Any]]:
    """Return the page that this station shows now, its version, and what it was made from."""
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as seen:
        record = records.at_station(seen, panel.id)
        state = dialogue.present(here, record, at)
        speak(state.language or here.config.site.languages[0])
        words = screen.shown(Screen(here, seen, panel, record, state, at))
        html = render_template(f"checkin/{state.step}.html", **words)
    return html, f"{record.version}-{seen.snapshot.version}", words


def _own(station: str) -> None:
    """Only the station's own screen may answer."""
    _station(station)
    if principal().name != station:
        abort(403)


def _fresh(html: str, version: str, panel: Station, mirrors: str) -> Response:
    response = make_response(html)
    if mirrors:
        policy = guards.POLICY["Content-Security-Policy"].replace("img-src", f"img-src {mirrors}")
        response.headers["Content-Security-Policy"] = policy
    if panel.camera:
        allowed = guards.POLICY["Permissions-Policy"].replace("camera=()", "camera=(self)")
        response.headers["Permissions-Policy"] = allowed
    response.set_etag(version)
    response.headers["Cache-Control"] = "no-store"
    response.make_conditional(request)
    return response
