"""Releases lie side by side in /opt/kiosk/releases; the link `current` says which one runs."""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .commands import InstallError, run, say
from .places import Places

SOURCE = Path(__file__).resolve().parents[2]
TREE = (
    "kiosk",
    "display",
    "drivers",
    "static",
    "systemd",
    "docs",
    "requirements.lock",
    "pyproject.toml",
    "README.md",
)
"""What runs, and what is read by those who look after it."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
WHOLE = ".whole"
"""Written last: a release without it was interrupted, and is made again."""
KEPT = 3
DEBIANS = Path("/usr/bin/python3")
INTERPRETER = str(DEBIANS) if DEBIANS.exists() else sys.executable
"""One for the wheels and the environment: a package may be needed by one Python and not by the next."""
OLDEST_PYTHON = (3, 11)


def make(places: Places, wheelhouse: Path | None) -> Path:
    """Make the release of this source tree, unless it is there; return its folder."""
    if sys.version_info < OLDEST_PYTHON:
        raise InstallError(
            f"Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer is needed (Debian 12 has it)."
        )
    folder = places.home / "releases" / f"{version()}-{digest()}"
    if (folder / WHOLE).exists():
        say(f"The release {folder.name} is there already.")
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    say(f"Making the release {folder.name} ...")
    folder.mkdir(parents=True, mode=0o755)
    for name in TREE:
        source = SOURCE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, folder / name)
    packages(folder, wheelhouse)
    run("chmod", "-R", "u=rwX,go=rX", folder)
    (folder / WHOLE).touch()
    return folder


def packages(folder: Path, wheelhouse: Path | None) -> None:
    """Give the release a Python environment of its own, every package checked by its hash."""
    run(INTERPRETER, "-m", "venv", folder / ".venv")
    offline = ("--no-index", "--find-links", wheelhouse) if wheelhouse else ()
    try:
        run(
            python(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-cache-dir", "--require-hashes", *offline, "-r", folder / "requirements.lock",
        )  # fmt: skip
    except InstallError as error:
        cure = (
            "Gather the wheelhouse anew, from this source, on a computer of the same kind."
            if wheelhouse
            else "Is there a network here? Without one: `make wheelhouse` (docs/installation.md)."
        )
        raise InstallError(f"{error}\n{cure}") from None


def switch(places: Places, folder: Path) -> None:
    """Let another release run from the next start on; remember the one before."""
    if running := current(places):
        if running == folder:
            return
        link(places.previous, running)
    link(places.current, folder)


def link(name: Path, folder: Path) -> None:
    """Point a link elsewhere, in one step, and below any root."""
    new = name.with_name(name.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(os.path.relpath(folder, name.parent))
    new.replace(name)


def current(places: Places) -> Path | None:
    """The release that runs, if there is one."""
    return places.current.resolve() if places.current.exists() else None


def before(places: Places) -> Path:
    """Return the release that ran before. Raises InstallError."""
    if not places.previous.exists():
        raise InstallError("There is no release before this one.")
    return places.previous.resolve()


def forget_old(places: Places) -> None:
    """Keep the last few releases."""
    kept = {link.resolve() for link in (places.current, places.previous) if link.exists()}
    made = sorted(
        (places.home / "releases").iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True
    )
    for folder in made[KEPT:]:
        if folder not in kept:
            shutil.rmtree(folder)


def python(folder: Path) -> Path:
    """The release's own Python."""
    return folder / ".venv/bin/python"


def version() -> str:
    """The version of this source tree."""
    found = re.search(r'__version__ = "([^"]+)"', (SOURCE / "kiosk/__init__.py").read_text())
    return found[1] if found else "0"


def digest() -> str:
    """The same content is the same release."""
    hashed = hashlib.sha256()
    for path in sorted(files()):
        hashed.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()[:8]


def files() -> Iterator[Path]:
    """Every file of a release."""
    for name in TREE:
        top = SOURCE / name
        inside = [top] if top.is_file() else top.rglob("*")
        yield from (path for path in inside if path.is_file() and "__pycache__" not in path.parts)
