"""Is this computer as the installer left it? Looks at what a server, a kiosk's box or a television needs."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.doctor import way
from kiosk.doctor.findings import Finding, good, note, wrong
from kiosk.doctor.machine import DEVICES, PARTS, SCREEN, SERVER, Machine, installed

PROGRAMS = {
    SERVER: {"nginx": "nginx-light"},
    SCREEN: {"cage": "cage", "Xwayland": "xwayland", "seatd": "seatd", "chromium": "chromium"},
    DEVICES: {},
}
"""Program → the Debian package that has it."""
GROUPS = {SERVER: (), SCREEN: ("video", "render", "audio"), DEVICES: ("dialout", "lp", "input", "video")}
DEVICE_HOST = "kiosk-devices.service"
MEDDLERS = {
    "ModemManager": "takes a scanner for a modem and talks to it for half a minute",
    "brltty": "takes a scanner's cable for a Braille display",
}
NOTO = Path("usr/share/fonts/truetype/noto")
POLICY = Path("etc/chromium/policies/managed/kiosk.json")
HOST_IS_WELL, HOST_ASKS = "Every device works", "Not paired, type"
"""How the device host's status line begins when there is nothing to do, and when it shows its code."""
LONGEST_LINE = 300
UNDER_VOLTAGE, UNDER_VOLTAGE_BEFORE = 0x1, 0x10000


def look(machine: Machine, now: datetime, zone: str = "") -> Iterator[Finding]:
    """Yield what is found on this computer. `zone` is the clinic's, where it is known."""
    known = installed(machine)
    if known is None:
        return
    kind, url = known
    parts = PARTS[kind]
    yield good(f"This computer was installed as {kind!r} for {url}.")
    yield from programs(machine, parts)
    yield from groups(machine, parts)
    yield from units(machine, kind)
    yield from way.certificate(machine, now)
    yield from way.addresses(machine, parts, url)
    yield from strangers(machine)
    if SCREEN in parts:
        yield from policy(machine, url)
        yield from fonts(machine)
        yield from power(machine)
    if DEVICES in parts:
        yield from meddlers(machine)
    yield from time_zone(machine, zone)
    yield from card(machine)


def programs(machine: Machine, parts: set[str]) -> Iterator[Finding]:
    wanted = {name: package for part in sorted(parts) for name, package in PROGRAMS[part].items()}
    missing = [package for name, package in wanted.items() if not machine.which(name)]
    if missing:
        yield wrong(
            f"Programs are missing: {', '.join(missing)}.", f"sudo apt-get install {' '.join(missing)}"
        )
    elif wanted:
        yield good(f"Programs are there: {', '.join(wanted)}.")


def groups(machine: Machine, parts: set[str]) -> Iterator[Finding]:
    lines = _text(machine.root / "etc/group").splitlines()
    known = {line.partition(":")[0] for line in lines}
    for name in sorted({name for part in parts for name in GROUPS[part]} - known):
        yield wrong(
            f"There is no group {name!r}, which opens devices of its kind.", f"sudo groupadd --system {name}"
        )


def units(machine: Machine, kind: str) -> Iterator[Finding]:
    """Ask systemd how each service is; its own words say what a screen last drew."""
    if not (machine.root / "run/systemd/system").exists():
        yield note("systemd does not run here: the services were not looked at.")
        return
    for name in _units(kind):
        state = machine.call("systemctl", "is-active", name)
        if state == "active":
            said = machine.call("systemctl", "show", "--value", "--property=StatusText", name).rstrip(".")
            words = f"{name} runs{f': {said}' if said else ''}."
            if name != DEVICE_HOST or not said or said.startswith(HOST_IS_WELL):
                yield good(words)
            elif said.startswith(HOST_ASKS):
                yield note(words, "The console's page Screens takes it.")
            else:
                yield wrong(words, f"Read more: sudo journalctl -u {name} -n 20")
        elif machine.call("systemctl", "is-enabled", name) != "enabled":
            yield wrong(f"{name} is switched off.", f"sudo systemctl enable --now {name}")
        else:
            last = machine.call("journalctl", f"_SYSTEMD_UNIT={name}", "-n", "1", "-o", "cat").rstrip(".")
            # What it said when it was well is a line of its log, in JSON.
            why = f": {last[:LONGEST_LINE]}" if last and not last.startswith("{") else ""
            yield wrong(
                f"{name} does not run ({state or 'unknown'}){why}.",
                f"Read more: sudo journalctl -u {name} -n 30. Then: sudo systemctl restart {name}",
            )


def _units(kind: str) -> Sequence[str]:
    server = (
        "kiosk-server.service",
        "kiosk-backup.timer",
        "kiosk-purge.timer",
        "kiosk-issuers.timer",
        "nginx.service",
    )
    kiosk = ("seatd.service", DEVICE_HOST, "kiosk-browser.service")
    return {"server": server, "kiosk": kiosk, "tv": ("seatd.service", "kiosk-tv.service")}.get(
        kind, (*server, *kiosk)
    )


def strangers(machine: Machine) -> Iterator[Finding]:
    """Look for what somebody else, mostly root, put among the files of our users: they cannot open it."""
    for folder in sorted((machine.root / "var/lib").glob("kiosk*")):
        owner = folder.stat().st_uid
        # What goes away while it is looked at was the server's own.
        strange = next((path for path in folder.rglob("*") if _owner(path) not in (owner, None)), None)
        if strange:
            yield wrong(
                f"{strange} belongs to another user than {folder}, who may not use it.",
                f"sudo chown -R {folder.name}: {folder}",
            )


def policy(machine: Machine, url: str) -> Iterator[Finding]:
    cure = "Write it again: sudo make upgrade"
    try:
        rules = json.loads((machine.root / POLICY).read_text())
    except FileNotFoundError:
        yield wrong("The browser has no policy: a visitor can leave the clinic's page.", cure)
        return
    except (OSError, ValueError):
        yield wrong(f"The browser's policy /{POLICY} cannot be read.", cure)
        return
    if rules.get("URLAllowlist") != [url] or "*" not in rules.get("URLBlocklist", ()):
        yield wrong(f"The browser's policy does not keep it at {url}.", cure)
    else:
        yield good(f"The browser is kept at {url}.")


def fonts(machine: Machine) -> Iterator[Finding]:
    if (machine.root / NOTO).is_dir():
        yield good("Letters of other scripts are there (Noto).")
    else:
        yield wrong(
            "Letters of other scripts are missing: some languages show as boxes.",
            "sudo apt-get install fonts-noto-core",
        )


def power(machine: Machine) -> Iterator[Finding]:
    """A Raspberry Pi knows whether its power supply is too weak."""
    _, _, said = machine.call("vcgencmd", "get_throttled").partition("=")
    if not said:
        return
    flags = int(said, 16)
    if flags & (UNDER_VOLTAGE | UNDER_VOLTAGE_BEFORE):
        when = "is" if flags & UNDER_VOLTAGE else "was"
        yield wrong(
            f"The power {when} too weak: devices drop out and memory cards are damaged.",
            "Use the supply that belongs to this computer, and a hub with its own power for the devices.",
        )
    else:
        yield good("The power is strong enough.")


def meddlers(machine: Machine) -> Iterator[Finding]:
    for name, does in MEDDLERS.items():
        if machine.which(name):
            yield note(f"{name} is installed: it {does}.", f"sudo apt-get remove {name.lower()}")


def time_zone(machine: Machine, zone: str) -> Iterator[Finding]:
    target = machine.root / "etc/localtime"
    here = str(target.readlink()).partition("zoneinfo/")[2] if target.is_symlink() else ""
    if zone and here and here != zone:
        yield note(
            f"This computer's time zone is {here}, the clinic's is {zone}: its logs show another hour.",
            f"sudo timedatectl set-timezone {zone}",
        )


def card(machine: Machine) -> Iterator[Finding]:
    mounts = [line.split() for line in _text(machine.root / "proc/mounts").splitlines()]
    source, kind = next(((line[0], line[2]) for line in mounts if line[1] == "/"), ("", ""))
    if source.startswith("/dev/mmcblk"):
        yield note(
            "This computer writes to a memory card, which wears out.",
            "Use an SSD, or see “What wears out” in docs/operations.md.",
        )
    elif kind == "overlay":
        yield note(
            "The system is read-only (overlayroot): what is not in /var/lib/kiosk* is lost at a restart."
        )


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
