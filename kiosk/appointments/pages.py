"""`/console/appointments`: who is expected; add, import, cancel, and the letter with the booking code."""

import io
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from kiosk.access import principal
from kiosk.appointments import codes, records
from kiosk.appointments.letter import tellings
from kiosk.appointments.records import Appointment, Status
from kiosk.appointments.rules import Entry, Problem, Refused, entry_of
from kiosk.appointments.taking_over import take_over, terms
from kiosk.clinic import clinic
from kiosk.identity.manual_code import manual_code

blueprint = Blueprint(
    "appointments", __name__, template_folder="templates", url_prefix="/console/appointments"
)

SHOWN_PROBLEMS = 200
PICTURES = {"png": (codes.qr_png, "image/png"), "svg": (codes.qr_svg_file, "image/svg+xml")}
FIELDS = ("family name", "given name", "middle name", "birth date", "date", "time")


@blueprint.app_template_filter()
def day_in_words(day: date) -> str:
    """The day as this page's language writes it out."""
    return format_date(day, "full", locale=get_locale() or "en")


@blueprint.app_template_filter()
def day_in_short(day: date) -> str:
    """The day as one compares it with a card: the month has its name, so nobody takes it for the day."""
    return format_date(day, "medium", locale=get_locale() or "en")


blueprint.add_app_template_filter(manual_code)


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The day's list."""
    return _page()


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Expect somebody: the form is held against the same rules as a row of an import."""
    here = clinic()
    at = here.now()
    cells = {name: request.form.get(name, "") for name in FIELDS}
    cells["services"] = ";".join(request.form.getlist("services"))
    entry = entry_of(0, cells, terms(here.config, at))
    if not isinstance(entry, Entry):
        return _page(status=422, form=cells, wrong={problem.column: problem for problem in entry})
    command = request.form.get("command") or abort(400)
    with here.database.begin(at=at) as tx:
        if (done := tx.answered(command)) is None:
            person = entry.person
            added = records.add(
                tx,
                slot=entry.slot,
                services=entry.services,
                family_name=person.family_name,
                given_name=person.given_name,
                middle_name=person.middle_name,
                birth_date=person.birth_date,
            )
            done = {"appointment": added.id}
            tx.answer(command, done)
            tx.record("appointment_added", by=principal().name)
    flash(done["appointment"], "added")
    return _back(here.local(entry.slot).date(), done["appointment"])


@blueprint.post("/import")
def load() -> ResponseReturnValue:
    """Take over a CSV or ICS file whole, or say everything that is wrong with it."""
    here = clinic()
    file = request.files.get("file")
    if file is None or not file.filename:
        problem = Problem(0, "", _("No file was chosen."), _("Choose a file, then press Import."))
        return _page(status=422, problems=(problem,))
    try:
        report = take_over(here.database, here.config, file.read(), at=here.now(), by=principal().name)
    except Refused as refused:
        return _page(status=422, problems=refused.problems)
    flash(" ".join(report.sentences()), "loaded")
    return _back()


@blueprint.post("/<appointment_id>/cancel")
def cancel(appointment_id: str) -> ResponseReturnValue:
    """Nobody is expected any more; the page offers to take it back."""
    at = clinic().now()
    with clinic().database.begin(at=at) as tx:
        found = records.find(tx, appointment_id) or abort(404)
        if found.status is Status.BOOKED:
            records.cancel(tx, appointment_id, by=principal().name)
            tx.record("appointment_cancelled", by=principal().name)
    flash(appointment_id, "arrived" if found.status is Status.ARRIVED else "cancelled")
    return _back(clinic().local(found.slot).date(), appointment_id)


@blueprint.post("/<appointment_id>/reinstate")
def reinstate(appointment_id: str) -> ResponseReturnValue:
    """Take a cancellation back."""
    at = clinic().now()
    with clinic().database.begin(at=at) as tx:
        found = records.find(tx, appointment_id) or abort(404)
        if found.status is Status.CANCELLED:
            records.reinstate(tx, appointment_id)
            tx.record("appointment_reinstated", by=principal().name)
    return _back(clinic().local(found.slot).date(), appointment_id)


@blueprint.get("/<appointment_id>/letter")
def letter(appointment_id: str) -> ResponseReturnValue:
    """The letter to print: the code as a picture and as nine characters, and how to use it."""
    here = clinic()
    with here.database.snapshot(at=here.now()) as reading:
        found = records.find(reading, appointment_id) or abort(404)
    code = manual_code(found.reference)
    return render_template(
        "appointments/letter.html",
        appointment=found,
        qr=codes.qr_svg(codes.booking_code(here.config, found)),
        code=f"{code[:3]} {code[3:6]} {code[6:]}",
        tellings=tellings(here.local(found.slot), here.config.site.languages),
    )


@blueprint.get("/<appointment_id>/code.<kind>")
def picture(appointment_id: str, kind: str) -> ResponseReturnValue:
    """The code as a file, for a letter that another program writes. Its name tells the slot alone."""
    make, mimetype = PICTURES.get(kind) or abort(404)
    here = clinic()
    with here.database.snapshot(at=here.now()) as reading:
        found = records.find(reading, appointment_id) or abort(404)
    name = f"appointment-{here.local(found.slot):%Y-%m-%d-%H%M}.{kind}"
    file = io.BytesIO(make(codes.booking_code(here.config, found)))
    return send_file(file, mimetype, as_attachment=True, download_name=name, max_age=0)


@blueprint.post("/<appointment_id>/new-code")
def new_code(appointment_id: str) -> ResponseReturnValue:
    """A letter went to the wrong person: its code is void from now on, and the next letter has another."""
    at, command = clinic().now(), request.form.get("command") or abort(400)
    with clinic().database.begin(at=at) as tx:
        if tx.answered(command) is None:
            if not records.renew_code(tx, appointment_id):
                abort(409)
            tx.answer(command, {})
            tx.record("booking_code_renewed", by=principal().name)
    flash(appointment_id, "new_code")
    return redirect(url_for(".letter", appointment_id=appointment_id), 303)


def _page(
    *,
    status: int = 200,
    form: Mapping[str, str] | None = None,
    wrong: Mapping[str, Problem] | None = None,
    problems: tuple[Problem, ...] = (),
) -> ResponseReturnValue:
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        today = reading.day(at)
        day = _asked_day(today)
        expected = records.on(reading, day)
        tickets = records.codes(reading, day)
        version = reading.snapshot.version
    late = at - timedelta(minutes=here.config.queue.grace_minutes)
    coming = [one for one in expected if one.slot >= late]
    return (
        render_template(
            "appointments/page.html",
            version=version,
            day=day,
            today=today,
            yesterday=day - timedelta(days=1),
            tomorrow=day + timedelta(days=1),
            rows=[(one, _standing(one, late), tickets.get(one.id)) for one in expected],
            counts=Counter(_standing(one, late) for one in expected),
            next_id=coming[0].id if coming and day == today else None,
            by_id={one.id: one for one in expected},
            form=form or {"date": day.isoformat()},
            wrong=wrong or {},
            problems=problems[:SHOWN_PROBLEMS],
            more_problems=max(0, len(problems) - SHOWN_PROBLEMS),
        ),
        status,
    )


def _standing(appointment: Appointment, late: datetime) -> str:
    """The status as the list shows it: somebody booked who should be here by now is missed."""
    if appointment.status is Status.BOOKED and appointment.slot < late:
        return "missed"
    return str(appointment.status)


def _asked_day(today: date) -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today


def _back(day: date | None = None, row: str | None = None) -> ResponseReturnValue:
    """To the list of that day, and to that row; the address of today's list names no day."""
    here = clinic()
    other = day.isoformat() if day and day != here.local(here.now()).date() else None
    return redirect(url_for("appointments.page", day=other, _anchor=f"a-{row}" if row else None), 303)
