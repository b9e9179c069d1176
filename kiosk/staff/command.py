"""`python -m kiosk staff …`."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from getpass import getpass, getuser

from kiosk.access import Role
from kiosk.clinic import utc_now
from kiosk.command import Actions, Command, Options, configuration, open_records
from kiosk.database import Database
from kiosk.staff import records
from kiosk.staff.records import StaffError


def add(database: Database, options: Options, at: datetime) -> None:
    """Make an account."""
    password = _new_password()
    with database.begin(at=at) as tx:
        made = records.add(
            tx,
            username=options.username,
            name=options.name,
            role=Role(options.role),
            password=password,
            by=_by(),
        )
    print(f"{made.username} can sign in as {made.role}.")


def show(database: Database, options: Options, at: datetime) -> None:
    """Print the accounts."""
    with database.snapshot(at=at) as reading:
        found = records.accounts(reading)
    if not found:
        print("There are no accounts yet: python -m kiosk staff add <username>")
    for account in found:
        locked = account.locked_until is not None and account.locked_until > at
        state = "disabled" if account.disabled_at else "locked" if locked else "active"
        print(f"{account.username:<20} {account.role:<12} {state:<9} {account.name}")


def disable(database: Database, options: Options, at: datetime) -> None:
    """Close an account."""
    with database.begin(at=at) as tx:
        records.disable(tx, options.username, by=_by())
    print(f"{options.username} can no longer sign in.")


def password(database: Database, options: Options, at: datetime) -> None:
    """Give a new password."""
    chosen = _new_password()
    with database.begin(at=at) as tx:
        records.change_password(tx, options.username, chosen, by=_by())
    print(f"{options.username} has a new password; all sessions of the account ended.")


ACTIONS: dict[str, Callable[[Database, Options, datetime], None]] = {
    "add": add,
    "list": show,
    "disable": disable,
    "password": password,
}


def staff(options: Options) -> None:
    """Look after the accounts."""
    with open_records(configuration(options)) as database:
        ACTIONS[options.action](database, options, utc_now())


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = Actions(parser)
    adding = actions.add("add", "make an account; asks for the password")
    adding.add_argument("username")
    adding.add_argument("--name", default="", help="the person's name, shown on the console")
    adding.add_argument("--role", default="coordinator", choices=("coordinator", "supervisor"))
    actions.add("list", "show the accounts")
    actions.add("disable", "close an account; its sessions end at once").add_argument("username")
    actions.add("password", "give a new password; ends a lock").add_argument("username")


COMMANDS = {"staff": Command(staff, _arguments)}


def _new_password() -> str:
    """Ask twice at a terminal; else read one line, so that an installer can pipe it in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    chosen = getpass("Password: ")
    if getpass("Once more: ") != chosen:
        raise StaffError("The two passwords differ.")
    return chosen


def _by() -> str:
    return f"shell:{getuser()}"
