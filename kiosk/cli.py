"""`python -m kiosk`: every command. A mistake ends in one clear sentence and exit code 2."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk import __version__
from kiosk.config import Config, ConfigError, load

if TYPE_CHECKING:
    from kiosk.database import Database

Run = Callable[[argparse.Namespace], int | None]


class CommandError(Exception):
    """The command cannot do that."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    options = _parser().parse_args(arguments)
    run: Run = options.run
    try:
        return run(options) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if sentence := _expected(error):
            print(f"kiosk: {sentence}", file=sys.stderr)
            return 2
        raise


def serve(options: argparse.Namespace) -> None:
    """Bring the database up to date, then serve until told to stop."""
    from kiosk import logs, serving

    config = _config(options)
    if options.port:
        config = msgspec.structs.replace(
            config, server=msgspec.structs.replace(config.server, port=options.port)
        )
    serving.check_address(config)
    logs.configure(config.server.log)
    if not options.no_migrate:
        _migrate(config)
    serving.serve(config)


def demo(options: argparse.Namespace) -> None:
    """Run a whole synthetic clinic with simulated hardware."""
    from kiosk.demo.run import run

    run(options.port, options.data, fresh=options.fresh, auto_play=options.auto_play, speed=options.speed)


def migrate(options: argparse.Namespace) -> None:
    """Bring the database up to date."""
    config = _config(options)
    _migrate(config)
    print(f"The database of {config.site.name} is up to date.")


def devices(options: argparse.Namespace) -> int:
    """Start this box's device host."""
    from drivers.__main__ import main as host

    return host(["--config", str(options.config)])


def ticket(options: argparse.Namespace) -> None:
    """Show what tickets will look like, and again whenever kiosk.toml changes."""
    from drivers import preview
    from kiosk.checkin import sample
    from kiosk.clinic import utc_now

    documents, printers = sample.documents(options.config, utc_now), preview.encoders(options.config)
    if options.out is None:
        preview.serve(documents, printers, options.port, lambda address: print(address, flush=True))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        for paper, encoder in printers.items():
            file = options.out / f"{name} {paper}.png".replace(" ", "-")
            file.write_bytes(preview.draw(document, encoder))
            print(file)


def identify(options: argparse.Namespace) -> None:
    """Say what a scan means."""
    from kiosk.clinic import utc_now
    from kiosk.identity import Rules, command

    rules = Rules()
    if options.config.exists():
        from kiosk.appointments import codes
        from kiosk.coverage import issuers as trusted

        config = _config(options)
        if any((config.data / "keys").glob("booking-*.key")):
            rules = codes.rules(config)
        else:
            rules = Rules(issuers=trusted.load(config))
    if options.jsonl:
        if wrong := command.identify_lines(sys.stdin.buffer, rules, at=utc_now()):
            raise CommandError(f"{wrong} of the lines held no payload: see `error` in what was printed.")
        return
    scans = command.payloads(options.payload, options.image, sys.stdin.buffer)
    if command.identify(scans, rules, at=utc_now()) == 0:
        raise CommandError("There is no code in that picture.")


def doctor(options: argparse.Namespace) -> int:
    """Explain what is wrong with this installation."""
    from kiosk import doctor as checks

    return checks.report(options.config)


def staff(options: argparse.Namespace) -> None:
    """Look after the accounts."""
    from kiosk.staff import command

    database = _database(_config(options))
    try:
        command.COMMANDS[options.action](database, options, _now())
    finally:
        database.close()


def appointments(options: argparse.Namespace) -> int:
    """Import who is expected, or change the key of the letters."""
    from kiosk.appointments import command

    config = _config(options)
    database = _database(config)
    try:
        return command.run(config, database, options, at=_now())
    finally:
        database.close()


def issuers(options: argparse.Namespace) -> int:
    """Fetch the keys and revocation lists of trusted insurers, or show what is here."""
    from kiosk.coverage import command

    return command.run(_config(options), options)


def backup(options: argparse.Namespace) -> None:
    """Copy the database, while it is in use."""
    from kiosk.database import backup as copies

    size = copies.backup(_config(options), options.file)
    print(
        f"{options.file}: {size / 2**20:.1f} MB, checked. "
        "The keys are not in it: keep a copy of data/keys elsewhere."
    )


def restore(options: argparse.Namespace) -> None:
    """Put a copy back."""
    from kiosk.database import backup as copies

    kept = copies.restore(_config(options), options.file)
    print(f"Restored from {options.file}." + (f" What was there before is kept as {kept}." if kept else ""))


def purge(options: argparse.Namespace) -> None:
    """Wipe personal data that is no longer needed, and close what was left open."""
    from kiosk.database.purge import purge as wipe

    database = _database(_config(options))
    try:
        wiped = wipe(database, at=_now())
    finally:
        database.close()
    print(
        f"Wiped {wiped.visits} visits, {wiped.appointments} appointments and {wiped.checkins} check-ins; "
        f"closed {wiped.tickets} tickets left from earlier days."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk", description="Clinic check-in kiosk and queue.")
    parser.add_argument("--version", action="version", version=f"kiosk {__version__}")
    _configurable(parser, Path(os.environ.get("KIOSK_CONFIG", "kiosk.toml")))
    commands = parser.add_subparsers(title="commands", metavar="<command>", required=True)

    def command(run: Run) -> argparse.ArgumentParser:
        one = commands.add_parser(run.__name__, help=_first(run), description=_first(run))
        one.set_defaults(run=run)
        _configurable(one, argparse.SUPPRESS)
        return one

    serving = command(serve)
    serving.add_argument("--port", type=_port, help="listen on this port instead of server.port")
    serving.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
    showing = command(demo)
    showing.add_argument("--port", type=_port, default=8000, help="where the clinic opens (default: 8000)")
    showing.add_argument("--data", type=Path, default=Path(".demo"), help="its folder (default: .demo)")
    showing.add_argument("--fresh", action="store_true", help="forget the last demo and begin a new day")
    showing.add_argument(
        "--auto-play", action="store_true", help="patients come and are called by themselves"
    )
    showing.add_argument("--speed", type=float, default=1.0, help="how fast they come (default: 1)")
    command(migrate)
    command(devices)
    designing = command(ticket)
    designing.add_argument("--port", type=_port, default=8190, help="of the page (default: 8190)")
    designing.add_argument("--out", type=Path, metavar="FOLDER", help="write pictures; show no page")
    reading = command(identify)
    what = reading.add_mutually_exclusive_group()
    what.add_argument("payload", nargs="?", help="what the scanner sent (default: standard input)")
    what.add_argument("--image", type=Path, help="a picture of the code")
    what.add_argument("--jsonl", action="store_true", help='standard input holds one {"payload": "…"} a line')
    command(doctor)
    _staff_parser(command(staff))
    _appointments_parser(command(appointments))
    _issuers_parser(command(issuers))
    command(backup).add_argument("file", type=Path, help="the file to write")
    command(restore).add_argument("file", type=Path, help="the backup to read")
    command(purge)
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to 65535")
    return int(text)


def _appointments_parser(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    loading = actions.add_parser("import", help="take over a CSV or iCalendar file, whole or not at all")
    loading.add_argument("file", type=Path, help="the file that the other system exported")
    writing = actions.add_parser("codes", help="write the codes of a day, for another program's letters")
    writing.add_argument("--day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    writing.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the files go")
    writing.add_argument("--format", choices=("png", "svg"), default="png")
    actions.add_parser("keys", help="list the keys whose letters are good")
    actions.add_parser("new-key", help="sign letters with a new key from now on; old letters stay good")
    dropping = actions.add_parser("drop-key", help="make every letter signed with a key worthless")
    dropping.add_argument("key", type=int)
    for action in actions.choices.values():
        _configurable(action, argparse.SUPPRESS)


def _issuers_parser(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    actions.add_parser("update", help="fetch from every issuer; a bad answer replaces nothing")
    actions.add_parser("list", help="show the issuers and how old what is known of them is")
    for action in actions.choices.values():
        _configurable(action, argparse.SUPPRESS)


def _staff_parser(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    adding = actions.add_parser("add", help="make an account; asks for the password")
    adding.add_argument("username")
    adding.add_argument("--name", default="", help="the person's name, shown on the console")
    adding.add_argument("--role", default="coordinator", choices=("coordinator", "supervisor"))
    actions.add_parser("list", help="show the accounts")
    actions.add_parser("disable", help="close an account; its sessions end at once").add_argument("username")
    actions.add_parser("password", help="give a new password; ends a lock").add_argument("username")
    for action in actions.choices.values():
        _configurable(action, argparse.SUPPRESS)


def _configurable(parser: argparse.ArgumentParser, default: object) -> None:
    """Take --config before or after the command."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=default,
        help="the configuration (default: $KIOSK_CONFIG, else kiosk.toml)",
    )


def _config(options: argparse.Namespace) -> Config:
    return load(options.config)


def _migrate(config: Config) -> None:
    from kiosk.database import migrations

    migrations.migrate(config)


def _database(config: Config) -> "Database":
    from kiosk.app import open_database
    from kiosk.database.migrations import pending

    if pending(config):
        raise CommandError("The database is not up to date. Run `python -m kiosk migrate` first.")
    return open_database(config)


def _now() -> datetime:
    from kiosk.clinic import utc_now

    return utc_now()


def _first(run: Run) -> str:
    return (run.__doc__ or "").partition("\n")[0]


def _expected(error: Exception) -> str | None:
    """The sentence for an error that a person can mend; None for ours."""
    if isinstance(error, CommandError | ConfigError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error}."
    from sqlalchemy.exc import DBAPIError

    from kiosk.database.backup import BackupError
    from kiosk.staff.records import StaffError

    if isinstance(error, StaffError | BackupError):
        return str(error)
    if isinstance(error, DBAPIError):
        return f"The database does not answer as it should: {str(error.orig).strip()}. Try `doctor`."
    return None
