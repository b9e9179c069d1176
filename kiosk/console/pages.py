"""`/console`: one page, and the commands that lead back to it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from kiosk.access import principal
from kiosk.appointments import records as appointments
from kiosk.appointments.rules import Person
from kiosk.checkin.arrival import CheckInError, check_in
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic, clinic
from kiosk.console import commands, insurance, records, rules, screen, subject, surroundings, telling, words
from kiosk.console.commands import Answer
from kiosk.console.screen import Floor, Line
from kiosk.console.subject import Subject, Undo
from kiosk.database import Reading, Transaction
from kiosk.queueing import records as queue
from kiosk.queueing.tickets import NoSuchTicket, QueueError, UnknownName
from kiosk.stations import records as stations
from kiosk.tasks import records as tasks

blueprint = Blueprint("console", __name__, template_folder="templates", url_prefix="/console")

SHORTEST_ID, LONGEST_ID = 8, 56
LONGEST_NAME = 80


@blueprint.context_processor
def vocabulary() -> dict[str, Any]:
    """The words that the console's templates share."""
    return {"states": words.STATES, "language_name": screen.language_name}


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The whole floor, the chosen desk, and the ticket that the keys act on. `?desk=` chooses a desk."""
    if (wanted := request.args.get("desk")) is not None:
        choose(wanted)
        return redirect(url_for(".page"), 303)
    here, me = clinic(), principal().name
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        floor = screen.floor(here, reading, me=me, chosen=session.get("desk"), mine=my_desks(), at=at)
        told = telling.told(reading, request.args.get("done", ""), floor.names, at=at)
        line, picked = _line(floor, request.args.get("ticket"))
        selected = line if picked else None
        return render_template(
            "console/page.html",
            version=reading.snapshot.version,
            floor=floor,
            desk=floor.chosen,
            subject=_subject(here, reading, line, floor, picked=picked),
            undo=_undo(reading, me, selected, at=at),
            told=told,
            todos=surroundings.todos(
                reading, floor.names, picked=selected.ticket if selected else None, at=at
            ),
            expected=surroundings.expected(here, reading, floor.names, at=at),
            devices=stations.devices(reading, at),
            rules=rules,
            my_name=records.staff_names(reading).get(me, me),
        )


@blueprint.post("/desks/<desk>/next")
def call_next(desk: str) -> ResponseReturnValue:
    """Call who is next for the desk."""
    return carry_out("next", lambda tx: commands.call_next(tx, desk, request.form, by=principal().name))


@blueprint.post("/desks/<desk>/<verb>")
def desk(desk: str, verb: str) -> ResponseReturnValue:
    """Open or close a desk; choose the one to call for; leave one that is not mine any more."""
    match verb:
        case "open" | "close":
            return carry_out(
                verb, lambda tx: commands.open_or_close(tx, desk, verb, by=principal().name), keep=True
            )
        case "choose":
            choose(desk)
        case "leave":
            session["desks"] = [name for name in my_desks() if name != desk]
            if session.get("desk") == desk:
                session["desk"] = next(iter(session["desks"]), None)
        case _:
            abort(404)
    return redirect(url_for(".page"), 303)


@blueprint.post("/tickets/<ticket>/print")
def reprint(ticket: str) -> ResponseReturnValue:
    """Print the ticket at the kiosk asked for; whatever came out before makes this one a COPY."""
    station = request.form["station"]
    if clinic().config.station(station) is None:
        raise UnknownName(f"There is no kiosk {station!r}.")

    def decide(tx: Transaction) -> Answer:
        printing.queue_ticket(tx, station, tx.room.ticket(ticket))
        tx.record("reprinted", by=principal().name, ticket=ticket)
        return {"done": "print", "ticket": ticket, "station": station}

    return carry_out("print", decide, keep=True)


@blueprint.post("/tickets/<ticket>/<action>")
def act(ticket: str, action: str) -> ResponseReturnValue:
    """Do one of `rules.COMMANDS` to the ticket."""
    if action not in commands.ACTIONS:
        abort(404)
    by = principal().name
    return carry_out(
        action, lambda tx: commands.act(tx, action, ticket, request.form, by=by), keep=action != "call"
    )


@blueprint.post("/tickets/<ticket>/insurance/<verb>", endpoint="insurance")
def see_to_insurance(ticket: str, verb: str) -> ResponseReturnValue:
    """Ask the payer again, correct what was read, mark it as checked, or take that back."""
    if verb not in insurance.VERBS:
        abort(404)
    settings, by = clinic().config.coverage, principal().name
    return carry_out(
        verb, lambda tx: insurance.act(tx, settings, verb, ticket, request.form, by=by), keep=True
    )


@blueprint.post("/tickets")
def issue() -> ResponseReturnValue:
    """Give a ticket at the desk: to somebody expected, or to a walk-in."""
    command = _command()

    def decide(tx: Transaction) -> Answer:
        ticket = check_in(tx, command=f"{command}.issue", by=principal().name, **_arrival(tx))
        return {"done": "issued", "ticket": ticket.id, "service": ticket.service, "pick": ticket.id}

    return carry_out("issue", decide)


@blueprint.get("/tickets/<ticket>")
def ticket(ticket: str) -> ResponseReturnValue:
    """A ticket's history, of whatever day: who did what, and when."""
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        found = queue.find(reading.connection, reading.site, ticket)
        if found is None:
            raise NoSuchTicket
        names = screen.site_names(here, reading, me=principal().name)
        return render_template(
            "console/ticket.html",
            version=reading.snapshot.version,
            ticket=found,
            names=names,
            history=subject.history(reading, found, names),
        )


@blueprint.post("/tasks/<int:task>/done")
def close_task(task: int) -> ResponseReturnValue:
    """Somebody saw to it."""

    def decide(tx: Transaction) -> Answer:
        tasks.close(tx, task, principal().name)
        return {"done": "task_closed"}

    return carry_out("task", decide, keep=True)


def carry_out(
    name: str, decide: Callable[[Transaction], Answer], *, keep: bool = False
) -> ResponseReturnValue:
    """Decide once per command id, then lead back to the page, which tells what came of it.

    A refusal is an answer too: whoever was too late reads who was faster, even when the browser has to ask
    twice. `keep`: the selected ticket stays selected.
    """
    command = _command()
    here = clinic()
    at = here.now()
    try:
        with here.database.begin(at=at) as tx:
            if (answer := tx.answered(command)) is None:
                tx.answer(command, answer := decide(tx))
    except (QueueError, CheckInError) as error:
        with here.database.begin(at=at) as tx:
            if (answer := tx.answered(command)) is None:
                tx.answer(command, answer := commands.refused(error, name))
    picked = answer.get("pick") or (request.form.get("picked") if keep else None)
    return redirect(url_for(".page", ticket=picked or None, done=command), 303)


def choose(desk: str) -> None:
    """From here on, call for this desk. Raises UnknownName."""
    if desk not in clinic().config.room_rules().desks:
        raise UnknownName(f"There is no desk {desk!r}.")
    session["desk"] = desk
    session["desks"] = list(dict.fromkeys([*my_desks(), desk]))


def my_desks() -> list[str]:
    """The desks that this coordinator works for, remembered by the browser until sign-out."""
    return list(session.get("desks", ()))


def _command() -> str:
    command = request.form["command"]
    if not SHORTEST_ID <= len(command) <= LONGEST_ID:
        abort(400)
    return command


def _arrival(tx: Transaction) -> dict[str, Any]:
    """What `check_in` wants to know, from the form."""
    form = request.form
    if wanted := form.get("appointment"):
        booked = appointments.find(tx, wanted)
        if booked is None:
            raise CheckInError(CheckInError.__doc__)
        return {
            "station": form.get("station") or None,
            "services": booked.services,
            "language": clinic().config.site.languages[0],
            "appointment": booked,
        }
    family, given = (form.get(name, "").strip()[:LONGEST_NAME] for name in ("family_name", "given_name"))
    return {
        "station": form.get("station") or None,
        "services": [form["service"]],
        "language": form["language"],
        "person": Person(family, given) if family or given else None,
        "priority": form.get("priority") or None,
    }


def _line(floor: Floor, picked: str | None) -> tuple[Line | None, bool]:
    """The ticket that a person selected, else who is at the chosen desk."""
    if picked and (line := floor.lines.get(picked)):
        return line, True
    return (floor.chosen.line if floor.chosen else None), False


def _subject(
    here: Clinic, reading: Reading, line: Line | None, floor: Floor, *, picked: bool
) -> Subject | None:
    if line is None:
        return None
    return subject.subject(reading, here.config.coverage, line, floor.names, picked=picked)


def _undo(reading: Reading, me: str, picked: Line | None, *, at: datetime) -> Undo | None:
    """The selected ticket's last step; with nothing selected, one's own."""
    return subject.undo_of(reading, picked.ticket) if picked else subject.own_undo(reading, me, at=at)
