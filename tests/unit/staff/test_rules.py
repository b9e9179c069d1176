"""Locks, sessions, passwords, and where one may go after signing in."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.staff import rules
from tests.cast import NINE, minutes


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (0, None),
        (4, None),
        (5, timedelta(seconds=30)),
        (9, timedelta(seconds=30)),
        (10, minutes(15)),
        (99, minutes(15)),
    ],
)
def test_wrong_passwords_lock_an_account_longer_and_longer(failures: int, wait: timedelta | None) -> None:
    assert rules.lock_after(failures) == wait


@pytest.mark.parametrize(
    ("age", "idle", "good"), [(0, 0, True), (700, 30, True), (60, 31, False), (721, 0, False), (720, 1, True)]
)
def test_a_session_ends_after_half_an_hour_alone_or_twelve_hours(age: int, idle: int, good: bool) -> None:
    assert rules.lasts(NINE - minutes(age), NINE - minutes(idle), NINE) is good


@pytest.mark.parametrize(
    ("password", "says"), [("short", "at least"), ("x" * 201, "at most"), ("here is ANA again", "user name")]
)
def test_a_poor_password_is_refused_with_its_reason(password: str, says: str) -> None:
    problem = rules.password_problem(password, "ana")
    assert problem is not None
    assert says in problem


def test_a_few_plain_words_are_a_good_password() -> None:
    assert rules.password_problem("seven quiet herons", "ana") is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "console",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https://evil.example",
        "/\t/evil",
        "/x\n/y",
    ],
)
def test_a_path_that_may_leave_this_server_is_not_safe(elsewhere: str) -> None:
    assert not rules.safe_path(elsewhere)


@given(st.text())
def test_a_safe_path_always_begins_on_this_server(text: str) -> None:
    if rules.safe_path("/" + text):
        assert not text.startswith(("/", "\\"))
