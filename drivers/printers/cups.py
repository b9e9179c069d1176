"""A queue of CUPS, where a printer is shared and cannot be had alone.

CUPS says "completed" when it has handed the bytes over, keeps a job for hours when the printer is away, and
begins it again from the first byte. So a ticket is `sent` here, never `printed`; it goes raw, and not into a
queue that still holds an earlier job: a ticket that comes out tomorrow would be worse than none.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

from drivers import receipt
from drivers.base import Cause, Confirmation, DeviceError, Printed, TimedOut, Unreachable
from drivers.printers.encoder import Encoder


class CupsPrinter:
    """One queue, by the programs `lpstat` and `lp` (Debian: cups-client)."""

    def __init__(
        self,
        name: str,
        queue: str,
        encoder: Encoder,
        *,
        answer_s: float = 3.0,
        delivered: Callable[[bytes], None] = lambda ticket: None,
    ) -> None:
        self.name, self._queue, self._encoder, self._answer_s = name, queue, encoder, answer_s
        self._delivered = delivered

    def open(self) -> None:
        self._encoder.warm()
        self.status()

    def close(self) -> None:
        """Nothing is held open."""

    def status(self) -> Cause | None:
        """Raises Unreachable when there is no such queue, or no CUPS."""
        said = self._run(["lpstat", "-p", self._queue]).stdout.decode(errors="replace")
        if not said.startswith("printer "):
            raise Unreachable(f"CUPS has no queue {self._queue}")
        waiting = self._run(["lpstat", "-o", self._queue]).stdout.strip()
        return Cause.OFFLINE if " disabled since" in said or waiting else None

    def print(
        self, document: Mapping[str, Any], on_sending: Callable[[], None], within_s: float
    ) -> Confirmation:
        deadline = time.monotonic() + within_s
        try:
            ticket = self._encoder.encode(receipt.layout(document, self._encoder.paper))
        except ValueError as problem:
            raise DeviceError(f"This ticket cannot be printed: {problem}", permanent=True) from problem
        if (cause := self.status()) is not None:
            raise DeviceError(f"{self.name} cannot print: {cause}", cause=cause)
        on_sending()
        command = ["lp", "-d", self._queue, "-o", "raw", "-s", "-t", "ticket"]
        try:
            done = self._run(command, ticket, max(0.1, deadline - time.monotonic()))
        except TimedOut as problem:
            problem.printed = Printed.MAYBE
            raise
        if done.returncode != 0:
            # `lp` makes a job only of what it has read to the end.
            raise DeviceError(f"{self.name}: lp: {done.stderr.decode(errors='replace').strip()[:200]}")
        self._delivered(ticket)
        return Confirmation.SENT

    def _run(
        self, command: list[str], data: bytes = b"", within_s: float = 0
    ) -> subprocess.CompletedProcess[bytes]:
        english = os.environ | {"LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603
                command,
                input=data,
                capture_output=True,
                timeout=within_s or self._answer_s,
                env=english,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise TimedOut(f"{command[0]} took too long") from problem
        except OSError as problem:
            raise Unreachable(f"{command[0]}: {problem.strerror}") from problem
