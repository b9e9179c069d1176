"""From one release to the next and, if the server does not answer then, back, with the database as it was."""

import os
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from . import release
from .commands import InstallError, run, say
from .places import Places

ANSWER_WITHIN_S = 90
BEFORE, MEANWHILE = "before-upgrade.db", "meanwhile.db"
"""The database as the release before left it; and its copy until it is known whether the next one works."""


def to(folder: Path, places: Places, units: Callable[[], None]) -> None:
    """Run `folder` from now on. Raises InstallError after going back, when its server does not answer."""
    before = release.current(places)
    server = Server(places)
    server.stop()
    copy = save(places) if before and before != folder else None
    release.link(places.current, folder)
    units()
    try:
        command(places, "migrate")
        server.start()
        server.wait()
    except InstallError as error:
        server.stop()
        if before is None or before == folder:
            raise
        release.link(places.current, before)
        units()
        put_back(places, copy)
        if copy:
            copy.unlink()
        server.start()
        server.settle()
        raise InstallError(
            f"{error}\nThe release {folder.name} does not work here; {before.name} runs again."
        ) from None
    server.settle()
    if before and before != folder:
        release.link(places.previous, before)
    if copy:
        copy.replace(places.data / "backup" / BEFORE)


def back(places: Places, units: Callable[[], None]) -> None:
    """Undo the last upgrade: the release before, and the copy of the database that was made then."""
    server, before = Server(places), release.before(places)
    server.stop()
    release.switch(places, before)
    units()
    put_back(places, places.data / "backup" / BEFORE)
    server.start()
    server.wait()
    server.settle()
    say(f"{before.name} runs again.")


def save(places: Places) -> Path | None:
    """Copy the database with the release that wrote it."""
    if not (places.data / "kiosk.db").exists():
        return None
    copy = places.data / "backup" / MEANWHILE
    (places.data / "backup").mkdir(exist_ok=True)
    say(f"{datetime.now(UTC):%H:%M} The database is copied.")
    command(places, "backup", copy)
    return copy


def put_back(places: Places, copy: Path | None) -> None:
    """Put the copy of the database in its place."""
    if copy is not None and copy.exists():
        command(places, "restore", copy)


def command(places: Places, *words: object, said: str = "") -> str:
    """Run `python -m kiosk …` of the current release, as the server's user, on the server's files."""
    return run(
        *who(places),
        python(places),
        "-m",
        "kiosk",
        *words,
        cwd=places.current,
        more=surroundings(places),
        said=said,
    )


def who(places: Places) -> tuple[str, ...]:
    """The server's user; below another root, whoever installs."""
    return ("runuser", "-u", "kiosk", "--") if places.is_this_machine else ()


def python(places: Places) -> Path:
    """The Python of the current release."""
    return release.python(places.current)


def surroundings(places: Places) -> dict[str, str]:
    """What the unit sets too."""
    return {
        "KIOSK_CONFIG": str(places.config),
        "KIOSK_SERVER__DATA": str(places.data),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class Server:
    """The clinic's server: a unit of this machine, or below another root a process for a moment."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; a unit counts as started when it answered."""
        if self.places.is_this_machine:
            run("systemctl", "start", "kiosk-server")
            return
        words = [str(python(self.places)), "-m", "kiosk", "serve"]
        environment = {**os.environ, **surroundings(self.places)}
        self.process = subprocess.Popen(  # noqa: S603
            words,
            cwd=self.places.current,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.places.is_this_machine:
            if (self.places.units / "kiosk-server.service").exists():
                run("systemctl", "stop", "kiosk-server")
        elif self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def settle(self) -> None:
        """Below another root nothing goes on running."""
        if not self.places.is_this_machine:
            self.stop()

    def wait(self) -> None:
        """Wait until it answers as it should. Raises InstallError."""
        until = time.monotonic() + ANSWER_WITHIN_S
        while time.monotonic() < until:
            if self.process is not None and self.process.poll() is not None:
                raise InstallError(f"The server ended with {self.process.returncode}.")
            if self.answers():
                return
            time.sleep(0.25)
        raise InstallError(f"The server does not answer within {ANSWER_WITHIN_S} s.")

    def answers(self) -> bool:
        """Whether it can read the records."""
        server = tomllib.loads(self.places.config.read_text()).get("server", {})
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{server.get('port', 8000)}/healthz", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
