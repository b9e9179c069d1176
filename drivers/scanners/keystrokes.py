"""Keys pressed and released -> the characters that a scanner meant. Pure: standard library only.

A scanner in keyboard mode types. Which key types what is decided by the country that the *scanner* is set
to, not by this machine's layout. Control characters come as Ctrl and a key (Ctrl+] is GS), or as Alt and a
number on the keypad. What cannot be understood is `Garbled`, never a guess.
"""

import unicodedata
from enum import IntEnum

from drivers.scanners.layouts import KEYPAD_DIGITS, Layout


class Garbled(Exception):
    """This key means no character: the whole scan is worthless."""


class Key(IntEnum):
    """The keys that change what others mean (`input-event-codes.h`)."""

    LEFT_CTRL = 29
    LEFT_SHIFT = 42
    RIGHT_SHIFT = 54
    LEFT_ALT = 56
    CAPS_LOCK = 58
    NUM_LOCK = 69
    SCROLL_LOCK = 70
    RIGHT_CTRL = 97
    RIGHT_ALT = 100


_SHIFTS = frozenset({Key.LEFT_SHIFT, Key.RIGHT_SHIFT})
_CTRLS = frozenset({Key.LEFT_CTRL, Key.RIGHT_CTRL})
_ALTS = frozenset({Key.LEFT_ALT, Key.RIGHT_ALT})
_MODIFIERS = frozenset({*Key})
# ESC FS GS RS US and NUL have no letter. Scanners press the key that carries [ \ ] ^ _ @, or the key that
# does on an American keyboard, or 6 and - ("Control+X mode" in Honeywell's manuals).
_CONTROLS = {chr(0x40 + n): chr(n) for n in range(32)} | {"?": "\x7f"}
_CONTROL_POSITIONS = {26: "\x1b", 43: "\x1c", 86: "\x1c", 27: "\x1d", 7: "\x1e", 3: "\x00"}
_CONTROL_SIGNS = {"-": "\x1f", "/": "\x1f", "=": "\x1f", "\r": "\n", " ": "\x00"}
LONGEST_NUMBER = 5
SPACING = {"\u0302": "^", "\u0301": "´", "\u0300": "`", "\u0308": "¨", "\u0303": "~"}


class Keystrokes:
    """Feed it every key of one scanner in order; it says what was typed."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.reset()

    def reset(self) -> None:
        """A scanner that is silent holds nothing: whatever was missed is forgotten here."""
        self._held: set[int] = set()
        self._caps = False
        self._number = ""
        self._accent = ""

    @property
    def is_unfinished(self) -> bool:
        """A dead key without its letter, or a number whose Alt is still down: something is missing."""
        return bool(self._accent or self._number)

    def press(self, code: int) -> str:
        if code in _MODIFIERS:
            self._held.add(code)
            self._caps ^= code == Key.CAPS_LOCK
            if code in _ALTS:
                self._number = ""
            return ""
        if self._types_a_number() and code in KEYPAD_DIGITS:
            self._number += KEYPAD_DIGITS[code]
            if len(self._number) > LONGEST_NUMBER:
                raise Garbled("a number without end")
            return ""
        return self._accented(self._character(code))

    def release(self, code: int) -> str:
        self._held.discard(code)
        if code not in _ALTS or not self._number:
            return ""
        number, self._number = self._number, ""
        return self._accented(numbered(number, self.layout.oem))

    def _types_a_number(self) -> bool:
        return bool(self._held & _ALTS) and not self._is_altgr()

    def _is_altgr(self) -> bool:
        by_key = Key.RIGHT_ALT in self._held and bool(self.layout.altgr)
        return by_key or (Key.LEFT_ALT in self._held and bool(self._held & _CTRLS))

    def _character(self, code: int) -> str:
        if self._is_altgr():
            char = self.layout.altgr.get(code)
        elif self._held & _ALTS:
            char = None
        elif self._held & _CTRLS:
            char = control(self.layout, code, shift=bool(self._held & _SHIFTS))
        else:
            char = self._printed(code)
        if char is None:
            raise Garbled(f"key {code}")
        return char

    def _printed(self, code: int) -> str | None:
        plain, shift = self.layout.plain.get(code), self.layout.shift.get(code)
        has_case = plain is not None and plain != shift and plain.upper() == shift
        return shift if bool(self._held & _SHIFTS) != (self._caps and has_case) else plain

    def _accented(self, char: str) -> str:
        accent, self._accent = self._accent, ""
        if not accent and char in SPACING:
            self._accent = char
            return ""
        if not accent:
            return char
        if char == " ":
            return SPACING[accent]
        whole = unicodedata.normalize("NFC", char + accent)
        return whole if len(whole) == 1 else SPACING[accent] + SPACING.get(char, char)


def control(layout: Layout, code: int, *, shift: bool = False) -> str | None:
    """What Ctrl and this key mean: by the letter on it, by its other signs, or by where it is."""
    sign = (layout.shift if shift else layout.plain).get(code, "")
    if "A" <= sign.upper() <= "Z":
        return _CONTROLS.get(sign.upper())
    return (
        _CONTROLS.get(layout.altgr.get(code, ""))
        or _CONTROLS.get(sign)
        or _CONTROL_POSITIONS.get(code)
        or _CONTROL_SIGNS.get(layout.plain.get(code, ""))
    )


def numbered(digits: str, oem: str) -> str:
    """The character of Alt and a number: four digits count in Windows-1252, three in the old code page."""
    value = int(digits) % 256
    if value < 128:
        return chr(value)
    try:
        return bytes([value]).decode("cp1252" if len(digits) > 3 else oem)
    except UnicodeDecodeError as problem:
        raise Garbled(f"Alt+{digits}") from problem
