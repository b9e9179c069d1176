"""What a value of `[drivers]` may be. A mistake is refused with the place where it stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import Field
from typing import Any

from drivers.framing import TERMINATORS
from drivers.scanners.layouts import LAYOUTS

PLACES = ("port", "serial", "usb_path")
"""A USB device is named by one of these."""

_WORDS = {
    "layout": tuple(LAYOUTS),
    "terminator": tuple(TERMINATORS),
    "flow": ("rtscts", "xonxoff", "none"),
    "proof": ("paper", "process", "none"),
    "text": ("drawn", "mixed", "printer"),
}
_LIMITS: dict[str, tuple[float, float]] = {
    "baud": (300, 4_000_000),
    "idle_ms": (20, 2000),
    "width_dots": (200, 1024),
    "status_s": (0.1, 60),
    "width": (320, 4096),
    "height": (240, 4096),
    "fps": (1, 30),
}
# The server takes no longer one and no more of them: every scan and every report would be refused.
_NAME_LETTERS, _MOST_DEVICES = 60, 32
_CAMERA = re.compile(r"/.+|folder:.+|picamera2(:[0-9])?")


class ConfigError(Exception):
    """The configuration cannot be used."""


def check(where: str, value: Any, field: Field[Any]) -> None:
    expected: Any = {"str": str, "int": int, "bool": bool, "float": (int, float)}[_type_name(field)]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise ConfigError(f"{where}: {value!r} is not {'a number' if expected is not str else 'text'}")
    if expected is str:
        text(where, value)
    if field.name == "name" and not (value.isprintable() and len(value) <= _NAME_LETTERS):
        raise ConfigError(f"{where}: {value!r} is not one line of at most {_NAME_LETTERS} letters")
    if field.name in _WORDS and value not in _WORDS[field.name]:
        raise ConfigError(f"{where}: {value!r} is not one of {', '.join(_WORDS[field.name])}")
    if field.name == "device" and not _CAMERA.fullmatch(value):
        raise ConfigError(f"{where}: {value!r} is not a path, folder:PATH, picamera2 or picamera2:NUMBER")
    low, high = (1, 65535) if field.name == "port" else _LIMITS.get(field.name, (None, None))
    if low is not None and high is not None and not isinstance(value, str) and not low <= value <= high:
        raise ConfigError(f"{where}: {value} is not between {low:g} and {high:g}")


def check_names(names: Sequence[str]) -> None:
    if twin := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(f"drivers: two devices are named {twin!r}")
    if len(names) > _MOST_DEVICES:
        raise ConfigError(f"drivers: {len(names)} devices are too many; a box has at most {_MOST_DEVICES}")


def check_shared(devices: Sequence[Any]) -> None:
    """Two that were one thing would keep each other out, or get its scans by chance."""
    owners: dict[tuple[object, ...], str] = {}
    for device in devices:
        for place in PLACES:
            where = getattr(device, place, "")
            if not isinstance(where, str) or not where:
                continue
            # One plug may be a serial line and a keyboard.
            first = owners.setdefault((place, where, type(device)), device.name)
            if first != device.name:
                raise ConfigError(f"drivers: {first!r} and {device.name!r} have the same {place}, {where!r}")


def check_place(where: str, given: list[str]) -> None:
    if not given:
        raise ConfigError(f"{where}.port: is missing; serial or usb_path would do (`python -m drivers list`)")
    if len(given) > 1:
        raise ConfigError(f"{where}.{given[1]}: the device is named by {given[0]} already")


def _type_name(field: Field[Any]) -> str:
    return field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "str")


def text(where: str, value: Any) -> str:
    if value is None:
        raise ConfigError(f"{where}: is missing")
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where}: must be text")
    return value


def refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where}.{unknown[0]}: unknown key; known are {', '.join(sorted(known))}")
