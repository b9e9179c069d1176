"""The computer that the doctor looks at, and what the installer's `/etc/kiosk/install.json` says of it."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.doctor import reach
from kiosk.doctor.findings import Finding

SERVER, SCREEN, DEVICES = "server", "screen", "devices"
PARTS = {"server": {SERVER}, "kiosk": {SCREEN, DEVICES}, "tv": {SCREEN}, "all": {SERVER, SCREEN, DEVICES}}


def call(*words: str) -> str:
    """What a program prints; nothing when there is none, or it does not answer."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


@dataclass(frozen=True)
class Machine:
    """The computer that is looked at: its files, and its programs."""

    root: Path = Path("/")
    call: Callable[..., str] = call
    which: Callable[[str], str | None] = shutil.which
    reach: Callable[..., Iterator[Finding]] = reach.look


def installed(machine: Machine) -> tuple[str, str] | None:
    """Return what this computer is, and the clinic's address; None when no installer was here."""
    try:
        told = json.loads((machine.root / "etc/kiosk/install.json").read_text())
    except (OSError, ValueError):
        return None
    return str(told["kind"]), str(told["url"])


def keeps_no_records(machine: Machine) -> bool:
    """Whether this is a box without a server: it has no database that could be looked at."""
    known = installed(machine)
    return known is not None and SERVER not in PARTS[known[0]]
