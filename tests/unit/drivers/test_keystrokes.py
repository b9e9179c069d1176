"""What a scanner that types means. The layouts are compared with those of libxkbcommon, which is not ours."""

import ctypes
import ctypes.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners.input_event import EV_KEY, PRESSED, Event
from drivers.scanners.keystrokes import SPACING, Garbled, Keystrokes
from drivers.scanners.layouts import LAYOUTS, POSITIONS
from drivers.simulated.keyboard import Way, typed

AAMVA = "@\n\x1e\rANSI 636014040002DL00410278ZC03190008DLDAQD12\nDCSMULLER-O'NEILL\nDBB08311977\rZCZCAY\n\r"
SHIFT, CTRL, ALT, ALTGR, CAPS, META = 42, 29, 56, 100, 58, 125
# Where Windows and X differ about a country's keyboard. Scanners are set as on Windows.
KNOWN_TO_DIFFER = {("us", 86), ("uk", 41), *(("uk", code) for code in (18, 22, 23, 24, 30))} | {
    ("fr", 3),
    ("fr", 8),
    ("es", 5),
    ("es", 6),
}


def meant(events: list[Event], layout: str = "us") -> str:
    keys = Keystrokes(LAYOUTS[layout])
    return "".join(
        keys.press(code) if value == PRESSED else keys.release(code)
        for kind, code, value in events
        if kind == EV_KEY
    )


def pressed(keys: Keystrokes, *codes: int) -> str:
    """Down in order, up in reverse."""
    return "".join([keys.press(code) for code in codes] + [keys.release(code) for code in reversed(codes)])


def signs(layout: str) -> str:
    levels = LAYOUTS[layout]
    own = {*levels.plain.values(), *levels.shift.values(), *levels.altgr.values()}
    return "".join(sorted(own - set(SPACING) - {"\x1b", "\b"}))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", Way)
def test_a_licence_survives_every_country_and_every_way_of_sending(layout: str, way: Way):
    assert meant(typed(AAMVA, LAYOUTS[layout], way), layout) == AAMVA


@given(st.data(), st.sampled_from(sorted(LAYOUTS)))
def test_whatever_the_keyboard_has_comes_out_as_it_was_typed(data: st.DataObject, layout: str):
    everything = signs(layout) + "".join(map(chr, range(1, 127)))
    text = data.draw(st.text(st.sampled_from(everything), max_size=60))
    assert meant(typed(text, LAYOUTS[layout]), layout) == text


@given(st.text(st.sampled_from("".join(map(chr, range(1, 128))) + "äÖß éñ"), max_size=40))
@pytest.mark.parametrize("way", [Way.ALT_3, Way.ALT_4])
def test_numbers_on_the_keypad_mean_characters(way: Way, text: str):
    assert meant(typed(text, LAYOUTS["de"], way), "de") == text


@given(
    st.lists(st.tuples(st.integers(0, 255), st.booleans()), max_size=200), st.sampled_from(sorted(LAYOUTS))
)
def test_no_keys_confuse_it_for_good(events: list[tuple[int, bool]], layout: str):
    keys = Keystrokes(LAYOUTS[layout])
    for code, down in events:
        try:
            keys.press(code) if down else keys.release(code)
        except Garbled:
            keys.reset()
    keys.reset()
    assert pressed(keys, SHIFT, 35) + pressed(keys, 3) == "H" + LAYOUTS[layout].plain[3]


@pytest.mark.parametrize(
    ("layout", "codes", "means"),
    [
        ("us", (CTRL, 27), "\x1d"),  # Ctrl+]
        ("us", (CTRL, 7), "\x1e"),  # Ctrl+6
        ("us", (CTRL, SHIFT, 7), "\x1e"),  # Ctrl+^
        ("us", (CTRL, 12), "\x1f"),  # Ctrl+-
        ("us", (CTRL, SHIFT, 12), "\x1f"),  # Ctrl+_
        ("us", (CTRL, 43), "\x1c"),
        ("us", (CTRL, 26), "\x1b"),
        ("us", (CTRL, 32), "\x04"),  # Ctrl+D
        ("us", (CTRL, 28), "\n"),  # Ctrl+Enter
        ("us", (CTRL, 57), "\x00"),
        ("de", (CTRL, 27), "\x1d"),  # Honeywell, Control+X mode, Germany: Ctrl++
        ("de", (CTRL, 53), "\x1f"),  # Ctrl+-
        ("de", (CTRL, ALTGR, 10), None),
        ("de", (CTRL, 21), "\x1a"),  # the key of y types z there
        ("fr", (CTRL, 27), "\x1d"),  # France: Ctrl+$
        ("fr", (CTRL, 9), "\x1c"),  # Ctrl+8, which carries \
        ("fr", (CTRL, 13), "\x1f"),  # Ctrl+=
        ("fr", (CTRL, 16), "\x01"),  # the key of q types a there
    ],
)
def test_control_characters_come_as_the_manuals_say(layout: str, codes: tuple[int, ...], means: str | None):
    keys = Keystrokes(LAYOUTS[layout])
    if means is not None:
        assert pressed(keys, *codes) == means
    else:
        assert pressed(keys, *codes) == "]"


def test_altgr_may_come_as_ctrl_and_alt():
    assert pressed(Keystrokes(LAYOUTS["de"]), CTRL, ALT, 16) == "@"


def test_caps_lock_turns_letters_round_and_digits_not():
    keys = Keystrokes(LAYOUTS["us"])
    pressed(keys, CAPS)
    assert pressed(keys, 30) + pressed(keys, SHIFT, 30) + pressed(keys, 2) + pressed(keys, SHIFT, 2) == "Aa1!"
    pressed(keys, CAPS)
    assert pressed(keys, 30) == "a"


def test_a_dead_key_waits_for_its_letter():
    keys = Keystrokes(LAYOUTS["de"])
    assert pressed(keys, 13) == ""
    assert pressed(keys, 18) == "é"
    assert pressed(keys, 41) + pressed(keys, 57) == "^"
    assert pressed(keys, 41) + pressed(keys, 35) == "ĥ"
    assert pressed(keys, 41) + pressed(keys, 45) == "^x"
    assert pressed(keys, 41) + pressed(keys, 41) == "^^"


def test_the_keypad_types_digits_whatever_num_lock_says():
    keys = Keystrokes(LAYOUTS["us"])
    assert "".join(pressed(keys, code) for code in (69, 71, 82, 83)) == "70."


@pytest.mark.parametrize(
    "codes",
    [(META,), (META, 30), (ALT, 30), (CTRL, 3, 59), (103,), (CTRL, 41), (ALTGR, 30)],
)
def test_a_key_without_a_meaning_spoils_the_scan(codes: tuple[int, ...]):
    with pytest.raises(Garbled):
        pressed(Keystrokes(LAYOUTS["de" if ALTGR in codes else "us"]), *codes)


@pytest.mark.parametrize("digits", ["0129", "123456"])
def test_a_number_without_a_character_spoils_the_scan(digits: str):
    keys = Keystrokes(LAYOUTS["us"])
    keypad = dict(zip("0123456789", (82, 79, 80, 81, 75, 76, 77, 71, 72, 73), strict=True))
    with pytest.raises(Garbled):
        pressed(keys, ALT, *(keypad[digit] for digit in digits))


@pytest.mark.parametrize("char", ["中", "ế", "ĝ̂"])
def test_a_virtual_scanner_types_only_what_has_a_key(char: str):
    with pytest.raises((ValueError, UnicodeEncodeError)):
        typed(char, LAYOUTS["us"])


@pytest.mark.parametrize(
    ("layout", "of_x"), [("us", "us:"), ("uk", "gb:"), ("de", "de:"), ("fr", "fr:azerty"), ("es", "es:")]
)
def test_the_layouts_are_those_of_the_x_keyboard_database(layout: str, of_x: str):
    name = ctypes.util.find_library("xkbcommon")
    if name is None:
        pytest.skip("libxkbcommon is not installed")
    theirs = XKeyboard(name, *of_x.split(":"))
    ours = LAYOUTS[layout]
    for level, keys in enumerate((ours.plain, ours.shift, ours.altgr)):
        for code in POSITIONS:
            if (layout, code) not in KNOWN_TO_DIFFER and (level < 2 or code in keys):
                assert (code, keys.get(code, "")) == (code, theirs.char(code, level))


DEAD_KEYSYMS = {0xFE50: "\u0300", 0xFE51: "\u0301", 0xFE52: "\u0302", 0xFE53: "\u0303", 0xFE57: "\u0308"}


class XNames(ctypes.Structure):
    """`struct xkb_rule_names`."""

    _fields_ = tuple((name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options"))


class XKeyboard:
    """A country's keyboard as libxkbcommon knows it."""

    def __init__(self, library: str, layout: str, variant: str) -> None:
        self.x = ctypes.CDLL(library)
        for function in (self.x.xkb_context_new, self.x.xkb_keymap_new_from_names):
            function.restype = ctypes.c_void_p
        context = ctypes.c_void_p(self.x.xkb_context_new(0))
        names = XNames(b"evdev", b"pc105", layout.encode(), variant.encode(), b"")
        self.keymap = ctypes.c_void_p(self.x.xkb_keymap_new_from_names(context, ctypes.byref(names), 0))
        assert self.keymap.value

    def char(self, code: int, level: int) -> str:
        found = ctypes.POINTER(ctypes.c_uint32)()
        count = self.x.xkb_keymap_key_get_syms_by_level(self.keymap, code + 8, 0, level, ctypes.byref(found))
        if not count:
            return ""
        return DEAD_KEYSYMS.get(found[0]) or chr(self.x.xkb_keysym_to_utf32(found[0]))
