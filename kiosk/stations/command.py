"""`python -m kiosk devices`."""

from drivers.__main__ import main as host
from kiosk.command import Command, Options


def devices(options: Options) -> int:
    """Start this box's device host."""
    return host(["--config", str(options.config)])


COMMANDS = {"devices": Command(devices)}
