"""The insurance of the ticket in hand: what the panel shows of it, and what a coordinator does about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.config import Coverage as Settings
from kiosk.console.commands import Answer
from kiosk.console.words import Names
from kiosk.coverage import questions, records, words
from kiosk.coverage.records import Cover
from kiosk.coverage.rules import Card, Source, compare, tidy_member_number
from kiosk.coverage.words import Sentence, Tone
from kiosk.database import Reading, Transaction
from kiosk.queueing.tickets import Ticket
from kiosk.tasks import records as tasks

VERBS = frozenset({"ask", "check", "uncheck", "correct"})
LONGEST_PAYER = 80


@dataclass(frozen=True, slots=True, repr=False)
class Insurance:
    """The panel. `open`: something about it still needs a person. `sign` is the whole in one sentence."""

    cover: Cover | None
    shown: str
    origin: str
    finding: Sentence | None
    payer_says: Sentence | None
    message: str
    payers: Sequence[str]
    can_ask: bool
    open: bool
    checked: str

    @property
    def sign(self) -> Sentence | None:
        """What is said at first sight: trouble, else what the payer says, else what was shown."""
        said = [one for one in (self.payer_says, self.finding) if one is not None]
        bad = [one for one in (self.finding, self.payer_says) if one is not None and one.tone is Tone.BAD]
        return next(iter([*bad, *said]), None) if self.open or not self.checked else next(iter(said), None)


def insurance(
    reading: Reading, settings: Settings, ticket: Ticket, names: Names, *, trouble: bool
) -> Insurance | None:
    """Return what is known; None where insurance is nobody's business."""
    cover = records.of_visit(reading, ticket.visit)
    if cover is None and not settings.ask:
        return None
    card = cover.card if cover else None
    return Insurance(
        cover=cover,
        shown=words.shown(card),
        origin=words.origin(card) if card else "",
        finding=words.found(cover.finding, card, cover.on_file) if cover else None,
        payer_says=_payer_says(reading, settings, cover, names) if cover else None,
        message=cover.answer.message if cover and cover.answer else "",
        payers=sorted({*settings.payers, *([card.payer] if card and card.payer else [])}),
        can_ask=cover is not None and cover.answer is not None and _askable(reading, settings, cover),
        open=trouble,
        checked=_checked(cover.checked_by, cover.checked_at, names) if cover and cover.checked_at else "",
    )


def act(
    tx: Transaction, settings: Settings, verb: str, ticket_id: str, form: Mapping[str, str], *, by: str
) -> Answer:
    """Do one of `VERBS`."""
    ticket = tx.room.ticket(ticket_id)
    cover = records.of_visit(tx, ticket.visit)
    if verb == "correct":
        return _correct(tx, settings, ticket, cover, form, by=by)
    if cover is None:
        return _refused("NoInsurance", verb, ticket_id)
    if verb == "ask":
        if not records.ask_again(tx, settings, cover, by=by):
            return _refused("NoQuestion", verb, ticket_id)
        return {"done": "insurance_asked", "ticket": ticket_id}
    if verb == "uncheck":
        records.uncheck(tx, cover, by=by)
        return {"done": "insurance_unchecked", "ticket": ticket_id}
    records.check(tx, cover, by=by)
    return {"done": "insurance_checked", "ticket": ticket_id, "uncheck": True}


def troubled(reading: Reading) -> frozenset[str]:
    """The tickets about whose insurance a person has to do something."""
    return frozenset(task.ticket or "" for task in tasks.open_tasks(reading) if task.kind in records.TASKS)


def _correct(
    tx: Transaction,
    settings: Settings,
    ticket: Ticket,
    cover: Cover | None,
    form: Mapping[str, str],
    *,
    by: str,
) -> Answer:
    number = tidy_member_number(form["member_number"])
    payer = " ".join(form.get("payer", "").split())[:LONGEST_PAYER]
    if not number:
        return _refused("NoNumber", "correct", ticket.id)
    if cover is not None:
        records.correct(tx, settings, cover, payer=payer, member_id=number, by=by)
    else:
        card = Card(payer=payer, member_id=number, source=Source.TYPED)
        filed = records.filed_for(tx, ticket.visit)
        finding = compare(filed, card, tx.day(tx.at))
        records.take(tx, settings, visit=ticket.visit, card=card, finding=finding, station=None, by=by)
    return {"done": "insurance_corrected", "ticket": ticket.id}


def _payer_says(reading: Reading, settings: Settings, cover: Cover, names: Names) -> Sentence | None:
    payer = cover.card.payer if cover.card else ""
    if cover.answer is not None:
        return words.said(cover.answer, payer, settings.currency)
    if not settings.clearing_house or cover.card is None:
        return None
    if (asked := questions.under_way(reading, cover.job)) is not None:
        return words.asking(payer, names.clock(asked.until) if asked.failed else "")
    why = records.obstacle(reading, settings, cover.card, cover.visit)
    return words.not_asked(why) if why and cover.card.member_id else None


def _askable(reading: Reading, settings: Settings, cover: Cover) -> bool:
    known = records.obstacle(reading, settings, cover.card, cover.visit) is None
    return bool(settings.clearing_house) and known


def _checked(by: str | None, at: datetime, names: Names) -> str:
    return f"Checked by {names.who(by or '')}, {names.clock(at)}"


def _refused(why: str, verb: str, ticket: str) -> Answer:
    return {"refused": why, "command": verb, "ticket": ticket, "desk": None}
