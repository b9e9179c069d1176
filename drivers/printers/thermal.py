"""An ESC/POS ticket printer: asks before it prints, and asks again whether it did.

It never sends a ticket twice. When the line breaks after the first byte nobody can know what came out, and
that is what it says (`printed="maybe"`); what to do about it is decided by people, on the server's side.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from drivers import receipt
from drivers.base import Cause, Confirmation, DeviceError, Printed, TimedOut
from drivers.printers.conversation import Conversation
from drivers.printers.encoder import Encoder
from drivers.printers.pictures import LONGEST_HEAD
from drivers.printers.status import REPORT_CHANGES
from drivers.printers.transports import CHUNK, Transport

log = logging.getLogger(__name__)


_STUCK_S = 3.0
_SLOWEST_BYTES_S = 960


class Proof(StrEnum):
    """How a printer shows that a ticket is done: `GS r 1`, `GS ( H` with our number, or not at all."""

    PAPER = "paper"
    PROCESS = "process"
    NONE = "none"


class ThermalPrinter:
    """One printer behind one transport. `talks=False` is for printers that answer nothing at all; `delivered`
    is told the bytes of each ticket that the printer took.
    """

    def __init__(
        self,
        name: str,
        transport: Transport,
        encoder: Encoder,
        *,
        proof: Proof = Proof.PAPER,
        talks: bool = True,
        answer_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        delivered: Callable[[bytes], None] = lambda ticket: None,
    ) -> None:
        self.name = name
        self._transport = transport
        self._encoder = encoder
        self._proof = proof if talks else Proof.NONE
        self._talks = talks
        self._answer_s = answer_s
        self._clock = clock
        self._delivered = delivered
        # What an earlier run of this program may have left half sent is finished first.
        self._before = encoder.recovery
        self._proves: bool | None = None
        self._greeted = False
        self._talk = Conversation(name, transport, answer_s, clock)

    def open(self) -> None:
        # Loading fonts and the printer database takes half a second, which no patient should wait for.
        self._encoder.warm()
        self._proves = False if self._proof is Proof.NONE else None
        self._talk = Conversation(self.name, self._transport, self._answer_s, self._clock)
        self._greeted = False
        self._transport.open()

    def close(self) -> None:
        self._transport.close()

    def status(self) -> Cause | None:
        if not self._talks:
            self._transport.read(0)
            return self._transport.cause()
        try:
            self._greet()
            return self._talk.ask().cause
        except TimedOut:
            # Stuck as it is, its plug may still tell that it has no paper.
            if (cause := self._transport.cause()) is None:
                raise
            return cause

    def _greet(self) -> None:
        """A command that was cut in its head would take the next question for its measures, and swallow whole
        tickets.
        """
        if not self._greeted:
            self._transport.write(bytes(LONGEST_HEAD), self._answer_s)
            self._greeted = True

    def print(
        self, document: Mapping[str, Any], on_sending: Callable[[], None], within_s: float
    ) -> Confirmation:
        deadline = self._clock() + within_s
        parts = self._encode(document)
        try:
            self._prepare(deadline)
        except DeviceError as problem:
            # Whatever left until now was no byte of this ticket.
            problem.printed = Printed.NO
            raise
        on_sending()
        try:
            confirmation = self._deliver(parts, deadline)
        except DeviceError as problem:
            if problem.printed is Printed.MAYBE:
                self._before = self._encoder.cut_off()
            raise
        self._delivered(b"".join(parts))
        return confirmation

    def _encode(self, document: Mapping[str, Any]) -> list[bytes]:
        try:
            operations = receipt.layout(document, self._encoder.paper)
            return self._encoder.parts(operations, REPORT_CHANGES if self._talks else b"")
        except ValueError as problem:
            raise DeviceError(f"This ticket cannot be printed: {problem}", permanent=True) from problem

    def _prepare(self, deadline: float) -> None:
        """It can print, what an earlier ticket left is out of the way, and whether it proves is known."""
        cause = self.status()
        if cause not in (None, Cause.PAPER_LOW):
            raise DeviceError(f"{self.name} cannot print: {cause}", cause=cause)
        if self._before:
            self._transport.write(self._before, deadline - self._clock())
        if self._before or self._proves is None:
            self._rehearse(deadline)
        self._before = b""

    def _rehearse(self, deadline: float) -> None:
        """Ask for the proof once without a ticket: who does not answer now cannot be believed later."""
        if self._proof is Proof.NONE:
            return
        self._transport.write(self._talk.question(by_number=self._by_number), deadline - self._clock())
        patience = 3 * self._answer_s + len(self._before) / _SLOWEST_BYTES_S
        self._proves = self._talk.hear_until(self._talk.is_proved, patience)
        if self._proves and self._before:
            # Answers that belong to an earlier ticket may still be on their way.
            self._talk.hear_until(lambda: False, self._answer_s / 4)
        if not self._proves:
            self._talk.ask()
            log.warning("%s does not confirm: its tickets are sent, and nobody knows more", self.name)

    @property
    def _by_number(self) -> bool:
        return self._proof is Proof.PROCESS

    def _deliver(self, parts: list[bytes], deadline: float) -> Confirmation:
        """In one go; but on a line that stays when the printer is switched off and on again, part by part,
        each proved before the next: a printer that comes back has forgotten what it was given, and would
        answer for the rest as if it had printed all.
        """
        self._talk.forget_status()
        *firsts, last = parts if self._proves and self._stays else [b"".join(parts)]
        begun = False
        try:
            for part in firsts:
                self._hand_over(part, deadline)
                begun = True
                self._wait_for_proof(deadline, self._patience(len(part)))
            self._hand_over(last, deadline)
            begun = True
            # The last part is the cut: all before it is on paper, however long this takes.
            return self._wait_for_proof(deadline) if self._proves else self._watch_a_moment()
        except DeviceError as problem:
            if begun:
                problem.printed = Printed.MAYBE
            raise

    def _hand_over(self, part: bytes, deadline: float) -> None:
        question = self._talk.question(by_number=self._by_number) if self._proves else b""
        left = max(0.0, deadline - self._clock())
        self._transport.write(part + question, left, self._stalled if self._talks else None)

    @property
    def _stays(self) -> bool:
        return self._transport.under_way_s(0) is not None

    def _patience(self, size: int) -> float:
        """For how long a printer with so much to print may be silent without having been off."""
        under_way = self._transport.under_way_s(size)
        return _STUCK_S if under_way is None else under_way + self._answer_s

    def _stalled(self, seconds: float) -> None:
        """The line is full. A printer that stopped has said why; one that is silent for long was perhaps off
        meanwhile, and the rest of a ticket on a printer that has forgotten its beginning would be rubbish.
        """
        self._talk.hear_until(lambda: False, 0)
        if cause := self._talk.stopped() or self._transport.cause():
            raise DeviceError(f"{self.name} stopped: {cause}", cause=cause)
        if seconds >= self._patience(CHUNK) and not self._talk.is_resting():
            raise TimedOut(f"{self.name} takes nothing more")

    def _wait_for_proof(self, deadline: float, patience: float | None = None) -> Confirmation:
        """Wait for the answer queued behind what was sent, and look meanwhile whether the printer stopped."""
        talk, until = self._talk, deadline
        if patience is not None:
            until = min(deadline, self._clock() + patience)
        while (left := until - self._clock()) > 0:
            talk.hear_until(lambda: talk.is_proved() or bool(talk.stopped()), min(left, self._answer_s))
            if talk.is_proved():
                return Confirmation.PRINTED
            self._complain_if_stopped()
            if patience is not None and talk.is_resting():
                until = min(deadline, self._clock() + patience)
        raise TimedOut(f"{self.name} took the ticket and did not confirm it")

    def _watch_a_moment(self) -> Confirmation:
        """A printer that proves nothing is at least asked whether it stopped."""
        if self._talks:
            self._talk.hear_until(lambda: bool(self._talk.stopped()), self._answer_s)
        self._complain_if_stopped()
        return Confirmation.SENT

    def _complain_if_stopped(self) -> None:
        cause = self._talk.stopped()
        if cause is None and self._talks:
            # Silence is no complaint here: a printer that is busy may not even take the question.
            with suppress(TimedOut):
                cause = self._talk.ask().blocking
        if cause := cause or self._transport.cause():
            raise DeviceError(f"{self.name} stopped: {cause}", cause=cause)
