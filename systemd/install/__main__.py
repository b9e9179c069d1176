"""Installs the clinic on Debian or Raspberry Pi OS: `python3 systemd/install server | kiosk | tv | all`.

Running it again changes nothing that is right already; run from a newer source tree it upgrades: backup,
migration, a look whether the server answers, and back to the release before if it does not. Nothing but
Python's standard library, apt, openssl and systemd is needed.
"""

import argparse
import getpass
import os
import sys
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    __package__ = "install"

from . import authority, box, release, upgrade, wheelhouse
from .box import KIOSK, SERVER, Choices
from .commands import InstallError, run, say
from .places import Places


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; end with one clear sentence if it cannot be done."""
    options = parser().parse_args(arguments)
    try:
        options.run(options, Places(options.root.absolute()))
    except InstallError as error:
        print(f"install: {error}", file=sys.stderr)
        return 2
    return 0


def install(options: argparse.Namespace, places: Places) -> None:
    """Make this computer what it is asked to be, or bring it up to date."""
    known = box.remembered(places)
    choices = chosen(options, known)
    if places.is_this_machine and os.geteuid() != 0:
        raise InstallError("Only root can install: put sudo in front.")
    if not options.no_packages:
        missing_packages(choices)
    check(options, choices)
    box.users_and_folders(places)
    settings(options, places, choices)
    folder = release.make(places, options.wheelhouse)
    if SERVER in choices.parts:
        upgrade.to(folder, places, lambda: box.units(places, choices))
    else:
        release.switch(places, folder)
        box.units(places, choices)
    box.remember(places, choices)
    release.forget_old(places)
    if places.is_this_machine:
        begin(choices)
    if SERVER in choices.parts:
        first_account(places, options.supervisor)
    say("Done.", next_steps(places, choices))


def settings(options: argparse.Namespace, places: Places, choices: Choices) -> None:
    """Write what this computer is: certificate, kiosk.toml, the proxy, what the screen shows."""
    speaks_tls = SERVER in choices.parts and choices.url.startswith("https:")
    if speaks_tls:
        given = (options.certificate, options.key) if options.certificate else None
        authority.provide(places, choices.host, given)
    ca = options.ca or next((p for p in (places.tls / "ca.crt", places.etc / "ca.crt") if p.exists()), None)
    if SERVER in choices.parts or KIOSK in choices.parts:
        box.config(places, choices, ca)
    if speaks_tls:
        box.proxy(places, choices)
    if ca:
        box.put(ca, places.etc / "ca.crt")
    if choices.screen:
        box.browser(places, choices)


def chosen(options: argparse.Namespace, known: Choices | None) -> Choices:
    """What is asked, else what was asked the last time."""
    if bool(options.certificate) != bool(options.key):
        raise InstallError("A certificate and its key belong together: --certificate chain.pem --key key.pem")
    kind = options.kind or (known.kind if known else "")
    if not kind:
        raise InstallError("Say what this computer is: server, kiosk, tv or all.")
    url = (options.url or (known.url if known else "")).rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise InstallError("Say the clinic's address: --url https://kiosk.clinic.example")
    screen = options.screen or (known.screen if known else "")
    if kind != SERVER and not screen:
        raise InstallError("Say which screen this is: --screen front (an id of kiosk.toml).")
    return Choices(kind, url, "" if kind == SERVER else screen)


def check(options: argparse.Namespace, choices: Choices) -> None:
    """Look at the files that were given before anything but packages is changed. Raises InstallError."""
    for path in (options.certificate, options.key, options.ca, options.wheelhouse):
        if path and not path.exists():
            raise InstallError(f"There is no {path}.")
    if options.certificate:
        authority.check(options.certificate, options.key, choices.host)
    if options.ca:
        authority.for_policy(options.ca)


def missing_packages(choices: Choices) -> None:
    """Install what is missing, by apt."""
    installed = run("dpkg-query", "-W", "-f", "${Package} ${Status}\n")
    missing = [name for name in choices.packages if f"{name} install ok installed" not in installed]
    if missing:
        say("Installing Debian packages ...", missing)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        # The lists of a fresh image are old, and name packages that the mirrors have no more.
        run("apt-get", "update", "-qq", more=quiet)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, more=quiet)


def begin(choices: Choices) -> None:
    """Start what this computer is for."""
    for unit in choices.units:
        run("systemctl", "restart" if unit != "seatd.service" else "start", unit)
    if SERVER in choices.parts and choices.url.startswith("https:"):
        run("systemctl", "reload-or-restart", "nginx")


def first_account(places: Places, username: str) -> None:
    """Somebody must be able to sign in: the password is asked for, or comes in KIOSK_PASSWORD."""
    accounts = upgrade.command(places, "staff", "list").splitlines() if username else []
    if not username or username in {line.split()[0] for line in accounts}:
        return
    password = os.environ.get("KIOSK_PASSWORD") or getpass.getpass(f"A password for {username}: ")
    upgrade.command(
        places, "staff", "add", username, "--role", "supervisor", said=f"{password}\n{password}\n"
    )
    say(f"{username} can sign in.")


def next_steps(places: Places, choices: Choices) -> list[str]:
    """What a person does now."""
    steps = [f"Sign in at {choices.url}/ and open Screens."]
    if choices.screen:
        steps.append(f"This screen opens {choices.address} and shows a code: type it there.")
    if KIOSK in choices.parts:
        code = pairing_code(places) if places.is_this_machine else ""
        if code:
            steps.append(f"The device host's code is {code}: type it too.")
        elif code is not None:
            steps.append("The device host's code comes in its log: sudo journalctl -u kiosk-devices -n 5")
    return [*steps, "What is missing is said by: sudo kiosk doctor (docs/operations.md)"]


def pairing_code(places: Places, within_s: float = 15) -> str | None:
    """Wait for the code that the device host asks for, "" if it does not; None when it is paired already."""
    if places.token.exists():
        return None
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        # Codes of the starts before this one open nothing any more.
        start = run("systemctl", "show", "--value", "--property=InvocationID", "kiosk-devices").strip()
        said = run("journalctl", f"_SYSTEMD_INVOCATION_ID={start}", "-n", 50, "-o", "cat")
        for line in reversed(said.splitlines()):
            if "Type this code" in line:
                return line.split()[-1]
        time.sleep(1)
    return ""


def uninstall(options: argparse.Namespace, places: Places) -> None:
    """Take everything away but the clinic's own data."""
    known = box.remembered(places)
    if places.is_this_machine and known:
        run("systemctl", "stop", *(unit for unit in known.units if unit.startswith("kiosk-")))
    left = box.remove(places, known, purge=options.purge)
    if places.is_this_machine and known:
        box.read_again()
        if SERVER in known.parts:
            run("systemctl", "try-reload-or-restart", "nginx")
    say("Uninstalled." + (" Kept, because the clinic wrote it:" if left else ""), left)


def rollback(options: argparse.Namespace, places: Places) -> None:
    """Go back to the release before, and to the database as it was then."""
    choices = box.remembered(places)
    if choices is None:
        raise InstallError("Nothing is installed here.")
    if SERVER in choices.parts:
        upgrade.back(places, lambda: box.units(places, choices))
    else:
        release.switch(places, release.before(places))
        box.units(places, choices)
        say(f"{places.current.resolve().name} runs again.")
    if places.is_this_machine:
        begin(choices)


def make_wheelhouse(options: argparse.Namespace, places: Places) -> None:
    """Gather every package for a computer without a network."""
    wheelhouse.make(options.folder)


def parser() -> argparse.ArgumentParser:
    """The commands."""
    top = argparse.ArgumentParser(prog="systemd/install", description=(__doc__ or "").partition("\n")[0])
    top.set_defaults(run=install)
    kinds = "|".join(box.PARTS)
    commands = top.add_subparsers(metavar=f"{kinds}|upgrade|rollback|uninstall|wheelhouse", required=True)
    for kind in (*box.PARTS, "upgrade"):
        one = commands.add_parser(
            kind, help="bring this computer up to date" if kind == "upgrade" else f"install: {kind}"
        )
        one.set_defaults(run=install, kind="" if kind == "upgrade" else kind)
        one.add_argument("--url", default="", help="the clinic's address, as browsers reach it")
        one.add_argument("--screen", default="", help="the id of this kiosk or television in kiosk.toml")
        one.add_argument("--certificate", type=Path, help="a certificate chain that you have (PEM)")
        one.add_argument("--key", type=Path, help="its key (PEM)")
        one.add_argument("--ca", type=Path, help="the authority that signed the server's certificate (PEM)")
        one.add_argument("--supervisor", default="", help="the user name of the first account")
        one.add_argument("--wheelhouse", type=Path, help="install without a network, from `make wheelhouse`")
        one.add_argument("--no-packages", action="store_true", help="leave Debian packages to somebody else")
    removing = commands.add_parser("uninstall", help="take it away; the clinic's data stays")
    removing.set_defaults(run=uninstall)
    removing.add_argument("--purge", action="store_true", help="the data too")
    commands.add_parser("rollback", help="go back to the release before").set_defaults(run=rollback)
    gathering = commands.add_parser(
        "wheelhouse", help="gather every Python package for an offline installation"
    )
    gathering.set_defaults(run=make_wheelhouse)
    gathering.add_argument("folder", type=Path)
    for one in commands.choices.values():
        one.add_argument(
            "--root", type=Path, default=Path("/"), help="install below this folder; start nothing"
        )
    return top


if __name__ == "__main__":
    raise SystemExit(main())
