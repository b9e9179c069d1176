"""`python -m kiosk demo`."""

import argparse
from pathlib import Path

from kiosk.command import Command, Options, port
from kiosk.demo.run import DATA, PORT, run


def demo(options: Options) -> None:
    """Run a whole synthetic clinic with simulated hardware."""
    run(options.port, options.data, fresh=options.fresh, auto_play=options.auto_play, speed=options.speed)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--port", type=port, default=PORT, help=f"where the clinic opens (default: {PORT})")
    add("--data", type=Path, default=DATA, help=f"its folder (default: {DATA})")
    add("--fresh", action="store_true", help="forget the last demo and begin a new day")
    add("--auto-play", action="store_true", help="patients come and are called by themselves")
    add("--speed", type=float, default=1.0, help="how fast they come (default: 1)")


COMMANDS = {"demo": Command(demo, _arguments)}
