"""What a scanner sent -> payloads. Pure: standard library only, and the clock is passed in.

A scan ends where the line falls silent, because driving licences carry CR and LF *inside* (a CR-terminated
frame cuts one licence into four). A terminator, when the profile names one, ends a short scan at once and
is taken off; in a payload that starts like a licence, an ISO 15434 message, a magnetic stripe or the lines of
a passport it is data, and silence ends it too.
"""

import re
from dataclasses import dataclass

STX, ETX = b"\x02", b"\x03"
TERMINATORS = {"none": b"", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t"}

_AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
# `<` fills the lines of a passport (ICAO 9303); an American keyboard has `;` where a German one has it.
_MULTILINE = re.compile(rb"@|\[\)>|%|(?=[0-9A-Z]*[<;])[ACIPV][0-9A-Z<;]{29}")
_LONGEST_START = 3 + 30


@dataclass(frozen=True, slots=True)
class Profile:
    """How a scanner was set up to send."""

    idle_s: float = 0.1
    terminator: bytes = b""
    stx_etx: bool = False
    aim: bool = True
    cap: int = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole payload; empty when something came that could not be understood."""

    data: bytes
    symbology: str | None


class Framer:
    """Feed it what was read and tell it when the line was silent; it returns whole frames."""

    def __init__(self, profile: Profile | None = None) -> None:
        self.profile = profile or Profile()
        self.dropped = 0
        self._buffer = bytearray()
        self._last = 0.0
        self._spoilt = False

    @property
    def busy(self) -> bool:
        return bool(self._buffer) or self._spoilt

    def feed(self, data: bytes, at: float) -> list[Frame]:
        """These bytes were read at `at`. A scan of more than `cap` is one failed read."""
        self._last = at
        if self._spoilt:
            return []
        self._buffer += data
        frames = self._complete()
        if len(self._buffer) > self.profile.cap:
            self.spoil(at)
        return frames

    def spoil(self, at: float) -> None:
        """A part was lost: what came and what comes up to the next silence is one failed read."""
        self._last = at
        if not self._spoilt:
            self._drop()
            self._spoilt = True

    def idle(self, at: float) -> list[Frame]:
        """Up to `at` the line had nothing: whatever is pending ends when the silence is long enough. A clock
        that is read later than the line would cut a scan in two on a computer that is busy meanwhile.
        """
        if not self.busy or at - self._last < self.profile.idle_s:
            return []
        if self._spoilt:
            self._spoilt = False
            return [Frame(b"", None)]
        if self.profile.stx_etx:
            self._drop()
            return [Frame(b"", None)]
        rest = bytes(self._buffer)
        self._buffer.clear()
        return self._frames([rest.removesuffix(self.profile.terminator)])

    def _complete(self) -> list[Frame]:
        if self.profile.stx_etx:
            return self._frames(self._between_marks())
        terminator, done = self.profile.terminator, []
        while terminator and not self._is_multiline() and (end := self._buffer.find(terminator)) >= 0:
            done.append(bytes(self._buffer[:end]))
            del self._buffer[: end + len(terminator)]
        return self._frames(done)

    def _between_marks(self) -> list[bytes]:
        done: list[bytes] = []
        while True:
            start = self._buffer.find(STX)
            if start < 0:
                self._buffer.clear()
                return done
            del self._buffer[:start]
            end = self._buffer.find(ETX)
            if end < 0:
                return done
            done.append(bytes(self._buffer[1:end]).removesuffix(self.profile.terminator))
            del self._buffer[: end + 1]

    def _is_multiline(self) -> bool:
        head = bytes(self._buffer[:_LONGEST_START])
        if self.profile.aim and _AIM.match(head):
            head = head[3:]
        return _MULTILINE.match(head) is not None

    def _frames(self, payloads: list[bytes]) -> list[Frame]:
        found = [self._frame(payload) for payload in payloads]
        return [frame for frame in found if frame is not None]

    def _frame(self, payload: bytes) -> Frame | None:
        symbology = None
        if self.profile.aim and (aim := _AIM.match(payload)) and len(payload) > aim.end():
            symbology, payload = aim.group().decode("ascii"), payload[aim.end() :]
        if len(payload) > self.profile.cap:
            self.dropped += 1
            return Frame(b"", None)
        if not any(byte > 0x20 and byte != 0x7F for byte in payload):
            self.dropped += bool(payload)
            return None
        return Frame(payload, symbology)

    def _drop(self) -> None:
        self.dropped += 1
        self._buffer.clear()
