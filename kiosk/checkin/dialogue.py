"""The dialogue at a station, carried out: looked up outside the lock, written in one transaction.

The page's version is the command's id: an answer to an older page, or the second of a double tap, is stale
and changes nothing.
"""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta

from kiosk.appointments import codes
from kiosk.checkin import deeds, records
from kiosk.checkin.effects import Effect, Fetch, LookUp
from kiosk.checkin.given import Given, NotFound, Press, Scanned
from kiosk.checkin.lookup import find
from kiosk.checkin.lookup import scanned as meant
from kiosk.checkin.records import Record
from kiosk.checkin.rules import advance
from kiosk.checkin.steps import Dialogue, Found, Options, Who
from kiosk.checkin.tries import judged
from kiosk.clinic import Clinic
from kiosk.coverage.rules import member_number
from kiosk.database import Transaction
from kiosk.identity import recognise

SLACK = timedelta(seconds=15)
"""The screen counts down first; the server wipes what a screen that died left behind."""

SCAN_TRIES = 3


def answer(clinic: Clinic, station: str, given: Given, *, version: int) -> None:
    """The patient answered the page of that version."""
    _take(clinic, station, given, version=version)


def scanned(clinic: Clinic, station: str, scan_id: str, data: bytes, symbology: str | None = None) -> None:
    """Something was held under the station's scanner. The same `scan_id` again changes nothing."""
    payload = (symbology or "").encode("latin-1", "ignore") + data
    document = meant(recognise(payload, codes.rules(clinic.config), at=clinic.now()))
    for _ in range(SCAN_TRIES):
        if _take(clinic, station, document, once=f"scan:{scan_id}"):
            return


def stay(clinic: Clinic, station: str, *, version: int) -> None:
    """The patient is still there, thinking or typing."""
    with clinic.database.begin(at=clinic.now()) as tx:
        before = records.at_station(tx, station)
        if before.version == version and not before.expired(tx.at, life(clinic)):
            records.keep(tx, before)


def present(clinic: Clinic, record: Record, at: datetime) -> Dialogue:
    """What the station shows now: nothing of a patient who left."""
    return Dialogue() if record.expired(at, life(clinic)) else record.state


def expire(clinic: Clinic) -> None:
    """Wipe every dialogue that was left behind. Called by a timer, and whenever a kiosk asks for its page."""
    at = clinic.now()
    with clinic.database.snapshot(at=at) as seen:
        left = records.left_behind(seen, at - life(clinic))
        if not any(records.at_station(seen, station).expired(at, life(clinic)) for station in left):
            return
    with clinic.database.begin(at=at) as tx:
        for station in left:
            before = records.at_station(tx, station)
            if before.expired(at, life(clinic)):
                records.save(tx, station, before, Dialogue())
                tx.touch(f"station:{station}")


def life(clinic: Clinic) -> timedelta:
    """How long a dialogue lives that nobody touches."""
    rules = clinic.config.checkin
    return timedelta(seconds=rules.idle_seconds + rules.warning_seconds) + SLACK


def _take(
    clinic: Clinic, station: str, given: Given, *, version: int | None = None, once: str | None = None
) -> bool:
    """Advance the station's dialogue. False: somebody else did in the meantime."""
    at = clinic.now()
    options = _options(clinic, at)
    with clinic.database.snapshot(at=at) as seen:
        before = records.at_station(seen, station)
        if version is not None and version != before.version:
            return False
        if version is not None and before.expired(at, life(clinic)):
            given = Press.TIMED_OUT
        state, effects = advance(present(clinic, before, at), given, options)
        looked_up = [
            (effect.who, find(clinic, seen, effect.who, effect.birth_date, at))
            for effect in effects
            if isinstance(effect, LookUp)
        ]
    if state == before.state and not effects:
        return True
    with clinic.database.begin(at=at) as tx:
        if records.at_station(tx, station).version != before.version:
            return False
        if once is not None and tx.answered(once) is not None:
            return True
        for who, found in looked_up:
            state, effects = advance(state, _counted(tx, station, who, found), options)
        for effect in effects:
            state = _carry_out(clinic, tx, station, before, state, effect, options)
        records.save(tx, station, before, state)
        if once is not None:
            tx.answer(once, {})
        tx.touch(f"station:{station}")
    return True


def _counted(tx: Transaction, station: str, who: Who, found: Found | NotFound) -> Found | NotFound:
    """Judge a look-up by the failures before it, under the lock: two stations cannot share one last try."""
    past = records.failures(tx, station, who, tx.at)
    if isinstance(found, NotFound) and not past.exhausted:
        records.add_failure(tx, station, who)
    return judged(found, past)


def _carry_out(
    clinic: Clinic,
    tx: Transaction,
    station: str,
    before: Record,
    state: Dialogue,
    effect: Effect,
    options: Options,
) -> Dialogue:
    match effect:
        case OpenTask(kind, subject):
            tasks.open(tx, kind, station=station, subject=subject)
        case Reprint(ticket):
            printing.queue_ticket(tx, station, tx.room.ticket(ticket), copy=True)
        case Arrive():
            language = state.language or options.languages[0]
            came = _arrive(tx, station, effect, language, command=f"{before.id}:{before.version}")
            state, further = advance(state, came, options)
            for effect in further:
                state = _carry_out(clinic, tx, station, before, state, effect, options)
    return state


def _arrive(tx: Transaction, station: str, effect: Arrive, language: str, command: str) -> Arrived | NotFound:
    appointment = by_reference(tx, effect.reference) if effect.reference else None
    if effect.reference and appointment is None:
        return NotFound(Case.NO_APPOINTMENT)
    try:
        ticket = check_in(
            tx,
            station=station,
            services=effect.services,
            language=language,
            command=command,
            appointment=appointment,
            by=f"station:{station}",
        )
    except CheckInError:
        return NotFound(Case.CANCELLED)
    if ticket.state in GONE:
        return NotFound(Case.ENDED)
    return Arrived(ticket.id, again=appointment is not None and appointment.status is Status.ARRIVED)


def _options(clinic: Clinic, at: datetime) -> Options:
    config = clinic.config
    today: date = clinic.local(at).date()
    return Options(
        languages=config.site.languages,
        walk_in=tuple(service.id for service in config.services if service.walk_in),
        today=today,
        licence_scanning=config.checkin.licence_scanning,
        number=secrets.choice(range(10, 100)),
    )
