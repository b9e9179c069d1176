"""What every command at the shell rests on. The commands themselves stand in the rooms, in `command.py`."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import Config, load

if TYPE_CHECKING:
    from kiosk.database import Database

Options = argparse.Namespace


class CommandError(Exception):
    """The command cannot do that."""


def nothing_more(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


@dataclass(frozen=True, slots=True)
class Command:
    """What `kiosk.cli` runs. `run` returns the exit code (None: 0); `arguments` declares what it takes."""

    run: Callable[[Options], int | None]
    arguments: Callable[[argparse.ArgumentParser], None] = nothing_more


def configuration(options: Options) -> Config:
    """The configuration that the command was given. Raises ConfigError."""
    return load(options.config)


@contextmanager
def open_records(config: Config) -> Iterator["Database"]:
    """Open the site's records for one command. Raises CommandError when they still have to be migrated."""
    from kiosk.app import open_database
    from kiosk.database.migrations import pending

    if pending(config):
        raise CommandError("The database is not up to date. Run `python -m kiosk migrate` first.")
    database = open_database(config)
    try:
        yield database
    finally:
        database.close()


def takes_config(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Take `--config`, before a command or an action as well as after it."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=default,
        help="the configuration (default: $KIOSK_CONFIG, else kiosk.toml)",
    )


class Actions:
    """The second word of a command: `staff add`, `staff list`."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)

    def add(self, name: str, help: str) -> argparse.ArgumentParser:
        """Declare one action; return its parser, to add what it takes."""
        action = self._actions.add_parser(name, help=help)
        takes_config(action)
        return action


def port(text: str) -> int:
    """A port to listen on. Raises ArgumentTypeError."""
    if not (text.isdecimal() and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to 65535")
    return int(text)
