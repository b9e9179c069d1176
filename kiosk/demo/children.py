"""The demo's child processes: started, watched, started again when they die, stopped within seconds."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN_S = 4.0
QUICK_DEATH_S = 5.0
MOST_QUICK_DEATHS = 3
LAST_LINES = 12


class Hopeless(Exception):
    """A part of the demo does not stay up."""


@dataclass
class Child:
    """`python <arguments>`, with its output in `log`."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches only us, and we stop it in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def ended(self) -> bool:
        """Tell whether it died by itself."""
        return self.process is not None and self.process.poll() is not None

    def watch(self) -> str | None:
        """Start it again if it died; return what to tell. Raises Hopeless when it dies again and again."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        quick = time.monotonic() - self.started < QUICK_DEATH_S
        self.quick_deaths = self.quick_deaths + 1 if quick else 1
        if self.quick_deaths >= MOST_QUICK_DEATHS:
            raise Hopeless(
                f"The {self.name} ends again and again (code {code}). It said last:\n{self.said()}"
            )
        self.start()
        return f"The {self.name} ended (code {code}) and was started again. What it said: {self.log}"

    def said(self) -> str:
        """The last lines of its log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, in the given order; kill what does not."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_S
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
