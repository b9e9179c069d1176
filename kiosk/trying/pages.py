"""For whoever stands on the ladder: try the scanner, try the printer, and which settings to look up."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.clinic import clinic
from kiosk.config import Station
from kiosk.database import Reading
from kiosk.stations import records as stations
from kiosk.stations import rules as devices
from kiosk.trying import drawing, records, rules
from kiosk.trying.rules import Code
from kiosk.trying.settings import MAKERS, maker

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
            codes={code: drawing.svg(payload) for code, payload in rules.PAYLOADS.items()},
            words=rules.words,
            trouble=devices.trouble,
            advice=devices.advice,
            broken={kind: _broken(reading, place, kind, at) for kind in ("scanner", "printer")},
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
    """Settings codes to scan from here, to print and take along; and what to look up in the manual."""
    return render_template("trying/settings.html", makers=MAKERS, draw=drawing.svg)


@blueprint.post("/console/screens/settings-codes")
def print_settings() -> ResponseReturnValue:
    """Print one maker's codes at a kiosk."""
    here, station = clinic(), _station(request.form.get("station", ""))
    wanted = maker(request.form.get("maker", "")) or abort(400)
    command = request.form.get("command", "")[:64]
    with here.database.begin(at=here.now()) as tx:
        if not command or tx.answered(command) is None:
            records.print_settings(tx, station.id, wanted.id)
            if command:
                tx.answer(command, {})
    flash(station.name, "printing")
    return redirect(url_for(".settings"), 303)


def _broken(reading: Reading, place: Station, kind: str, at: datetime) -> list[tuple[str, str]]:
    hosts = stations.hosts(reading, place.id, at)
    types_into_the_page = kind == "scanner" and place.wedge
    return [] if types_into_the_page else devices.troubles(hosts, kind)


def _station(name: str) -> Station:
    return clinic().config.station(name) or abort(404)
