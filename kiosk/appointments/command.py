"""`python -m kiosk appointments …`: the night's import, codes for another program's letters, and the keys."""

import argparse
import csv
import sys
from datetime import date, datetime
from pathlib import Path

from kiosk.appointments import codes, records
from kiosk.appointments.records import Status
from kiosk.appointments.rules import Problem, Refused
from kiosk.appointments.taking_over import take_over
from kiosk.clinic import utc_now
from kiosk.command import Actions, Command, Options, configuration, open_records
from kiosk.config import Config
from kiosk.database import Database
from kiosk.identity.manual_code import manual_code

SHOWN_PROBLEMS = 50
COLUMNS = ("id", "date", "time", "code", "manual code", "picture")


def appointments(options: Options) -> int:
    """Do what was asked; return the exit code: 1 when the file was refused."""
    config, at = configuration(options), utc_now()
    with open_records(config) as database:
        match options.action:
            case "import":
                return _import(config, database, options.file, at)
            case "codes":
                count = write_codes(config, database, options.day, options.to, options.format, at=at)
                print(f"{count} codes are in {options.to}.")
            case "keys":
                *older, newest = codes.key_ids(config)
                print("\n".join([*(f"{key}  verifies" for key in older), f"{newest}  signs"]))
            case "new-key":
                print(f"Letters are signed with {codes.new_key(config)} from now on. Old letters stay good.")
            case "drop-key":
                codes.drop_key(config, options.key)
                print(f"Letters signed with key {options.key} are void from now on.")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = Actions(parser)
    loading = actions.add("import", "take over a CSV or iCalendar file, whole or not at all")
    loading.add_argument("file", type=Path, help="the file that the other system exported")
    writing = actions.add("codes", "write the codes of a day, for another program's letters")
    writing.add_argument("--day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    writing.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the files go")
    writing.add_argument("--format", choices=("png", "svg"), default="png")
    actions.add("keys", "list the keys whose letters are good")
    actions.add("new-key", "sign letters with a new key from now on; old letters stay good")
    dropping = actions.add("drop-key", "make every letter signed with a key worthless")
    dropping.add_argument("key", type=int)


COMMANDS = {"appointments": Command(appointments, _arguments)}


def write_codes(
    config: Config, database: Database, day: date, folder: Path, kind: str, *, at: datetime
) -> int:
    """Write a picture for each patient expected on that day, and `codes.csv` for a serial letter.

    The rows are known by the other system's id of the appointment: no name leaves the book.
    """
    with database.snapshot(at=at) as reading:
        expected = [one for one in records.on(reading, day) if one.status is Status.BOOKED]
    folder.mkdir(parents=True, exist_ok=True)
    draw = codes.qr_svg_file if kind == "svg" else codes.qr_png
    with (folder / "codes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for one in expected:
            code, manual = codes.booking_code(config, one), manual_code(one.reference)
            picture = folder / f"{manual}.{kind}"
            picture.write_bytes(draw(code))
            local = one.slot.astimezone(config.site.zone)
            table.writerow([one.source or one.id, local.date(), f"{local:%H:%M}", code, manual, picture.name])
    return len(expected)


def _import(config: Config, database: Database, file: Path, at: datetime) -> int:
    try:
        report = take_over(database, config, file.read_bytes(), at=at, by="import")
    except Refused as refused:
        _tell(refused.problems)
        return 1
    print(" ".join(report.sentences()))
    return 0


def _tell(problems: tuple[Problem, ...]) -> None:
    print(f"Nothing was imported: {len(problems)} mistakes.", file=sys.stderr)
    for problem in problems[:SHOWN_PROBLEMS]:
        place = ", ".join(filter(None, (f"row {problem.row}" if problem.row else "", problem.column)))
        print(f"  {place + ': ' if place else ''}{problem.what} {problem.mend}", file=sys.stderr)
    if len(problems) > SHOWN_PROBLEMS:
        print(f"  … and {len(problems) - SHOWN_PROBLEMS} more.", file=sys.stderr)
