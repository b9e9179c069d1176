"""The dialogue at a station, carried out: looked up outside the lock, written in one transaction.

The page's version is the command's id: an answer to an older page, or the second of a double tap, is stale
and changes nothing.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk.appointments import codes
from kiosk.checkin import fetching, records
from kiosk.checkin.deeds import Deeds
from kiosk.checkin.lookup import find
from kiosk.checkin.lookup import scanned as meant
from kiosk.checkin.records import Record
from kiosk.checkin.rules import insurance
from kiosk.checkin.rules.effects import Fetch, LookUp
from kiosk.checkin.rules.given import Given, NotFound, Press, Scanned
from kiosk.checkin.rules.machine import advance
from kiosk.checkin.rules.steps import Dialogue, Found, Options, Who
from kiosk.checkin.rules.tries import judged
from kiosk.clinic import Clinic
from kiosk.coverage.rules import member_number
from kiosk.database import Transaction
from kiosk.identity import Booking, Licence, is_chunk, recognise

SLACK = timedelta(seconds=15)
"""The screen counts down first; the server wipes what a screen that died left behind."""

TIMES = 3
"""So often is tried what comes at its own time, while the patient touches the screen."""


def answer(clinic: Clinic, station: str, given: Given, *, version: int) -> None:
    """The patient answered the page of that version."""
    expire(clinic)
    _take(clinic, station, lambda state: given, version=version)


def scanned(clinic: Clinic, station: str, scan_id: str, data: bytes, symbology: str | None = None) -> None:
    """Something was held under the station's scanner. The same `scan_id` again changes nothing."""
    expire(clinic)
    _insist(clinic, station, lambda state: _read(clinic, state, data, symbology), once=f"scan:{scan_id}")


def _read(clinic: Clinic, state: Dialogue, data: bytes, symbology: str | None) -> Scanned:
    """What the scan means where the dialogue stands."""
    at = clinic.now()
    payload = (symbology or "").encode("latin-1", "ignore") + data
    mark = hashlib.sha256(payload).hexdigest()
    chunks = state.chunks.add(payload)
    if is_chunk(payload) and chunks.missing:
        return Scanned(chunks=chunks, mark=mark)
    document = recognise(chunks.complete or payload, codes.rules(clinic.config), at=at)
    scan = replace(meant(document, clinic.local(at).date()), mark=mark)
    if insurance.is_asked(state) and scan.card is None and not isinstance(document, Booking | Licence):
        return replace(scan, number=member_number(data, symbology) or "")
    return scan


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
    for station in left:
        _take(clinic, station, lambda state: Press.TIMED_OUT, expired=True)


def life(clinic: Clinic) -> timedelta:
    """How long a dialogue lives that nobody touches."""
    rules = clinic.config.checkin
    return timedelta(seconds=rules.idle_seconds + rules.warning_seconds) + SLACK


def _insist(
    clinic: Clinic, station: str, answer: Callable[[Dialogue], Given], *, once: str | None = None
) -> None:
    """Take the answer on whatever page is shown by then."""
    for _ in range(TIMES):
        if _take(clinic, station, answer, once=once):
            return


def _take(
    clinic: Clinic,
    station: str,
    answer: Callable[[Dialogue], Given],
    *,
    version: int | None = None,
    once: str | None = None,
    expired: bool = False,
) -> bool:
    """Advance the station's dialogue by what its state makes of `answer`. False: somebody else did meanwhile.

    With `expired`, only one that was left behind.
    """
    at = clinic.now()
    options = _options(clinic, station, at)
    with clinic.database.snapshot(at=at) as seen:
        before = records.at_station(seen, station)
        if version not in (None, before.version) or expired != before.expired(at, life(clinic)):
            return False
        state, effects = advance(before.state, answer(before.state), options)
        looked_up = [
            (effect.who, find(clinic, seen, effect.who, effect.birth_date, at))
            for effect in effects
            if isinstance(effect, LookUp)
        ]
    if state == before.state and not effects:
        return True
    with clinic.database.begin(at=at) as tx:
        now = records.at_station(tx, station)
        if now.version != before.version or expired != now.expired(at, life(clinic)):
            return False
        if once is not None and tx.answered(once) is not None:
            return True
        for who, found in looked_up:
            state, effects = advance(state, _counted(tx, station, who, found), options)
        deeds = Deeds(clinic, tx, station, options, command=f"{before.id}:{before.version}")
        state = deeds.carry_out(state, effects)
        records.save(tx, station, before, state)
        if once is not None:
            tx.answer(once, {})
        tx.touch(f"station:{station}")
    for effect in effects:
        if isinstance(effect, Fetch):
            fetching.begin(clinic, effect, lambda came: _insist(clinic, station, lambda state: came))
    return True


def _counted(tx: Transaction, station: str, who: Who, found: Found | NotFound) -> Found | NotFound:
    """Judge a look-up by the failures before it, under the lock: two stations cannot share one last try."""
    past = records.failures(tx, station, who, tx.at)
    if isinstance(found, NotFound) and not past.exhausted:
        records.add_failure(tx, station, who)
    return judged(found, past)


def _options(clinic: Clinic, station: str, at: datetime) -> Options:
    config = clinic.config
    today: date = clinic.local(at).date()
    panel = config.station(station)
    return Options(
        languages=config.site.languages,
        walk_in=tuple(service.id for service in config.services if service.walk_in),
        today=today,
        licence_scanning=config.checkin.licence_scanning,
        insurance=config.coverage.ask,
        camera=panel is not None and panel.camera,
        number=secrets.choice(range(10, 100)),
    )
