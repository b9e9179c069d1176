"""`python -m kiosk identify`."""

import argparse
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from kiosk.command import Command, CommandError, Options, configuration
from kiosk.identity import Rules, json_lines


def identify(options: Options) -> None:
    """Say what a scan means."""
    rules, at = _rules(options), datetime.now(UTC)
    if options.jsonl is not None:
        with nullcontext(sys.stdin.buffer) if options.jsonl == "-" else open(options.jsonl, "rb") as lines:
            wrong = json_lines.identify_lines(lines, rules, at=at)
        if wrong:
            raise CommandError(f"{wrong} of the lines held no payload: see `error` in what was printed.")
        return
    scans = json_lines.payloads(options.payload, options.image, sys.stdin.buffer)
    if json_lines.identify(scans, rules, at=at) == 0:
        raise CommandError("There is no code in that picture.")


def _rules(options: Options) -> Rules:
    """What the site knows; without one, only what every scan tells of itself."""
    if not options.config.exists():
        return Rules()
    from kiosk.appointments import codes
    from kiosk.coverage import issuers

    config = configuration(options)
    if any((config.data / "keys").glob("booking-*.key")):
        return codes.rules(config)
    return Rules(issuers=issuers.load(config))


def _arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("payload", nargs="?", help="what the scanner sent (default: standard input)")
    what.add_argument("--image", type=Path, help="a picture of the code")
    what.add_argument(
        "--jsonl",
        nargs="?",
        const="-",
        metavar="FILE",
        help='the file, or standard input, holds one {"payload": "…"} a line',
    )


COMMANDS = {"identify": Command(identify, _arguments)}
