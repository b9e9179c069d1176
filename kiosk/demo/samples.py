"""What the bench can hold under the scanner: cards and letters of today's patients, and what goes wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.appointments import codes, records
from kiosk.appointments.records import Appointment, Status
from kiosk.appointments.rules import Person
from kiosk.config import Config
from kiosk.database import Reading
from kiosk.demo.cards import garbled, licence
from kiosk.demo.insurer import STRANGER, card_of, health_card, health_card_in_codes
from kiosk.demo.people import stranger

SHOWN = 6
CODES = 2
JUST_NOW = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Sample:
    """A card or letter. `birth_date` is what the kiosk will ask for; `hint` says what should come of it."""

    id: str
    kind: str
    title: str
    hint: str
    payload: bytes
    birth_date: date | None = None
    slot: datetime | None = None


def samples(config: Config, reading: Reading, at: datetime) -> list[Sample]:
    """Return today's samples: the patients who are expected next, then the cases that fail."""
    today = records.today(reading, at)
    soonest = sorted(today, key=lambda one: abs(one.slot - at - timedelta(minutes=15)))
    expected = [one for one in soonest if one.status is Status.BOOKED][: 2 * SHOWN]
    found = [_card(one) for one in expected[:SHOWN]]
    found += [_letter(config, one) for one in expected[SHOWN:]]
    found += _insured(config, [*_at_the_kiosk(reading, today, at), *expected][:2], at)
    found += _failing(config, reading, reading.day(at), expected, today)
    return found


def _card(one: Appointment) -> Sample:
    return Sample(
        f"card-{one.id[:12]}",
        "card",
        _name(one.person),
        "Licence of somebody who is expected",
        licence(one.person, _number(one)),
        one.birth_date,
        one.slot,
    )


def _letter(config: Config, one: Appointment) -> Sample:
    return Sample(
        f"letter-{one.id[:12]}",
        "letter",
        _name(one.person),
        "Booking code of somebody who is expected",
        codes.booking_code(config, one).encode() + b"\r",
        one.birth_date,
        one.slot,
    )


def _at_the_kiosk(reading: Reading, today: Sequence[Appointment], at: datetime) -> list[Appointment]:
    """Who was checked in just now, the last one first: the kiosk may be asking for their insurance."""
    given = records.codes(reading, reading.day(at))
    arrived = {t.code: t.arrived for t in reading.snapshot.in_order() if t.arrived > at - JUST_NOW}
    found = [one for one in today if given.get(one.id) in arrived]
    return sorted(found, key=lambda one: arrived[given[one.id]], reverse=True)


def _insured(config: Config, expected: Sequence[Appointment], at: datetime) -> Iterator[Sample]:
    """Insurance cards: of one patient whole, of another on several codes."""
    for one in expected[:1]:
        card = one.coverage or card_of(_number(one), at.date())
        name = _name(one.person)
        whole = health_card(config, one.person, card, at) + b"\r"
        unknown = health_card(config, one.person, card, at, STRANGER) + b"\r"
        hint = "SMART Health Card of an insurer that the clinic trusts"
        yield Sample("insurance", "insurance", name, hint, whole, one.birth_date)
        hint = "The same, but nobody here knows the insurer: shown to staff as unverified"
        yield Sample(
            "insurance-unknown", "insurance", f"{name}, unknown insurer", hint, unknown, one.birth_date
        )
    for one in expected[1:2]:
        card = one.coverage or card_of(_number(one), at.date())
        codes = list(health_card_in_codes(config, one.person, card, at, CODES))
        for number, payload in enumerate(codes, 1):
            title = f"{_name(one.person)}, code {number} of {CODES}"
            hint = "A card on several codes, as older ones are"
            yield Sample(f"insurance-{number}", "insurance", title, hint, payload + b"\r", one.birth_date)


def _failing(
    config: Config,
    reading: Reading,
    today: date,
    expected: Sequence[Appointment],
    everybody: Sequence[Appointment],
) -> Iterator[Sample]:
    nobody = stranger(today)
    yield Sample(
        "unknown",
        "trouble",
        "A stranger's licence",
        "Nobody of that name is expected: walk-in, or the front desk",
        licence(nobody, "T00000000"),
        nobody.birth_date,
    )
    if expected:
        cut = garbled(licence(expected[0].person, _number(expected[0])))
        yield Sample("garbled", "trouble", "A garbled scan", "The hand moved: scan again", cut)
    waiting = {ticket.code for ticket in reading.snapshot.in_order()}
    given = records.codes(reading, today)
    if used := next((one for one in everybody if given.get(one.id) in waiting), None):
        code = codes.booking_code(config, used).encode() + b"\r"
        hint = "The patient has a ticket already: no second one"
        yield Sample("used", "trouble", "A used booking code", hint, code, used.birth_date, used.slot)
    if expected:
        one = expected[-1]
        forged = codes.booking_code(config, one)
        forged = forged[:-4] + ("AAAA" if forged[-4:] != "AAAA" else "BBBB")
        yield Sample(
            "forged", "trouble", "A forged booking code", "The signature is wrong", forged.encode() + b"\r"
        )
    yield Sample(
        "menu",
        "trouble",
        "A code of something else",
        "Not a code of this clinic",
        b"https://example.org/menu\r",
    )


def _name(person: Person) -> str:
    return " ".join(filter(None, (person.given_name, person.family_name, person.suffix)))


def _number(one: Appointment) -> str:
    """A document number that looks like one and stays the same."""
    return f"T{int(one.id[:12], 16) % 10**8:08}"
