"""What a page of the dialogue shows besides its question: months, keys, the wait, the code for the phone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from babel import Locale
from babel.dates import format_date, get_month_names
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from kiosk.checkin.keyboards import CROCKFORD, DIGITS, LATIN, keyboards, lettered
from kiosk.checkin.records import Record
from kiosk.checkin.rules.insurance import grouped, is_asked
from kiosk.checkin.rules.machine import COPIES, days_of
from kiosk.checkin.rules.steps import PROBLEMS, Dialogue, Step
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.config import Station
from kiosk.database import Reading
from kiosk.database.schema import EPOCH, MICROSECOND
from kiosk.identity.chunks import Chunks
from kiosk.queueing import records as queue
from kiosk.queueing.waiting_time import estimates
from kiosk.stations.records import hosts
from kiosk.stations.rules import preview, scanners
from kiosk.tasks import records as tasks

WALK_AWAY_S = 15
"""So long a ticket stays on the screen that nobody touches any more."""

PROGRESS = {
    Step.SCAN: 1,
    Step.CONSENT: 1,
    Step.NAME: 1,
    Step.CODE: 1,
    Step.FETCHING: 1,
    Step.PASSCODE: 1,
    Step.MONTH: 2,
    Step.DAY: 2,
    Step.YEAR: 2,
    Step.CHECK: 2,
    Step.CONFIRM: 3,
}
STEPS = 4
DATE_PARTS = {Step.MONTH: 0, Step.DAY: 1, Step.YEAR: 2}
"""How much of the birth date is known on the page that asks for the rest."""

SCANS = frozenset({Step.SCAN, Step.CARD})
"""The pages that show what the camera sees."""
INLINE_LANGUAGES = 4
"""More languages than these do not fit beside each other."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The invitation in one language, for a patient who has not chosen one."""

    code: str
    direction: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One station's screen at one instant."""

    clinic: Clinic
    reading: Reading
    station: Station
    record: Record
    state: Dialogue
    at: datetime

    @property
    def languages(self) -> tuple[str, ...]:
        """The site's languages, its own first."""
        return self.clinic.config.site.languages

    @property
    def language(self) -> str:
        """The patient's language."""
        return self.state.language or self.languages[0]

    @property
    def locale(self) -> Locale:
        """How that language writes dates."""
        return Locale.parse(self.language, sep="-")


def shown(screen: Screen) -> dict[str, Any]:
    """Return all that the page's template needs."""
    state, rules = screen.state, screen.clinic.config.checkin
    idle_s = WALK_AWAY_S if state.step is Step.TICKET else rules.idle_seconds
    asked = is_asked(state)
    warned = state.step not in (Step.TICKET, Step.WELCOME)
    boxes = hosts(screen.reading, screen.station.id, screen.at)
    camera, readers = preview(boxes), scanners(boxes)
    page: dict[str, Any] = {
        "version": screen.reading.snapshot.version,
        "station": screen.station,
        "record": screen.record,
        "state": state,
        "problem": state.notice if state.notice in PROBLEMS else None,
        "greetings": [greeting(code) for code in screen.languages],
        "chosen": screen.language,
        "inline_languages": INLINE_LANGUAGES,
        "progress": STEPS if asked else PROGRESS.get(state.step),
        "steps": STEPS + 1 if screen.clinic.config.coverage.ask else STEPS,
        "asked": asked,
        "parts": len(state.chunks.parts),
        "next_part": _next_part(state.chunks),
        "given_on": state.who.page if state.who else None,
        "idle_s": 0 if state.pristine else idle_s,
        "warning_s": rules.warning_seconds if warned else 0,
        "services": [service for service in screen.clinic.config.services if service.walk_in],
        "licences": rules.licence_scanning,
        "scanning": bool(readers) or not any(box.parts or box.cause == "silent" for box in boxes),
        "by_camera": camera is not None and len(readers) == 1,
        "speech": screen.station.speech and screen.clinic.voices.has(screen.language),
        "mirrors": camera.address if camera else "",
        "mirror": camera.of(_question(screen.record)) if camera and state.step in SCANS else "",
    }
    return page | _PARTS.get(state.step, _nothing)(screen)


def _question(record: Record) -> int:
    """Number this page of the dialogue: a later page of this station has a higher one."""
    return ((record.updated_at or EPOCH) - EPOCH) // MICROSECOND


def _next_part(chunks: Chunks) -> int:
    """How many codes of a health card are read when the next one is; 0: none is asked for."""
    return len(chunks.parts) - len(chunks.missing) + 1 if chunks.parts else 0


def greeting(code: str) -> Greeting:
    """Invite in this language."""
    locale = Locale.parse(code, sep="-")
    name = locale.get_display_name(locale) or code
    with force_locale(locale):
        return Greeting(code, locale.text_direction, name[:1].upper() + name[1:], _("Check in here"))


def _nothing(screen: Screen) -> dict[str, Any]:
    return {}


def _birth_date(screen: Screen) -> dict[str, Any]:
    state, locale = screen.state, screen.locale
    return {
        "months": list(get_month_names("wide", "stand-alone", locale=locale).values()),
        "days": range(1, days_of(state.month) + 1),
        "date_parts": DATE_PARTS.get(state.step, 3),
        "birth_date": state.birth_date and format_date(state.birth_date, "long", locale=locale),
    }


def _letters(screen: Screen) -> dict[str, Any]:
    return {"keyboards": keyboards(screen.languages, screen.language)}


def _code(screen: Screen) -> dict[str, Any]:
    return {"keyboards": lettered(CROCKFORD)}


def _member(screen: Screen) -> dict[str, Any]:
    return {"keyboards": lettered(DIGITS + LATIN + "-")}


def _passcode(screen: Screen) -> dict[str, Any]:
    return {"keyboards": lettered(DIGITS + LATIN.lower(), DIGITS + LATIN)}


def _insurance(screen: Screen) -> dict[str, Any]:
    return {"ticket_code": screen.reading.snapshot.tickets[screen.state.ticket].code}


def _card_check(screen: Screen) -> dict[str, Any]:
    card = screen.state.card
    until = card.valid_until if card else None
    return {
        **_insurance(screen),
        "member_number": grouped(card.member_id) if card else "",
        "valid_until": until and format_date(until, "medium", locale=screen.locale),
    }


def _ticket(screen: Screen) -> dict[str, Any]:
    reading, config = screen.reading, screen.clinic.config
    ticket = reading.snapshot.tickets.get(screen.state.ticket)
    if ticket is None:
        return {"ticket": None}
    observed = queue.observed(reading.connection, reading.site)
    expected = estimates(config.room_rules(), reading.snapshot, observed, at=screen.at)
    broken = _printer_broken(screen)
    return {
        "ticket": ticket,
        "estimate": expected.get(ticket.id),
        "unprinted": broken or printing.unprinted(reading, ticket.id),
        "printer_broken": broken,
        "may_print": screen.state.copies < COPIES and not broken,
        "qr": _qr(printing.phone_url(screen.clinic, reading, ticket.visit)),
    }


def _printer_broken(screen: Screen) -> bool:
    """Tell whether somebody must look after this station's printer: until then no paper comes out."""
    return any(
        task.kind == "print_failed" and task.station == screen.station.id
        for task in tasks.open_tasks(screen.reading)
    )


def _qr(text: str) -> Markup:
    return Markup(segno.make_qr(text, error="m").svg_inline(omitsize=True, border=2))  # noqa: S704


_PARTS: dict[Step, Callable[[Screen], dict[str, Any]]] = {
    Step.NAME: _letters,
    Step.CODE: _code,
    Step.MONTH: _birth_date,
    Step.DAY: _birth_date,
    Step.YEAR: _birth_date,
    Step.CHECK: _birth_date,
    Step.INSURANCE: _insurance,
    Step.MEMBER: _member,
    Step.CARD_CHECK: _card_check,
    Step.PASSCODE: _passcode,
    Step.TICKET: _ticket,
}
