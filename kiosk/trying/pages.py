"""For whoever stands on the ladder: try the scanner, try the printer, and which settings to look up."""

import segno
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk.clinic import clinic
from kiosk.config import Station
from kiosk.stations import rules as devices
from kiosk.trying import records, rules
from kiosk.trying.rules import Code

blueprint = Blueprint("trying", __name__, template_folder="templates")


@blueprint.get("/console/screens/<station>/try")
def page(station: str) -> ResponseReturnValue:
    """One step after the other; each tells by itself what came."""
    here, place = clinic(), _station(station)
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        return render_template(
            "trying/page.html",
            version=reading.snapshot.version,
            station=place,
            tries=records.latest(reading, station, at),
            ticket=records.document(here.config, here.local(at)),
            codes={code: _qr(payload) for code, payload in rules.PAYLOADS.items()},
            words=rules.words,
            trouble=devices.trouble,
            advice=devices.advice,
        )


@blueprint.post("/console/screens/<station>/try")
def act(station: str) -> ResponseReturnValue:
    """Wait for a code, or print."""
    here, what = clinic(), request.form.get("do", "")
    _station(station)
    if what != "print" and what not in set(Code):
        abort(400)
    command = request.form.get("command", "")[:64]
    with here.database.begin(at=here.now()) as tx:
        if not command or tx.answered(command) is None:
            if what == "print":
                records.print_ticket(tx, station)
            else:
                records.listen(tx, station, Code(what))
            if command:
                tx.answer(command, {})
    return redirect(url_for(".page", station=station), 303)


@blueprint.get("/console/screens/settings-codes")
def settings() -> str:
    """What to look up in the scanner's manual, to print and take along."""
    return render_template("trying/settings.html")


def _station(name: str) -> Station:
    return clinic().config.station(name) or abort(404)


def _qr(text: str) -> Markup:
    drawn = segno.make_qr(text, error="m", mode="byte").svg_inline(omitsize=True, border=4, light="#fff")
    return Markup(drawn)  # noqa: S704
