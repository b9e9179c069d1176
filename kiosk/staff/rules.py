"""When an account is locked, how long a session lasts, what a password must be. Pure."""

from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
LOCKS = ((10, timedelta(minutes=15)), (5, timedelta(seconds=30)))
"""From so many wrong passwords in a row on, each further one locks the account for so long."""
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


def lock_after(failures: int) -> timedelta | None:
    """How long the account is locked after this many wrong passwords in a row."""
    return next((wait for enough, wait in LOCKS if failures >= enough), None)


def lasts(created_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Tell whether a session is still good."""
    return at - seen_at <= IDLE and at - created_at <= LONGEST


def password_problem(password: str, username: str) -> str | None:
    """Say what is wrong with a new password; None when nothing is."""
    if len(password) < SHORTEST_PASSWORD:
        return f"A password has at least {SHORTEST_PASSWORD} characters; a few words are easy to remember."
    if len(password) > LONGEST_PASSWORD:
        return f"A password has at most {LONGEST_PASSWORD} characters."
    if username.casefold() in password.casefold():
        return "A password does not contain the user name."
    return None


def safe_path(wanted: str) -> bool:
    """Tell whether a path asked for after signing in stays on this server."""
    plain = wanted.isprintable() and "\\" not in wanted
    return plain and wanted.startswith("/") and not wanted.startswith("//")
