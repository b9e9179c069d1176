"""Questions to an ESC/POS printer and what it says, asked or not.

Answers to real-time questions carry no number, so only one is ever open; what comes unasked (Automatic
Status Back) and what is noise is told apart by `status.Answers`.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from drivers.base import Cause, TimedOut
from drivers.printers import status as escpos
from drivers.printers.transports import Transport


class Conversation:
    """From one opening of the line to its closing."""

    def __init__(self, name: str, transport: Transport, answer_s: float, clock: Callable[[], float]) -> None:
        self._name, self._transport, self._answer_s, self._clock = name, transport, answer_s, clock
        self._answers = escpos.Answers()
        self._pending: int | None = None
        self._said: dict[int, int] = {}
        self._automatic = escpos.Status()
        self._number = b""
        self._proved = False

    def ask(self) -> escpos.Status:
        """The four real-time questions; raises TimedOut when the printer stays silent."""
        if self._pending is not None:
            self._await_answer()
        for n, question in escpos.REAL_TIME.items():
            self._transport.write(question, self._answer_s)
            self._pending = n
            self._await_answer()
        return escpos.from_real_time(self._said)

    def question(self, *, by_number: bool) -> bytes:
        """The question whose answer proves what was sent before it; the answer to an earlier one does not
        count.
        """
        self._proved = False
        if by_number:
            self._number = bytes(random.choices(range(32, 127), k=4))
            return escpos.ask_process(self._number)
        self._answers.paper_expected = True
        return escpos.ASK_PAPER

    def is_proved(self) -> bool:
        return self._proved

    def forget_status(self) -> None:
        """What it said about itself before a ticket is no news after it."""
        self._automatic = escpos.Status()

    def stopped(self) -> Cause | None:
        """Why it stopped, if it said so unasked."""
        return self._automatic.blocking

    def is_resting(self) -> bool:
        """It said unasked that its head must cool."""
        return self._automatic.resting

    def hear_until(self, heard: Callable[[], bool], within_s: float) -> bool:
        """Listen until `heard`, at most so long; what has arrived already is heard in any case."""
        deadline = self._clock() + within_s
        while True:
            self._hear(self._transport.read(max(0.0, deadline - self._clock())))
            if heard() or self._clock() >= deadline:
                return heard()

    def _await_answer(self) -> None:
        if not self.hear_until(lambda: self._pending is None, self._answer_s):
            raise TimedOut(f"{self._name} does not answer")

    def _hear(self, data: bytes) -> None:
        for answer in self._answers.feed(data):
            match answer:
                case escpos.RealTime(byte) if self._pending is not None:
                    self._said[self._pending], self._pending = byte, None
                case escpos.AutomaticStatus(four):
                    self._automatic = escpos.from_automatic(four)
                case escpos.PaperAnswer() as paper if paper.paper_out:
                    # Epsons keep silent then; who says it has no paper has not printed all.
                    self._automatic = replace(self._automatic, paper_out=True)
                case escpos.PaperAnswer() if not self._number:
                    self._proved = True
                case escpos.ProcessAnswer(number) if number == self._number:
                    self._proved = True
