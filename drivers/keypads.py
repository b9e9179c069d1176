"""A keypad beside the screen -> the keys that the kiosk's page knows, by udev's hardware database (hwdb(7)).

Such keypads are keyboards with unusual keys. The kernel itself can be told what each is to mean; then they
work in the browser like any keyboard, with no program in between that could stop. `python -m drivers keymap`
writes the file for `/etc/udev/hwdb.d/`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# What a key is for -> the key that the page listens to (`KEY_…` in input-event-codes.h, without its prefix).
ACTIONS = {
    "up": "up",
    "down": "down",
    "left": "left",
    "right": "right",
    "select": "enter",
    "back": "esc",
    "help": "f1",
    "volume": "f2",
    "headset_in": "f13",
    "headset_out": "f14",
    "again": "f15",
    "pause": "f16",
    "louder": "f17",
    "softer": "f18",
}


@dataclass(frozen=True, slots=True)
class Keypad:
    """`usb_id` is `vendor:product`; `keys` says which scan codes (`70052`, as evtest shows them) do what."""

    name: str
    usb_id: str
    keys: Mapping[str, Sequence[str]]


def hwdb(keypads: Sequence[Keypad]) -> Iterator[str]:
    """The lines of the file."""
    yield "# Written by `python -m drivers keymap` from [[drivers.keypads]]."
    for keypad in keypads:
        vendor, product = keypad.usb_id.upper().split(":")
        yield ""
        yield f"# {keypad.name}"
        yield f"evdev:input:b0003v{vendor}p{product}*"
        for action, scan_codes in keypad.keys.items():
            for scan_code in scan_codes:
                yield f" KEYBOARD_KEY_{scan_code.lower()}={ACTIONS[action]}"
