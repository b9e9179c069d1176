"""`python -m kiosk`: every command. A mistake ends in one clear sentence and exit code 2.

A room is loaded when one of its commands is asked for: `identify` needs no web server, `--help` nothing.
"""

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path

from kiosk import __version__
from kiosk.command import Command, CommandError, takes_config
from kiosk.config import ConfigError

COMMANDS = {
    "serve": ("kiosk.serving", "Bring the database up to date, then serve until told to stop."),
    "demo": ("kiosk.demo", "Run a whole synthetic clinic with simulated hardware."),
    "migrate": ("kiosk.database", "Bring the database up to date."),
    "devices": ("kiosk.stations", "Start this box's device host."),
    "ticket": ("kiosk.checkin", "Show what tickets will look like, and again whenever kiosk.toml changes."),
    "identify": ("kiosk.trying", "Say what a scan means."),
    "doctor": ("kiosk.doctor", "Explain what is wrong with this installation."),
    "staff": ("kiosk.staff", "Look after the accounts."),
    "appointments": ("kiosk.appointments", "Import who is expected, or change the key of the letters."),
    "issuers": (
        "kiosk.coverage",
        "Fetch the keys and revocation lists of trusted insurers, or show what is here.",
    ),
    "backup": ("kiosk.database", "Copy the database, while it is in use."),
    "restore": ("kiosk.database", "Put a copy back."),
    "purge": ("kiosk.database", "Wipe personal data that is no longer needed, and close what was left open."),
}
"""In which room's `command.py` each stands, and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser(given).parse_args(given)
    command: Command = options.command
    try:
        return command.run(options) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if sentence := _expected(error):
            print(f"kiosk: {sentence}", file=sys.stderr)
            return 2
        raise


def parser(wanted: Collection[str]) -> argparse.ArgumentParser:
    """The parser that knows every command, and of those that are wanted what they take."""
    whole = argparse.ArgumentParser(prog="python -m kiosk", description="Clinic check-in kiosk and queue.")
    whole.add_argument("--version", action="version", version=f"kiosk {__version__}")
    takes_config(whole, Path(os.environ.get("KIOSK_CONFIG", "kiosk.toml")))
    commands = whole.add_subparsers(title="commands", metavar="<command>", required=True)
    for name, (room, does) in COMMANDS.items():
        one = commands.add_parser(name, help=does, description=does)
        takes_config(one)
        if name in wanted:
            command: Command = import_module(f"{room}.command").COMMANDS[name]
            command.arguments(one)
            one.set_defaults(command=command)
    return whole


def _expected(error: Exception) -> str | None:
    """The sentence for an error that a person can mend; None for ours."""
    if isinstance(error, CommandError | ConfigError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error}."
    from sqlalchemy.exc import DBAPIError

    from kiosk.database.backup import BackupError
    from kiosk.database.migrations import MigrationError
    from kiosk.database.vault import VaultError
    from kiosk.staff.records import StaffError

    if isinstance(error, StaffError | BackupError | MigrationError | VaultError):
        return str(error)
    if isinstance(error, DBAPIError):
        return f"The database does not answer as it should: {str(error.orig).strip()}. Try `doctor`."
    return None
