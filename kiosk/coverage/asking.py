"""Asks the payers: takes questions from the jobs, one at a time, and writes down what comes back.

No transaction is held while a payer thinks. A question may be asked twice (a lease that ends), which changes
nothing; it ends once.
"""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime

import structlog

from kiosk.config import Coverage as Settings
from kiosk.coverage import answers, questions
from kiosk.coverage.eligibility import Answer, ClearingHouse, Inquiry, NoAnswer, State
from kiosk.coverage.x12 import Unwritable, X12Error, read_answer, write_inquiry
from kiosk.database import Database, Transaction, jobs
from kiosk.database.jobs import Job
from kiosk.logs import described

LOOK_EVERY_S = 2.0
AFTER_ERROR_S = 5.0

log = structlog.get_logger()


class Asking:
    """A thread between `start` and `stop`. `hear` wakes it."""

    def __init__(
        self, database: Database, settings: Settings, house: ClearingHouse, now: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.settings = settings
        self.house = house
        self.now = now
        self.holder = uuid.uuid4().hex
        self._wake = threading.Event()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Ask until `stop`."""
        threading.Thread(target=self._run, name="asking", daemon=True).start()

    def stop(self) -> None:
        """Ask no more; a question under way comes back when its lease ends."""
        self._stopped.set()
        self._wake.set()

    def hear(self, topics: set[str]) -> None:
        """Something was committed: look at once if it is a question."""
        if questions.TARGET in topics:
            self._wake.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            try:
                while not self._stopped.is_set() and self.ask_next():
                    pass
            except Exception as error:  # noqa: BLE001  whoever asks outlives every error
                log.error("asking.failed", **described(error))
                self._stopped.wait(AFTER_ERROR_S)

    def ask_next(self) -> bool:
        """Ask the oldest question that is due. False: there is none."""
        at = self.now()
        with self.database.snapshot(at=at) as reading:
            if not questions.due(reading, at=at):
                return False
        with self.database.begin(at=at) as tx:
            give_up(tx)
            job = jobs.claim(tx.connection, tx.site, questions.TARGET, at=at, holder=self.holder)
            if job is None:
                return False
            inquiry = answers.inquiry(tx, self.settings, job)
        answer = self._ask(inquiry) if inquiry else None
        with self.database.begin(at=self.now()) as tx:
            self._ended(tx, job, answer)
        return True

    def _ask(self, inquiry: Inquiry) -> Answer:
        """Put the question into words, send it, understand the answer. PAYER_DOWN: ask again later."""
        settings = self.settings
        try:
            question = write_inquiry(
                inquiry, sender=settings.sender, receiver=settings.receiver, at=self.now()
            )
            return read_answer(self.house.ask(question), trace=inquiry.trace)
        except Unwritable:
            return Answer(state=State.UNCLEAR, code="letters")
        except X12Error:
            return Answer(state=State.UNCLEAR, code="X12")
        except NoAnswer as problem:
            log.warning("asking.no_answer", cause=str(problem))
            return Answer(state=State.UNCLEAR if problem.permanent else State.PAYER_DOWN, code="HTTP")

    def _ended(self, tx: Transaction, job: Job, answer: Answer | None) -> None:
        holder = self.holder
        if answer is not None and answer.state is State.PAYER_DOWN:
            put_back = jobs.retry_later(
                tx.connection, tx.site, job.id, at=tx.at, error="payer_down", holder=holder,
                after=questions.wait(job),
            )  # fmt: skip
            if put_back is not None and job.attempts == 1:
                answers.waiting(tx, job)
            return
        state = "failed" if answer is None else "done"
        ended = jobs.finish(tx.connection, tx.site, job.id, state, at=tx.at, holder=holder)
        if ended is not None and answer is not None:
            answers.answered(tx, job, answer)


def give_up(tx: Transaction) -> None:
    """Payers that were down for too long: a person calls them."""
    for job in jobs.sweep(tx.connection, tx.site, questions.KIND, at=tx.at):
        answers.answered(tx, job, Answer(state=State.PAYER_DOWN, code=job.last_error or ""))
