"""`python -m kiosk ticket`."""

import argparse
from pathlib import Path

from drivers import preview
from kiosk.checkin.ticket import sample
from kiosk.clinic import utc_now
from kiosk.command import Command, Options, port


def ticket(options: Options) -> None:
    """Show what tickets will look like, and again whenever kiosk.toml changes."""
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


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8190, help="of the page (default: 8190)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write pictures; show no page")


COMMANDS = {"ticket": Command(ticket, _arguments)}
