"""A virtual scanner in keyboard mode: what it is given to scan comes out as keys pressed and released."""

import queue
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from drivers.base import Unplugged
from drivers.scanners.input_event import EV_KEY, EV_SYN, PRESSED, RELEASED, SYN_DROPPED, Event
from drivers.scanners.keystrokes import SPACING, Key, control
from drivers.scanners.layouts import KEYPAD_DIGITS, LAYOUTS, Layout

_DIGIT_KEYS = {digit: code for code, digit in KEYPAD_DIGITS.items()}
_OWN_KEYS = {"\r": 28, "\t": 15, " ": 57}
_ACCENTS = {sign: accent for accent, sign in SPACING.items()}
_LOST: Event = (EV_SYN, SYN_DROPPED, 0)


class Way(StrEnum):
    """How a scanner is set to send: as keys, with Ctrl for control characters, or all as Alt and a number."""

    CTRL = "ctrl"
    ALT_3 = "alt_3"
    ALT_4 = "alt_4"


def typed(text: str, layout: Layout, way: Way = Way.CTRL) -> list[Event]:
    """The events of a scan; ValueError for what a scanner set like this cannot type."""
    return [event for char in text for chord in _chords(char, layout, way) for event in _events(chord)]


def _chords(char: str, layout: Layout, way: Way) -> list[tuple[int, ...]]:
    if char in _OWN_KEYS:
        return [(_OWN_KEYS[char],)]
    if way is not Way.CTRL:
        digits = _number(char, layout, way)
        return [(Key.LEFT_ALT, *(_DIGIT_KEYS[digit] for digit in digits))]
    chord = next(_ways_to(char, layout), None)
    if chord:
        return [chord]
    base, accent = (" ", _ACCENTS[char]) if char in _ACCENTS else _parts(char)
    return [_found(accent, layout), _found(base, layout)]


def _number(char: str, layout: Layout, way: Way) -> str:
    if char < "\x80":
        return f"{ord(char):03d}" if way is Way.ALT_3 else f"{ord(char):04d}"
    value = char.encode(layout.oem if way is Way.ALT_3 else "cp1252")[0]
    return f"{value:03d}" if way is Way.ALT_3 else f"{value:04d}"


def _ways_to(char: str, layout: Layout) -> Iterator[tuple[int, ...]]:
    for held, level in ((None, layout.plain), (Key.LEFT_SHIFT, layout.shift), (Key.RIGHT_ALT, layout.altgr)):
        for code, typed_char in level.items():
            if typed_char == char and code not in KEYPAD_DIGITS:
                yield (held, code) if held else (code,)
    if char < " " or char == "\x7f":
        for code in layout.plain:
            for shift in (False, True):
                if control(layout, code, shift=shift) == char:
                    yield (Key.LEFT_CTRL, *([Key.LEFT_SHIFT] if shift else []), code)


def _found(char: str, layout: Layout) -> tuple[int, ...]:
    chord = (_OWN_KEYS[char],) if char in _OWN_KEYS else next(_ways_to(char, layout), None)
    if chord is None:
        raise ValueError(f"no key types {char!r}")
    return chord


def _parts(char: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", char)
    if len(parts) != 2:
        raise ValueError(f"no key types {char!r}")
    return parts[0], parts[1]


def _events(chord: tuple[int, ...]) -> list[Event]:
    """Each key down in order, up in reverse; the digits of a number one after the other."""
    head, *rest = chord
    if head == Key.LEFT_ALT:
        digits = [event for code in rest for event in (*_down(code), *_up(code))]
        return [*_down(head), *digits, *_up(head)]
    return [event for code in chord for event in _down(code)] + [
        event for code in reversed(chord) for event in _up(code)
    ]


def _down(code: int) -> tuple[Event, Event]:
    return (EV_KEY, int(code), PRESSED), (EV_SYN, 0, 0)


def _up(code: int) -> tuple[Event, Event]:
    return (EV_KEY, int(code), RELEASED), (EV_SYN, 0, 0)


class VirtualKeyboard:
    """Both ends of the line: the driver opens and reads; `plug`, `write` and `unplug` are the scanner's."""

    def __init__(self, layout: str = "us", way: Way = Way.CTRL) -> None:
        self._layout, self._way = LAYOUTS[layout], way
        self._plugged = self._open = False
        self._sent: queue.Queue[list[Event] | None] = queue.Queue()

    def plug(self) -> "VirtualKeyboard":
        self._plugged = True
        return self

    def unplug(self) -> None:
        self._plugged = False
        self._sent.put(None)

    def write(self, payload: bytes) -> None:
        self._sent.put(typed(payload.decode(), self._layout, self._way))

    def lose(self) -> None:
        """As the kernel does when nobody reads for too long."""
        self._sent.put([_LOST, (EV_SYN, 0, 0)])

    def open(self) -> None:
        if not self._plugged:
            raise Unplugged
        self._sent, self._open = queue.Queue(), True

    def read(self, within_s: float) -> list[Event]:
        if not self._open:
            raise Unplugged
        try:
            events = self._sent.get(timeout=within_s)
        except queue.Empty:
            return []
        if events is None:
            raise Unplugged
        return events

    def close(self) -> None:
        self._open = False
