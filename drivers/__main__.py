"""`python -m drivers --config kiosk.toml`: run the device host until SIGTERM.

`list` says what is plugged in, `keymap` writes what udev must know of keypads.
"""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from drivers.discovery import devices
from drivers.keypads import hwdb
from drivers.listing import listing


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m drivers", description="The device host of one kiosk box."
    )
    parser.add_argument(
        "--config", default=os.environ.get("KIOSK_CONFIG", "kiosk.toml"), help="the TOML file"
    )
    parser.add_argument("--check", action="store_true", help="read the configuration and stop")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["run", "list", "keymap"],
        default="run",
        help="run (the default); list: what is plugged in; keymap: the keypads, for udev",
    )
    options = parser.parse_args(arguments)
    if options.command == "list":
        print("\n".join(listing(list(devices()))))
        return 0
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr, force=True
    )
    from drivers.config import ConfigError, load
    from drivers.host import Host

    try:
        config = load(Path(options.config))
        if options.command == "keymap":
            print("\n".join(hwdb(config.keypads)))
            return 0
        host = Host(config)
    except (ConfigError, OSError) as problem:
        print(f"kiosk-devices: {problem}", file=sys.stderr)
        return 2
    if options.check:
        return 0
    # Blocked before any thread starts, so that only `sigwait` hears them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    host.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    host.stop()
    logging.getLogger("drivers").info("stopped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
