"""`python -m kiosk appointments …`: the import for the night's export, and a new key for the letters."""

import argparse
import sys
from datetime import datetime

from kiosk.appointments import codes
from kiosk.appointments.rules import Problem, Refused
from kiosk.appointments.taking_over import take_over
from kiosk.config import Config
from kiosk.database import Database

SHOWN_PROBLEMS = 50


def run(config: Config, database: Database, options: argparse.Namespace, *, at: datetime) -> int:
    """Do what was asked; return the exit code: 1 when the file was refused."""
    if options.action == "new-key":
        print(f"Letters are signed with {codes.new_key(config)} from now on. Old letters stay good.")
        return 0
    try:
        report = take_over(database, config, options.file.read_bytes(), at=at, by="import")
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
