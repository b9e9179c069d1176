"""`python -m kiosk serve`."""

import argparse

import msgspec

from kiosk import logs
from kiosk.command import Command, Options, configuration, open_records, port
from kiosk.database.migrations import migrate
from kiosk.serving import server


def serve(options: Options) -> None:
    """Bring the database up to date, then serve until told to stop."""
    config = configuration(options)
    if options.port:
        config = msgspec.structs.replace(
            config, server=msgspec.structs.replace(config.server, port=options.port)
        )
    server.check_address(config)
    if not options.no_migrate:
        migrate(config)
    with open_records(config):
        pass  # what is wrong with them is said here, in a sentence, and not by each of the workers
    logs.configure(config.server.log)
    server.serve(config)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, help="listen on this port instead of server.port")
    parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")


COMMANDS = {"serve": Command(serve, _arguments)}
