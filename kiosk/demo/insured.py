"""The demo patients' insurance: what is on file, what they show at the kiosk, and photographs of cards.

The last digit of a member number decides what the simulated clearing house says (`kiosk.coverage.simulated`).
"""

import io
from dataclasses import replace
from datetime import date, timedelta

import msgspec
from PIL import Image, ImageDraw, ImageFont

from kiosk.config import Coverage as Settings
from kiosk.coverage import records, rules
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.database import Transaction
from kiosk.demo.insurer import PAYER
from kiosk.queueing.tickets import OPEN, Ticket

PAYERS = (PAYER, "Acme Health", "Example Mutual", "Specimen Care")
OUTCOMES = "12501411016121439171"
"""Last digits of member numbers, in the order of the appointments: most patients are insured."""
BY = "demo"
_SIZE = (640, 404)
_DARK, _LIGHT = (16, 60, 66), (236, 244, 243)


def on_file(number: int, today: date) -> Card | None:
    """The insurance that the import brings for the appointment of that number."""
    if number % 9 == 8:
        return None
    ended = number % 13 == 12
    return Card(
        payer=PAYERS[number % len(PAYERS)],
        member_id=_member_number("HAES"[number % 4], number),
        group=f"RIVER-{number % 5 + 1}",
        valid_until=today - timedelta(days=20) if ended else date(today.year, 12, 31),
        source=Source.IMPORTED,
    )


def show(tx: Transaction, settings: Settings, ticket: Ticket, number: int) -> None:
    """Let the patient of that number show a card at the kiosk; the payer is asked later, see `ask`."""
    filed = records.filed_for(tx, ticket.visit)
    today = tx.day(tx.at)
    card, photos = _shown(filed, number)
    finding = Finding.DECLINED if number % 14 == 9 else rules.compare(filed, card, today)
    records.take(
        tx,
        msgspec.structs.replace(settings, clearing_house=""),
        visit=ticket.visit,
        card=None if finding is Finding.DECLINED else card,
        finding=finding,
        station=None,
        by=BY,
        photos=photos,
    )


def ask(tx: Transaction, settings: Settings) -> None:
    """Ask the payers about everybody who is still here."""
    for ticket in tx.room:
        cover = records.of_visit(tx, ticket.visit) if ticket.state in OPEN else None
        if cover is not None:
            records.ask_again(tx, settings, cover, by=BY)


def _shown(filed: Card | None, number: int) -> tuple[Card | None, dict[str, bytes]]:
    """As on file, mostly; some bring a new card, some a photograph that nobody has read yet."""
    if number % 6 == 1:
        card = filed or on_file(number + 1, date(2000, 1, 1))
        photos = {side: photograph(card, side) for side in ("front", "back")} if card else {}
        return Card(source=Source.PHOTO), photos
    if filed is None:
        return None, {}
    if number % 8 == 3:
        other, member_id = PAYERS[(number + 1) % len(PAYERS)], _member_number("N", number + 1)
        return Card(payer=other, member_id=member_id, source=Source.TYPED), {}
    source = Source.HEALTH_CARD if number % 3 == 0 else Source.SCANNED
    return replace(filed, source=source, verified=number % 3 == 0, issuer_name=filed.payer), {}


def photograph(card: Card, side: str) -> bytes:
    """A picture of a plastic card, plainly invented."""
    picture = Image.new("RGB", _SIZE, _LIGHT)
    draw = ImageDraw.Draw(picture)
    lines = ["SAMPLE CARD: NOT REAL"]
    if side == "front":
        lines = [card.payer, f"Member {card.member_id}", f"Group {card.group}", *lines]
    draw.rectangle((0, 0, _SIZE[0], 96), fill=_DARK)
    for line, text in enumerate(lines):
        ink = _LIGHT if line == 0 else _DARK
        draw.text((32, 28 + line * 84), text, fill=ink, font=ImageFont.load_default(44))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def _member_number(letter: str, number: int) -> str:
    digits = f"{7000 + number * 37 % 2999} {1200 + number * 53 % 8000}"
    return f"{letter}{digits}{OUTCOMES[number % len(OUTCOMES)]}"
