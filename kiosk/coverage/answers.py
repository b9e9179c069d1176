"""A question to the payer, made of a record, and what follows from its answer. Inside a transaction."""

from kiosk.checkin.records import person_of
from kiosk.config import Coverage as Settings
from kiosk.coverage import eligibility, questions, records, rules
from kiosk.coverage.eligibility import Answer, Inquiry
from kiosk.database import Reading, Transaction
from kiosk.database.jobs import Job
from kiosk.tasks import records as tasks


def inquiry(reading: Reading, settings: Settings, job: Job) -> Inquiry | None:
    """What to ask the payer; None when it is purged meanwhile, or asked anew."""
    cover = records.find(reading, questions.cover_of(job))
    person = person_of(reading, cover.visit) if cover else None
    if cover is None or cover.card is None or cover.job != job.id or person is None or not person.birth_date:
        return None
    return Inquiry(
        payer_id=rules.payer_id(cover.card.payer, settings.payers),
        payer_name=cover.card.payer,
        provider_npi=settings.provider_npi,
        provider_name=settings.provider_name,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        suffix=person.suffix,
        member_id=cover.card.member_id,
        group=cover.card.group,
        birth_date=person.birth_date,
        service_date=reading.day(cover.shown_at),
        trace=cover.id,
        number=job.id,
    )


def waiting(tx: Transaction, job: Job) -> None:
    """The payer does not answer; it is asked again by itself."""
    cover = records.find(tx, questions.cover_of(job))
    tx.record(
        "insurance_waiting", by=questions.TARGET, ticket=records.ticket_of(tx, cover.visit) if cover else None
    )


def answered(tx: Transaction, job: Job, answer: Answer) -> None:
    """The payer spoke: keep what it said, and ask a person where it is not good."""
    cover = records.find(tx, questions.cover_of(job))
    if cover is None or cover.job != job.id:
        return
    sealed = tx.vault.seal(eligibility.to_plain(answer), records.answer_context(cover.id))
    records.change(tx, cover.id, answer=sealed, answered_at=tx.at)
    ticket = records.ticket_of(tx, cover.visit)
    records.close_tasks(tx, ticket, records.ANSWER_TASKS, by=questions.TARGET)
    if ticket and (kind := eligibility.TASKS.get(answer.state)):
        tasks.open(tx, kind, ticket=ticket)
    tx.record("insurance_answered", by=questions.TARGET, ticket=ticket)
