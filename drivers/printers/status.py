"""What an ESC/POS printer says about itself. Pure: standard library only.

Printers answer with single bytes told apart only by fixed bits, and send Automatic Status Back without
being asked (a DIP switch turns it on), so every byte is checked before it is believed.

    DLE EOT n   x & 0x93 == 0x12                     real time, even when the printer is offline
    ASB         x & 0x93 == 0x10, then three with & 0x90 == 0
    GS r 1      x & 0xf0 == 0                        in print order: what came before it was processed
    GS ( H      37 22 d1 d2 d3 d4 00                 in print order, with our own number
"""

from dataclasses import dataclass

from drivers.base import Cause

REAL_TIME = {n: b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4)}
ASK_PAPER = b"\x1dr\x01"
REPORT_CHANGES = b"\x1da\xff"
_PROCESS_HEAD = b"\x37\x22"


def ask_process(number: bytes) -> bytes:
    """`GS ( H`: answer with this four-byte number (each 32..126) once all before it is on paper."""
    return b"\x1d(H\x06\x00\x30\x30" + number


@dataclass(frozen=True, slots=True)
class RealTime:
    byte: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    data: bytes


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    byte: int

    @property
    def paper_out(self) -> bool:
        return bool(self.byte & 0x0C)


@dataclass(frozen=True, slots=True)
class ProcessAnswer:
    number: bytes


Answer = RealTime | AutomaticStatus | PaperAnswer | ProcessAnswer


@dataclass(frozen=True, slots=True)
class Status:
    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_low: bool = False
    cutter: bool = False
    error: bool = False
    resting: bool = False
    """Too hot to print: it goes on by itself."""

    @property
    def cause(self) -> Cause | None:
        """The first thing that a person should look at, or None."""
        order = (
            (self.paper_out, Cause.PAPER_OUT),
            (self.cover_open, Cause.COVER_OPEN),
            (self.cutter, Cause.CUTTER),
            (self.error or self.resting, Cause.ERROR),
            (self.offline, Cause.OFFLINE),
            (self.paper_low, Cause.PAPER_LOW),
        )
        return next((cause for said, cause in order if said), None)

    @property
    def blocking(self) -> Cause | None:
        """Why a ticket that was begun will not be finished without a person."""
        passing = self.resting and not (self.paper_out or self.cover_open or self.cutter or self.error)
        return None if passing or self.cause is Cause.PAPER_LOW else self.cause


def from_real_time(answers: dict[int, int]) -> Status:
    """The four DLE EOT answers, as many as came."""
    one, two, three, four = (answers.get(n, 0) for n in (1, 2, 3, 4))
    return Status(
        offline=bool(one & 0x08),
        cover_open=bool(two & 0x04),
        paper_out=bool(two & 0x20 or four & 0x60),
        paper_low=bool(four & 0x0C),
        cutter=bool(three & 0x08),
        error=bool(three & 0x20),
        resting=bool(three & 0x40),
    )


def from_automatic(data: bytes) -> Status:
    first, second, third, _ = data
    return Status(
        offline=bool(first & 0x08),
        cover_open=bool(first & 0x20),
        paper_out=bool(third & 0x0C),
        paper_low=bool(third & 0x03),
        cutter=bool(second & 0x08),
        error=bool(second & 0x20),
        resting=bool(second & 0x40),
    )


class Answers:
    """Sorts a printer's bytes into answers. `paper_expected` is set while a `GS r` is outstanding: at any
    other time noise would look like its answer.
    """

    def __init__(self) -> None:
        self.paper_expected = False
        self._asb = b""
        self._process = b""

    def feed(self, data: bytes) -> list[Answer]:
        found = (self._byte(byte) for byte in data)
        return [answer for answer in found if answer is not None]

    def _byte(self, byte: int) -> Answer | None:
        if self._process:
            return self._in_process(byte)
        if byte & 0x93 == 0x12:
            return RealTime(byte)
        if self._asb:
            return self._in_asb(byte)
        return self._start(byte)

    def _start(self, byte: int) -> Answer | None:
        if byte == _PROCESS_HEAD[0]:
            self._process = bytes([byte])
        elif byte & 0x93 == 0x10:
            self._asb = bytes([byte])
        elif self.paper_expected and byte & 0xF0 == 0:
            self.paper_expected = False
            return PaperAnswer(byte)
        return None

    def _in_process(self, byte: int) -> Answer | None:
        self._process += bytes([byte])
        if not self._process.startswith(_PROCESS_HEAD[: len(self._process)]):
            self._process = b""
            return self._byte(byte)
        if len(self._process) < 7:
            return None
        number, self._process = self._process[2:6], b""
        return ProcessAnswer(number) if byte == 0 else None

    def _in_asb(self, byte: int) -> Answer | None:
        if byte & 0x90:
            self._asb = b""
            return self._start(byte)
        self._asb += bytes([byte])
        if len(self._asb) < 4:
            return None
        data, self._asb = self._asb, b""
        return AutomaticStatus(data)
