"""An ESC/POS ticket printer: asks before it prints, and asks again whether it did.

It never sends a ticket twice. When the line breaks after the first byte nobody can know what came out, and
that is what it says (`printed="maybe"`); what to do about it is decided by people, on the server's side.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from drivers import receipt
from drivers.base import Cause, Confirmation, DeviceError, Printed, TimedOut
from drivers.printers import status as escpos
from drivers.printers.encoder import Encoder
from drivers.printers.transports import Transport


class Proof(StrEnum):
    """How a printer shows that a ticket is done: `GS r 1`, `GS ( H` with our number, or not at all."""

    PAPER = "paper"
    PROCESS = "process"
    NONE = "none"


class ThermalPrinter:
    """One printer behind one transport. `talks=False` is for printers that answer nothing at all."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        encoder: Encoder,
        *,
        proof: Proof = Proof.PAPER,
        talks: bool = True,
        answer_s: float = 1.0,
    ) -> None:
        self.name = name
        self._transport = transport
        self._encoder = encoder
        self._proof = proof if talks else Proof.NONE
        self._talks = talks
        self._answer_s = answer_s
        self._unsettled = False
        self._forget()

    def open(self) -> None:
        # Loading fonts and the printer database takes half a second, which no patient should wait for.
        self._forget()
        self._encoder.warm()
        self._transport.open()

    def close(self) -> None:
        self._transport.close()

    def status(self) -> Cause | None:
        if not self._talks:
            self._transport.read(0)
            return None
        return self._ask().cause

    def print(
        self, document: Mapping[str, Any], on_sending: Callable[[], None], within_s: float
    ) -> Confirmation:
        deadline = time.monotonic() + within_s
        ticket = self._encode(document)
        cause = self.status()
        if cause not in (None, Cause.PAPER_LOW):
            raise DeviceError(f"{self.name} cannot print: {cause}", cause=cause)
        self._settle(deadline)
        on_sending()
        self._automatic = escpos.Status()
        number = bytes(random.choices(range(32, 127), k=4))
        self._send(ticket + self._question(number), deadline)
        return self._proved(number, deadline)

    def _forget(self) -> None:
        self._answers = escpos.Answers()
        self._pending: int | None = None
        self._said: dict[int, int] = {}
        self._automatic = escpos.Status()
        self._papers = 0
        self._processes: set[bytes] = set()

    def _encode(self, document: Mapping[str, Any]) -> bytes:
        try:
            operations = receipt.layout(document, self._encoder.paper)
            return self._encoder.encode(operations, escpos.REPORT_CHANGES if self._talks else b"")
        except ValueError as problem:
            raise DeviceError(f"This ticket cannot be printed: {problem}", permanent=True) from problem

    def _settle(self, deadline: float) -> None:
        """After a failure: end the half ticket, and let the answers that still belong to it pass by."""
        if not self._unsettled:
            return
        question = escpos.ASK_PAPER if self._proof is Proof.PAPER else b""
        self._listen_for_paper()
        self._transport.write(self._encoder.cut_off() + question, deadline - time.monotonic())
        if question:
            self._listen_until(lambda: self._papers > 0, 3 * self._answer_s)
            self._listen_until(lambda: False, self._answer_s / 4)
        self._unsettled = False

    def _send(self, data: bytes, deadline: float) -> None:
        try:
            self._transport.write(data, max(0.0, deadline - time.monotonic()))
        except DeviceError as problem:
            self._unsettled = problem.printed is Printed.MAYBE
            self._hear(b"")
            # A stopped printer lets its line fill up: why it stopped is worth more than "too slow".
            problem.cause = _blocking(self._automatic) or problem.cause
            raise

    def _question(self, number: bytes) -> bytes:
        match self._proof:
            case Proof.PAPER:
                self._listen_for_paper()
                return escpos.ASK_PAPER
            case Proof.PROCESS:
                return escpos.ask_process(number)
            case Proof.NONE:
                return b""

    def _proved(self, number: bytes, deadline: float) -> Confirmation:
        """Wait for the answer queued behind the ticket, and look meanwhile whether the printer stopped."""
        if self._proof is Proof.NONE:
            return Confirmation.SENT
        self._unsettled = True
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._listen_until(
                    lambda: self._is_proved(number) or self._stopped(), min(left, self._answer_s)
                )
                if self._is_proved(number):
                    self._unsettled = False
                    return Confirmation.PRINTED
                self._complain_if_stopped()
        except DeviceError as problem:
            problem.printed = Printed.MAYBE
            raise
        if self._pending is not None:
            raise TimedOut(f"{self.name} took the ticket and fell silent", printed=Printed.MAYBE)
        self._unsettled = False
        return Confirmation.SENT

    def _is_proved(self, number: bytes) -> bool:
        return self._papers > 0 or number in self._processes

    def _stopped(self) -> bool:
        return _blocking(self._automatic) is not None

    def _complain_if_stopped(self) -> None:
        cause = _blocking(self._automatic)
        if cause is None:
            # Silence is no complaint here: a printer that is busy may not even take the question.
            with suppress(TimedOut):
                cause = _blocking(self._ask())
        if cause is not None:
            raise DeviceError(f"{self.name} stopped: {cause}", cause=cause)

    def _ask(self) -> escpos.Status:
        """The four real-time questions. Answers carry no number, so only one is ever open."""
        if self._pending is not None:
            self._await_answer()
        for n, question in escpos.REAL_TIME.items():
            self._transport.write(question, self._answer_s)
            self._pending = n
            self._await_answer()
        return escpos.from_real_time(self._said)

    def _await_answer(self) -> None:
        self._listen_until(lambda: self._pending is None, self._answer_s)
        if self._pending is not None:
            raise TimedOut(f"{self.name} does not answer")

    def _listen_for_paper(self) -> None:
        self._papers, self._answers.paper_expected = 0, True

    def _listen_until(self, heard: Callable[[], bool], within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not heard() and (left := deadline - time.monotonic()) > 0:
            self._hear(self._transport.read(left))

    def _hear(self, data: bytes) -> None:
        for answer in self._answers.feed(data):
            match answer:
                case escpos.RealTime(byte) if self._pending is not None:
                    self._said[self._pending], self._pending = byte, None
                case escpos.AutomaticStatus(four):
                    self._automatic = escpos.from_automatic(four)
                case escpos.PaperAnswer():
                    self._papers += 1
                case escpos.ProcessAnswer(number):
                    self._processes = {number}


def _blocking(status: escpos.Status) -> Cause | None:
    return None if status.cause is Cause.PAPER_LOW else status.cause
