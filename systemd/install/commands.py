"""Running other programs: what is done is shown, and what fails ends the installation in one sentence."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class InstallError(Exception):
    """It cannot go on; says why, and what to do."""


def run(
    *command: object, cwd: Path | None = None, more: Mapping[str, str] | None = None, said: str = ""
) -> str:
    """Run a program; return what it printed. Raises InstallError with its last words."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(  # noqa: S603
            words, cwd=cwd, env={**os.environ, **(more or {})}, input=said or None, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise InstallError(f"There is no program {words[0]!r} here.") from None
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise InstallError(f"`{' '.join(words)}` ended with {done.returncode}:\n{tail}")
    return done.stdout


def say(sentence: str, items: Sequence[str] = ()) -> None:
    """Tell the person what is done."""
    print(sentence, flush=True)
    for item in items:
        print(f"  {item}", flush=True)
