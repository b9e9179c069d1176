"""Runs in `computer.sh`, where systemd is the first process: the installer on a live root.

`/rig/tree` is the source tree, `/rig/newer` one with another migration, `/rig/broken` one whose server does
not start, `/rig/wheelhouse` has every Python package; there is no network. Says a line for each thing that
held; the test outside reads them.
"""

import contextlib
import os
import re
import sqlite3
import ssl
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

HOST = "kiosk.clinic.example"
URL = f"https://{HOST}"
PASSWORD = "a long enough password"
DATABASE = Path("/var/lib/kiosk/kiosk.db")
UNITS = (
    *(
        "kiosk-server.service",
        "kiosk-backup.timer",
        "kiosk-purge.timer",
        "kiosk-issuers.timer",
        "nginx.service",
    ),
    *("kiosk-devices.service", "kiosk-browser.service", "seatd.service"),
)
SLOW = "[Service]\nTimeoutStartSec=900\n"
NO_SCREEN = "[Service]\nType=exec\nExecStart=\nExecStart=/bin/sleep infinity\nWatchdogSec=0\n"
"""There is no graphics card."""


def main() -> None:
    prepare()
    installed()
    signed_in = people_come_in()
    the_doctor_looks()
    upgraded(signed_in)
    not_upgraded(signed_in)
    put_back(signed_in)
    uninstalled()


def prepare() -> None:
    """What the clinic's network does on a real computer, and patience for a slow one."""
    with Path("/etc/hosts").open("a") as hosts:
        hosts.write(f"127.0.0.1 {HOST}\n")
    for unit, lines in (("kiosk-server", SLOW), ("kiosk-browser", NO_SCREEN)):
        folder = Path(f"/etc/systemd/system/{unit}.service.d")
        folder.mkdir(parents=True)
        (folder / "rig.conf").write_text(lines)


def installed() -> None:
    words = ("all", "--url", URL, "--screen", "front", "--supervisor", "ana")
    said = install("/rig/tree", *words, "--wheelhouse", "/rig/wheelhouse")
    held("the installer ends well and names the first account", "ana can sign in" in said)
    for user in ("kiosk", "kiosk-devices", "kiosk-browser"):
        held(f"there is a user {user}", run("id", user).startswith("uid="))
    held(
        "the records belong to the server alone", run("stat", "-c", "%U %a", "/var/lib/kiosk") == "kiosk 700"
    )
    held(
        "the key belongs to root alone", run("stat", "-c", "%U %a", "/etc/kiosk/tls/server.key") == "root 600"
    )
    for unit in UNITS:
        held(f"{unit} runs", run("systemctl", "is-active", unit) == "active")
        held(f"{unit} comes back at the next start", run("systemctl", "is-enabled", unit) == "enabled")
    held("nginx speaks TLS by our own authority", within(60, lambda: "version" in Browser().get("/healthz")))


def people_come_in() -> "Browser":
    ana, screen = Browser(), Browser()
    ana.post("/sign-in", username="ana", password=PASSWORD)
    held("the first account signs in", "Console" in ana.get("/console"))
    code = within(120, code_of_the_device_host)
    ana.post("/console/screens", code=code or "", **{"as": "host:front"})
    token = Path("/var/lib/kiosk-devices/host.token")
    held("the device host is paired by its code", within(60, token.exists))
    shown = re.search(r'class="pair__code number" aria-label="([^"]+)"', screen.get("/pair/kiosk/front"))
    ana.post("/console/screens", code=shown[1].replace(" ", "") if shown else "", **{"as": ""})
    screen.get("/pair/kiosk/front")
    held("the kiosk's screen is paired by its code", "Check in" in screen.get("/kiosk/front"))
    return ana


def the_doctor_looks() -> None:
    said = run("kiosk", "doctor", fails=True)
    print(said, flush=True)
    held("the doctor has looked at services, certificate and database", all(
        word in said for word in ("kiosk-server.service runs", "nginx.service runs", "certificate")
    ))  # fmt: skip
    held("the doctor does not stumble", "Traceback" not in said)


def upgraded(ana: "Browser") -> None:
    before = os.readlink("/opt/kiosk/current")
    install("/rig/newer", "upgrade", "--wheelhouse", "/rig/wheelhouse")
    held("another release runs", os.readlink("/opt/kiosk/current") != before)
    held("the database was migrated", "rig_probe" in tables())
    held("the copy before is there", Path("/var/lib/kiosk/backup/before-upgrade.db").stat().st_size > 0)
    held("the upgraded server answers whom it knew", within(120, lambda: "Console" in ana.get("/console")))


def not_upgraded(ana: "Browser") -> None:
    before = os.readlink("/opt/kiosk/current")
    said = install("/rig/broken", "upgrade", "--wheelhouse", "/rig/wheelhouse", fails=True)
    held("a release that does not start is not kept, and that is said", "runs again" in said)
    held("the release before runs again", os.readlink("/opt/kiosk/current") == before)
    held("with the database as it was", "rig_probe" in tables())
    held("it answers whom it knew", within(120, lambda: "Console" in ana.get("/console")))


def put_back(ana: "Browser") -> None:
    install("/rig/newer", "rollback")
    held("the database is as it was", "rig_probe" not in tables())
    held("the server put back answers whom it knew", within(120, lambda: "Console" in ana.get("/console")))
    held(
        "the device host is still paired", run("systemctl", "is-active", "kiosk-devices.service") == "active"
    )


def uninstalled() -> None:
    said = install("/rig/newer", "uninstall")
    held("the clinic's data is kept, and that is said", DATABASE.exists() and "/var/lib/kiosk" in said)
    held(
        "no unit is left",
        "kiosk-" not in run("systemctl", "list-unit-files", "--no-legend", "kiosk-*", fails=True),
    )
    held("nothing of it runs", not run("pgrep", "-u", "kiosk,kiosk-devices,kiosk-browser", fails=True))
    held("nginx does not serve it any more", not Browser().answers())
    install("/rig/newer", "uninstall", "--purge")
    held(
        "purged, nothing of it is left", not [*Path("/var/lib").glob("kiosk*"), *Path("/etc").glob("kiosk*")]
    )


class Browser:
    """Somebody with a browser that trusts the clinic's authority."""

    def __init__(self) -> None:
        self.cookies = CookieJar()

    def get(self, path: str) -> str:
        """The page."""
        return self.ask(urllib.request.Request(URL + path))

    def post(self, path: str, **fields: str) -> str:
        """Send the form of a page."""
        seal = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path))
        form = {"csrf_token": seal[1] if seal else "", "command": os.urandom(8).hex(), **fields}
        data = urllib.parse.urlencode(form).encode()
        return self.ask(urllib.request.Request(URL + path, data, headers={"Referer": URL + path}))

    def ask(self, request: urllib.request.Request) -> str:
        """What the server answers, redirects followed."""
        context = ssl.create_default_context(cafile="/etc/kiosk/tls/ca.crt")
        handlers = (
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )
        with urllib.request.build_opener(*handlers).open(request, timeout=120) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        """Whether anybody is there."""
        try:
            self.get("/healthz")
        except OSError:
            return False
        return True


def install(tree: str, *words: str, fails: bool = False) -> str:
    """Run the installer as a technician does."""
    began = time.monotonic()
    said = run("python3", f"{tree}/systemd/install", *words, fails=fails)
    print(f"{' '.join(words)}: {time.monotonic() - began:.0f} s\n{said}", flush=True)
    return said


def code_of_the_device_host() -> str:
    codes = re.findall(
        r"Type this code on the console: (\S+)", run("journalctl", "-u", "kiosk-devices", "-o", "cat")
    )
    return codes[-1] if codes else ""


def tables() -> set[str]:
    with contextlib.closing(sqlite3.connect(DATABASE)) as records:
        return {name for (name,) in records.execute("SELECT name FROM sqlite_master")}


def run(*words: str, fails: bool = False) -> str:
    """What a program prints."""
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "KIOSK_PASSWORD": PASSWORD}, check=False)  # fmt: skip
    if done.returncode and not fails:
        print(f"FAILED: {' '.join(words)} ended with {done.returncode}:\n{done.stdout}", flush=True)
        print(run("journalctl", "-o", "cat", "-n", "60", "-p", "info", fails=True), flush=True)
    return done.stdout.strip()


def within(seconds: float, look: Callable[[], Any]) -> Any:
    """Look until there is something to see; at last, None."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if seen := look():
                return seen
        time.sleep(2)
    return None


def held(what: str, so: object) -> None:
    print(f"[{time.monotonic():.0f} s] {'held' if so else 'FAILED'}: {what}", flush=True)


if __name__ == "__main__":
    main()
