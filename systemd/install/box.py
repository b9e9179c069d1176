"""What makes a computer a part of the clinic: users, units, device names, the browser's policy, the proxy."""

import json
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import authority
from .commands import InstallError, run, say
from .places import Places

SYSTEMD = Path(__file__).resolve().parents[1]
SERVER, KIOSK, TV = "server", "kiosk", "tv"
PARTS = {SERVER: {SERVER}, KIOSK: {KIOSK}, TV: {TV}, "all": {SERVER, KIOSK}}
"""What a computer can be → the parts it has. A television beside a kiosk is a computer of its own."""
PACKAGES = {
    SERVER: ("python3-venv", "libzbar0", "espeak-ng", "nginx-light", "openssl"),
    KIOSK: ("python3-venv", "libzbar0", "cage", "xwayland", "seatd", "chromium", "fonts-noto-core"),
    TV: ("python3-venv", "cage", "xwayland", "seatd", "chromium", "fonts-noto-core"),
}
ENABLED = {
    SERVER: ("kiosk-server.service", "kiosk-backup.timer", "kiosk-purge.timer", "kiosk-issuers.timer"),
    KIOSK: ("seatd.service", "kiosk-devices.service", "kiosk-browser.service"),
    TV: ("seatd.service", "kiosk-tv.service"),
}
"""In the order in which they start."""


DEVICES_BEGIN = "# What the kiosk's box has."


@dataclass(frozen=True, slots=True)
class Choices:
    """How this computer was installed; remembered for the next time."""

    kind: str
    url: str
    screen: str = ""

    @property
    def parts(self) -> set[str]:
        """What this computer is."""
        return PARTS[self.kind]

    @property
    def host(self) -> str:
        """The name in the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def address(self) -> str:
        """What the screen shows."""
        return f"{self.url}/{'board' if TV in self.parts else 'kiosk'}/{self.screen}"

    @property
    def units(self) -> list[str]:
        """What is enabled here."""
        return [unit for part in (SERVER, KIOSK, TV) if part in self.parts for unit in ENABLED[part]]

    @property
    def packages(self) -> list[str]:
        """The Debian packages that are needed."""
        return sorted({name for part in self.parts for name in PACKAGES[part]})


def users_and_folders(places: Places) -> None:
    """Users that can do nothing else, and the folders they own."""
    for source, folder in (("kiosk.sysusers", "sysusers.d"), ("kiosk.tmpfiles", "tmpfiles.d")):
        put(SYSTEMD / source, places.root / "etc" / folder / "kiosk.conf")
    put(SYSTEMD / "kiosk", places.command)
    places.command.chmod(0o755)
    run("systemd-sysusers", f"--root={places.root}", "kiosk.conf")
    run("systemd-tmpfiles", f"--root={places.root}", "--create", "kiosk.conf")


def units(places: Places, choices: Choices) -> None:
    """The services and timers, enabled as far as this computer is what they are for."""
    release = places.current / "systemd"
    for unit in sorted([*release.glob("*.service"), *release.glob("*.timer")]):
        put(unit, places.units / unit.name)
    own = [unit for unit in choices.units if unit.startswith("kiosk-") or places.is_this_machine]
    run("systemctl", f"--root={places.root}", "enable", *own)
    if KIOSK in choices.parts:
        put(release / "60-kiosk.rules", places.root / "etc/udev/rules.d/60-kiosk.rules")
    if places.is_this_machine:
        read_again()
        run("udevadm", "trigger", "--subsystem-match=tty", "--subsystem-match=usbmisc")


def read_again() -> None:
    """What units and device names there are now."""
    run("systemctl", "daemon-reload")
    run("udevadm", "control", "--reload")


def config(places: Places, choices: Choices, ca: Path | None) -> None:
    """A first kiosk.toml. In the technician's own nothing is changed: what it lacks is added at its end."""
    written = places.config.read_text() if places.config.exists() else ""
    try:
        known = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise InstallError(f"{places.config} cannot be read: {error}") from None
    clinic, mark, devices = (SYSTEMD / "kiosk.toml").read_text().partition(DEVICES_BEGIN)
    text = clinic if SERVER in choices.parts and "site" not in known else ""
    if KIOSK in choices.parts and "drivers" not in known:
        text += mark + devices
    if ca is None:
        text = re.sub("^ca_file.*\n", "", text, flags=re.MULTILINE)
    if text:
        text = text.replace("https://kiosk.example", choices.url)
        put_text(f"{written}\n{text}" if written else text, places.config)
        say(f"Wrote {places.config}: change it to what is there (docs/configuration.md).")


def browser(places: Places, choices: Choices) -> None:
    """What the screen shows, and that it shows nothing else."""
    own = places.etc / "ca.crt"
    lines = (f"KIOSK_URL={choices.url}", f"KIOSK_SCREEN={choices.screen}", f"KIOSK_CA=/etc/kiosk/{own.name}")
    put_text("\n".join(lines) + "\n", places.etc / "browser.env")
    trusted = authority.for_policy(own) if own.exists() else ""
    put_text(json.dumps(policy(choices.url, choices.address, trusted), indent=1) + "\n", places.policy)


def policy(origin: str, screen: str, trusted: str = "") -> dict[str, Any]:
    """The browser's policy for one clinic: its origin and no other, and its own certificate authority."""
    text = (SYSTEMD / "chromium-policy.json").read_text()
    text = text.replace('"ORIGIN"', json.dumps(origin)).replace('"SCREEN"', json.dumps(screen))
    rules: dict[str, Any] = json.loads(text)
    return rules | ({"CACertificates": [trusted]} if trusted else {})


def proxy(places: Places, choices: Choices) -> None:
    """nginx speaks TLS for the server."""
    port = urlsplit(choices.url).port or 443
    inside = tomllib.loads(places.config.read_text()).get("server", {}).get("port", 8000)
    text = (SYSTEMD / "nginx.conf").read_text().replace("listen 443", f"listen {port}")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{inside}")
    put_text(text.replace("kiosk.example", choices.host), places.proxy)


def remember(places: Places, choices: Choices) -> None:
    """Keep how it was installed."""
    put_text(
        json.dumps({"kind": choices.kind, "url": choices.url, "screen": choices.screen}) + "\n",
        places.choices,
    )


def remembered(places: Places) -> Choices | None:
    """Return how it was installed, if it was."""
    return Choices(**json.loads(places.choices.read_text())) if places.choices.exists() else None


def remove(places: Places, choices: Choices | None, *, purge: bool) -> list[str]:
    """Take everything away but what the clinic wrote; with `purge`, that too. Return what is left."""
    if choices:
        run(
            "systemctl",
            f"--root={places.root}",
            "disable",
            *(u for u in choices.units if u.startswith("kiosk-")),
        )
    # A folder there holds a technician's own changes of a unit.
    units = [path for path in places.units.glob("kiosk-*") if not path.is_dir()]
    ours = [*units, places.policy, places.proxy, places.command, places.choices,
            places.root / "etc/udev/rules.d/60-kiosk.rules", places.root / "etc/sysusers.d/kiosk.conf",
            places.root / "etc/tmpfiles.d/kiosk.conf"]  # fmt: skip
    for path in ours:
        path.unlink(missing_ok=True)
    shutil.rmtree(places.home, ignore_errors=True)
    written = [places.etc, *(places.root / "var/lib").glob("kiosk*")]
    if purge:
        for folder in written:
            shutil.rmtree(folder, ignore_errors=True)
    return [str(folder) for folder in written if folder.exists()]


def put(source: Path, target: Path) -> None:
    """Copy a file for everybody to read."""
    put_text(source.read_text(), target)


def put_text(text: str, target: Path) -> None:
    """Write a file for everybody to read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    target.chmod(0o644)
