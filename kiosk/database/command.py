"""`python -m kiosk migrate`, `backup`, `restore`, `purge`."""

import argparse
from pathlib import Path

from kiosk.clinic import utc_now
from kiosk.command import Command, Options, configuration, open_records
from kiosk.database import backup as copies
from kiosk.database import migrations
from kiosk.database import purge as forgetting


def migrate(options: Options) -> None:
    """Bring the database up to date."""
    config = configuration(options)
    migrations.migrate(config)
    print(f"The database of {config.site.name} is up to date.")


def backup(options: Options) -> None:
    """Copy the database, while it is in use."""
    size = copies.backup(configuration(options), options.file)
    print(
        f"{options.file}: {size / 2**20:.1f} MB, checked. "
        "The keys are not in it: keep a copy of data/keys elsewhere."
    )


def restore(options: Options) -> None:
    """Put a copy back."""
    kept = copies.restore(configuration(options), options.file)
    print(f"Restored from {options.file}." + (f" What was there before is kept as {kept}." if kept else ""))


def purge(options: Options) -> None:
    """Wipe personal data that is no longer needed, and close what was left open."""
    with open_records(configuration(options)) as database:
        wiped = forgetting.purge(database, at=utc_now())
    print(
        f"Wiped {wiped.visits} visits, {wiped.appointments} appointments and {wiped.checkins} check-ins; "
        f"closed {wiped.tickets} tickets left from earlier days."
    )


def _to_write(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to write")


def _to_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the backup to read")


COMMANDS = {
    "migrate": Command(migrate),
    "backup": Command(backup, _to_write),
    "restore": Command(restore, _to_read),
    "purge": Command(purge),
}
