"""What a page of the dialogue shows besides its question: months, keys, the wait, the code for the phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from babel import Locale
from babel.dates import format_date, get_month_names
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from kiosk.checkin.keyboards import keyboards
from kiosk.checkin.records import Record
from kiosk.checkin.rules import COPIES, days_of
from kiosk.checkin.steps import PROBLEMS, Dialogue, Source, Step
from kiosk.clinic import Clinic
from kiosk.config import Station
from kiosk.database import Reading
from kiosk.queueing import records as queue
from kiosk.queueing.waiting_time import estimates
from kiosk.tasks import records as tasks

WALK_AWAY_S = 15
"""So long a ticket stays on the screen that nobody touches any more."""

PROGRESS = {
    Step.SCAN: 1,
    Step.NAME: 1,
    Step.MONTH: 2,
    Step.DAY: 2,
    Step.YEAR: 2,
    Step.CHECK: 2,
    Step.CONFIRM: 3,
}
STEPS = 4
DATE_PARTS = {Step.MONTH: 0, Step.DAY: 1, Step.YEAR: 2}
"""How much of the birth date is known on the page that asks for the rest."""

INLINE_LANGUAGES = 4
"""More languages than these do not fit beside each other."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The invitation in one language, for a patient who has not chosen one."""

    code: str
    direction: str
    name: str
    words: str


def shown(
    clinic: Clinic, reading: Reading, station: Station, record: Record, state: Dialogue, at: datetime
) -> dict[str, Any]:
    """Return all that the page's template needs."""
    languages = clinic.config.site.languages
    language = state.language or languages[0]
    rules = clinic.config.checkin
    idle_s = WALK_AWAY_S if state.step is Step.TICKET else rules.idle_seconds
    warning_s = 0 if state.step in (Step.TICKET, Step.WELCOME) else rules.warning_seconds
    page: dict[str, Any] = {
        "version": reading.snapshot.version,
        "station": station,
        "record": record,
        "state": state,
        "problem": state.notice if state.notice in PROBLEMS else None,
        "greetings": [greeting(code) for code in languages],
        "chosen": language,
        "inline_languages": INLINE_LANGUAGES,
        "progress": PROGRESS.get(state.step),
        "steps": STEPS,
        "typed": state.who is not None and state.who.source is Source.TYPED,
        "idle_s": 0 if state.pristine else idle_s,
        "warning_s": warning_s,
        "services": [s for s in clinic.config.services if s.walk_in],
        "licences": rules.licence_scanning,
    }
    return page | _PARTS.get(state.step, _nothing)(clinic, reading, state, language, at)


def greeting(code: str) -> Greeting:
    """Invite in this language."""
    locale = Locale.parse(code, sep="-")
    name = locale.get_display_name(code.replace("-", "_")) or code
    with force_locale(locale):
        return Greeting(code, locale.text_direction, name[:1].upper() + name[1:], _("Check in here"))


def _nothing(
    clinic: Clinic, reading: Reading, state: Dialogue, language: str, at: datetime
) -> dict[str, Any]:
    return {}


def _birth_date(
    clinic: Clinic, reading: Reading, state: Dialogue, language: str, at: datetime
) -> dict[str, Any]:
    locale = Locale.parse(language, sep="-")
    names = get_month_names("wide", "stand-alone", locale=locale)
    return {
        "birth_date": state.birth_date and format_date(state.birth_date, "long", locale=locale),
        "months": list(names.values()),
        "days": range(1, days_of(state.month) + 1),
        "date_parts": DATE_PARTS.get(state.step, 3),
    }


def _keys(clinic: Clinic, reading: Reading, state: Dialogue, language: str, at: datetime) -> dict[str, Any]:
    return {"keyboards": keyboards(clinic.config.site.languages, language)}


def _ticket(clinic: Clinic, reading: Reading, state: Dialogue, language: str, at: datetime) -> dict[str, Any]:
    ticket = reading.snapshot.tickets.get(state.ticket)
    if ticket is None:
        return {"ticket": None}
    observed = queue.observed(reading.connection, reading.site)
    expected = estimates(clinic.config.room_rules(), reading.snapshot, observed, at=at)
    unprinted = any(
        task.ticket == ticket.id or (task.kind == "print_failed" and task.station == station.id)
        for task in tasks.open_tasks(reading)
    )
    return {
        "ticket": ticket,
        "estimate": expected.get(ticket.id),
        "unprinted": unprinted,
        "may_print": state.copies < COPIES,
        "qr": _qr(f"{clinic.config.public_url}/t/{reading.vault.link_secret(ticket.visit)}"),
    }


def _qr(text: str) -> Markup:
    return Markup(segno.make_qr(text, error="m").svg_inline(omitsize=True, border=2))  # noqa: S704


_PARTS = {
    Step.NAME: _keys,
    Step.MONTH: _birth_date,
    Step.DAY: _birth_date,
    Step.YEAR: _birth_date,
    Step.CHECK: _birth_date,
    Step.TICKET: _ticket,
}
