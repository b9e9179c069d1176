"""Questions to the payers: each asked, answered once, given up after ten minutes."""

import threading
import time

import pytest

from kiosk.appointments.rules import Person
from kiosk.coverage import questions, records
from kiosk.coverage.asking import Asking
from kiosk.coverage.eligibility import NoAnswer, NotAccepted
from kiosk.coverage.rules import Finding, Source
from kiosk.coverage.simulated import SimulatedClearingHouse
from kiosk.database import events, jobs
from kiosk.database.purge import KEPT, purge
from tests.integration.coverage.conftest import ANA, BORN, Desk, card


def state(desk: Desk, ticket: object) -> str | None:
    answer = desk.cover(ticket).answer  # type: ignore[arg-type]
    return answer.state if answer else None


@pytest.mark.parametrize(
    ("digit", "expected", "kinds"),
    [
        ("0", "active", []),
        ("1", "active", []),
        ("2", "active", []),
        ("3", "inactive", ["insurance_inactive"]),
        ("4", "not_found", ["insurance_not_found"]),
        ("5", "wrong_birth_date", ["insurance_wrong_birth_date"]),
        ("9", "unclear", ["insurance_unanswered"]),
    ],
)
def test_what_the_payer_says_is_kept_and_trouble_becomes_a_task(
    desk: Desk, digit: str, expected: str, kinds: list[str]
) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card(digit))

    assert desk.ask() == 1
    assert state(desk, ticket) == expected
    assert desk.tasks(ticket) == kinds
    assert desk.ask() == 0


def test_the_co_pay_arrives(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("2"))
    desk.ask()

    answer = desk.cover(ticket).answer
    assert answer is not None
    assert (str(answer.co_pay), str(answer.deductible_left)) == ("25", "320.5")
    assert answer.message == "REFERRAL NEEDED FOR SPECIALISTS"


@pytest.mark.parametrize("digit", ["6", "8"])
def test_a_payer_that_is_down_is_asked_again_for_ten_minutes(desk: Desk, digit: str) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card(digit))

    asked = desk.ask()
    assert asked == 1
    with desk.database.snapshot(at=desk.at) as reading:
        under_way = questions.under_way(reading, desk.cover(ticket).job)
    assert under_way is not None
    assert under_way.failed
    while desk.cover(ticket).answer is None:
        assert desk.tasks(ticket) == []
        desk.later(seconds=60)
        asked += desk.ask()

    assert state(desk, ticket) == "payer_down"
    assert desk.tasks(ticket) == ["insurance_unanswered"]
    assert 5 <= asked <= 12
    with desk.database.snapshot(at=desk.at) as reading:
        kinds = [row.kind for row in events.of_ticket(reading.connection, reading.site, ticket.id)]
    assert kinds.count("insurance_waiting") == 1


def test_a_payer_that_comes_back_answers_and_closes_the_task(
    desk: Desk, house: SimulatedClearingHouse
) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("7"))

    desk.ask()
    assert state(desk, ticket) is None
    desk.later(seconds=questions.BACK_OFF[0] - 1)
    assert desk.ask() == 0
    desk.later(seconds=1)
    assert desk.ask() == 1
    assert state(desk, ticket) == "active"
    assert len(set(house.questions)) <= 2


def test_asking_again_replaces_the_answer(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("4"))
    desk.ask()
    desk.do(records.check, ticket)

    assert desk.do(records.ask_again, ticket, desk.settings) is True
    assert state(desk, ticket) is None
    assert desk.cover(ticket).checked_at is None
    desk.ask()
    assert desk.tasks(ticket) == ["insurance_not_found"]


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        (None, card()),
        (Person("Sample", "Ana"), card()),
        (ANA, None),
        (ANA, card(member_id="")),
        (ANA, card(payer="A payer that nobody knows")),
    ],
)
def test_without_number_payer_or_birth_date_nobody_is_asked(
    desk: Desk, person: Person | None, shown: object
) -> None:
    ticket = desk.arrive(person)
    desk.show(ticket, shown)  # type: ignore[arg-type]

    assert desk.ask() == 0
    assert desk.do(records.ask_again, ticket, desk.settings) is False


def test_a_name_that_x12_cannot_carry_is_for_a_person(desk: Desk, house: SimulatedClearingHouse) -> None:
    ticket = desk.arrive(Person("محمد", "علي", "", "", BORN))
    desk.show(ticket, card("1"))
    desk.ask()

    answer = desk.cover(ticket).answer
    assert answer is not None
    assert (answer.state, answer.code) == ("unclear", "letters")
    assert desk.tasks(ticket) == ["insurance_unanswered"]
    assert house.questions == []


class Says:
    """A clearing house that answers with the same thing to everybody."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer

    def ask(self, x12_270: str) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("says", "code"), [("<html>", "X12"), ("", "X12"), (NotAccepted("status 401"), "HTTP")]
)
def test_nonsense_and_refusals_are_unclear_and_end_the_question(
    desk: Desk, says: str | Exception, code: str
) -> None:
    desk.asking.house = Says(says)
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    desk.ask()

    answer = desk.cover(ticket).answer
    assert answer is not None
    assert (answer.state, answer.code) == ("unclear", code)
    desk.later(hours=1)
    assert desk.ask() == 0


def test_two_who_ask_share_the_questions(desk: Desk, house: SimulatedClearingHouse) -> None:
    other = Asking(desk.database, desk.settings, desk.asking.house, lambda: desk.at)
    for _ in range(3):
        desk.show(desk.arrive(), card("1"))

    assert [desk.asking.ask_next(), other.ask_next(), desk.asking.ask_next(), other.ask_next()] == [
        True, True, True, False,
    ]  # fmt: skip
    assert len(house.questions) == 3


def test_a_question_whose_asker_died_is_asked_by_another(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    with desk.database.begin(at=desk.at) as tx:
        assert jobs.claim(tx.connection, tx.site, questions.TARGET, at=desk.at, holder="dead") is not None

    assert desk.ask() == 0
    desk.later(seconds=jobs.LEASE.total_seconds() + 1)
    assert desk.ask() == 1
    assert state(desk, ticket) == "active"


def test_the_answer_to_an_older_question_changes_nothing(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("4"))
    desk.do(records.correct, ticket, desk.settings, payer="Acme Health", member_id="W12345671")

    assert desk.ask() == 2
    assert state(desk, ticket) == "active"
    assert desk.tasks(ticket) == []


def test_what_was_purged_is_not_asked_about(desk: Desk, house: SimulatedClearingHouse) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card("1"))
    purge(desk.database, at=desk.at + KEPT * 2)

    assert desk.ask() == 1
    assert house.questions == []


def test_no_transaction_is_held_while_the_payer_thinks(desk: Desk) -> None:
    asked, go_on = threading.Event(), threading.Event()

    class Slow:
        def ask(self, x12_270: str) -> str:
            asked.set()
            assert go_on.wait(30)
            raise NoAnswer("too slow")

    desk.asking.house = Slow()
    desk.show(desk.arrive(), card("1"))
    thread = threading.Thread(target=desk.asking.ask_next)
    thread.start()
    assert asked.wait(30)
    desk.arrive()
    go_on.set()
    thread.join(30)
    assert not thread.is_alive()


def test_the_thread_is_woken_by_a_question_and_outlives_an_error(desk: Desk) -> None:
    class Fails:
        def ask(self, x12_270: str) -> str:
            raise RuntimeError("broken")

    desk.asking.house = Fails()
    desk.database.committed = lambda version, topics: desk.asking.hear(topics)
    desk.asking.start()
    try:
        first = desk.arrive()
        desk.show(first, card("1"))
        until(lambda: claimed(desk, first))
        assert desk.cover(first).answer is None
    finally:
        desk.asking.stop()


def claimed(desk: Desk, ticket: object) -> bool:
    with desk.database.snapshot(at=desk.at) as reading:
        job = jobs.find(reading.connection, reading.site, desk.cover(ticket).job or 0)  # type: ignore[arg-type]
    return job is not None and job.state == "claimed"


def until(condition: object, seconds: float = 30) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_photographed_card_is_asked_about_when_staff_have_read_it(desk: Desk) -> None:
    ticket = desk.arrive()
    desk.show(ticket, card(member_id="", payer="", source=Source.PHOTO), Finding.UNREAD)
    assert desk.ask() == 0

    desk.do(records.correct, ticket, desk.settings, payer="Example Mutual", member_id="E77771")
    desk.ask()
    assert state(desk, ticket) == "active"
    assert desk.tasks(ticket) == []
