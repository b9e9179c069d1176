"""Out of the kiosk's browser there is no way: more than a hundred are tried in Debian's Chromium."""

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drivers import keypads
from tests.acceptance.box.ways_out import ADDRESSES, CLICKS, KEYS, OWN, SCRIPTS

ROOT = Path(__file__).parents[3]


def refuse_to_run() -> str:
    """Why it cannot be tried here, or ""."""
    if os.getuid() != 0:
        return "only root can show a policy to one browser alone"
    if missing := [name for name in ("unshare", "Xvfb", "xdotool", "chromium") if not shutil.which(name)]:
        return f"{', '.join(missing)} not installed"
    allowed = subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
    return "" if allowed else "no mount namespaces here"


@pytest.fixture(scope="module")
def tried() -> dict[str, str]:
    """What each try reached."""
    if reason := refuse_to_run():
        pytest.skip(reason)
    command = ["unshare", "--mount", sys.executable, "-m", "tests.acceptance.box.ways_out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    results: dict[str, str] = json.loads(done.stdout)
    return results


@pytest.mark.slow
@pytest.mark.parametrize("way", [*ADDRESSES, *SCRIPTS])
def test_no_page_leads_out(way: str, tried: dict[str, str]) -> None:
    assert tried[way] == ""


@pytest.mark.slow
@pytest.mark.parametrize("way", CLICKS)
def test_no_click_leads_further_than_our_own_page(way: str, tried: dict[str, str]) -> None:
    assert tried[way] in ("", OWN)


@pytest.mark.slow
@pytest.mark.parametrize("keys", KEYS)
def test_no_key_leads_further_than_our_own_page(keys: str, tried: dict[str, str]) -> None:
    assert tried[keys] in ("", OWN)


def keys_of_a_box() -> set[tuple[str, bool]]:
    """Every symbol that the keyboard of a box can make, and whether with Shift (by libxkbcommon)."""
    library = ctypes.util.find_library("xkbcommon")
    if library is None:
        pytest.skip("libxkbcommon is not installed")
    xkb = ctypes.CDLL(library)
    xkb.xkb_context_new.restype = xkb.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    context = ctypes.c_void_p(xkb.xkb_context_new(1))  # without the default folders, and what is in them
    for folder in (ROOT / "systemd" / "xkb", "/usr/share/X11/xkb"):
        assert xkb.xkb_context_include_path_append(context, str(folder).encode())
    names = (ctypes.c_char_p * 5)(b"kiosk", b"pc105", b"kiosk", b"", b"")
    keymap = ctypes.c_void_p(xkb.xkb_keymap_new_from_names(context, names, 0))
    assert keymap.value
    found, name, symbols = set(), ctypes.create_string_buffer(64), ctypes.POINTER(ctypes.c_uint32)()
    for key in range(xkb.xkb_keymap_min_keycode(keymap), xkb.xkb_keymap_max_keycode(keymap) + 1):
        for level in range(xkb.xkb_keymap_num_levels_for_key(keymap, key, 0)):
            many = xkb.xkb_keymap_key_get_syms_by_level(keymap, key, 0, level, ctypes.byref(symbols))
            for symbol in symbols[:many]:
                xkb.xkb_keysym_get_name(symbol, name, len(name))
                found.add((name.value.decode(), level > 0))
    return found


def test_the_keyboard_of_a_box_has_no_key_that_commands() -> None:
    named = {name for name, _ in keys_of_a_box() if name[0].isupper() and len(name) > 1}
    of_a_keypad = {"Escape", "F1", "F2", "F13", "F14", "F15", "F16", "F17", "F18"}
    assert named - of_a_keypad == {"BackSpace", "Delete", "Down", "ISO_Left_Tab", "Left", "Return", "Right",
                                   "Shift_L", "Shift_R", "Tab", "Up"}  # fmt: skip


def test_every_key_of_a_keypad_comes_through_the_keyboard_of_a_box() -> None:
    symbols = {
        "up": "Up",
        "down": "Down",
        "left": "Left",
        "right": "Right",
        "enter": "Return",
        "esc": "Escape",
    }
    plain = {name for name, shifted in keys_of_a_box() if not shifted}
    assert {symbols.get(key, key.upper()) for key in keypads.ACTIONS.values()} <= plain


def test_shift_and_escape_make_nothing_on_a_box() -> None:
    assert ("Escape", True) not in keys_of_a_box()


def test_more_than_forty_ways_are_tried() -> None:
    ways = [*ADDRESSES, *SCRIPTS, *KEYS, *CLICKS]
    assert len(ways) == len(set(ways))
    assert len(ways) >= 120
