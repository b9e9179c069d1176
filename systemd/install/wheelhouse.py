"""Every Python package of the lock file as a wheel for this platform, for a computer without a network."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from .commands import run, say
from .release import INTERPRETER, SOURCE


def make(folder: Path) -> None:
    """Fill `folder`: for computers like this one."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = SOURCE / "requirements.lock"
    with tempfile.TemporaryDirectory() as scratch:
        run(INTERPRETER, "-m", "venv", scratch)
        run(
            Path(scratch) / "bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--require-hashes", "--only-binary", ":all:", "--dest", folder, "-r", lock,
        )  # fmt: skip
    shutil.copy2(lock, folder)
    wheels = sorted(folder.glob("*.whl"))
    sums = (f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n" for wheel in wheels)
    (folder / "SHA256SUMS").write_text("".join(sums))
    say(f"{len(wheels)} wheels are in {folder}, for {run(INTERPRETER, '--version').strip()}.")
