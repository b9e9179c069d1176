import pytest

from drivers.config import ConfigError, parse
from drivers.keypads import hwdb

KEYPAD = {"name": "keypad", "usb_id": "2047:09d0", "keys": {"up": "70052", "select": ["70028", "7002C"]}}


def keypads(**changes: object):
    return parse({"server": "http://127.0.0.1:8000", "keypads": [KEYPAD | changes]}, {}).keypads


def test_what_udev_reads():
    assert list(hwdb(keypads()))[1:] == [
        "",
        "# keypad",
        "evdev:input:b0003v2047p09D0*",
        " KEYBOARD_KEY_70052=up",
        " KEYBOARD_KEY_70028=enter",
        " KEYBOARD_KEY_7002c=enter",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"usb_id": "2047"}, "keypads[1].usb_id: '2047' is not like"),
        ({"keys": {}}, "keypads[1].keys: must be a table"),
        ({"keys": {"jump": "1"}}, "keypads[1].keys.jump: unknown key"),
        ({"keys": {"up": "KEY_UP"}}, "keypads[1].keys.up: 'KEY_UP' is not a scan code"),
        ({"keys": {"up": 70052}}, "keypads[1].keys.up: must be text"),
        ({"name": ""}, "keypads[1].name: must be text"),
        ({"colour": "red"}, "keypads[1].colour: unknown key"),
    ],
)
def test_a_keypad_that_is_not_understood_is_refused_by_name(changes: dict[str, object], words: str):
    with pytest.raises(ConfigError) as problem:
        keypads(**changes)
    assert words in str(problem.value)


def test_a_keypad_is_a_table():
    with pytest.raises(ConfigError):
        parse({"server": "http://127.0.0.1:8000", "keypads": ["up"]}, {})
