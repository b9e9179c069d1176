"""The `[drivers]` table of kiosk.toml -> frozen objects. Whatever is not understood is refused by name.

[drivers]
server = "http://127.0.0.1:8000"      # KIOSK_DRIVERS_SERVER
token_file = "var/host.token"         # KIOSK_DRIVERS_TOKEN_FILE
ca_file = ""                          # a private certificate authority, for https
preview_port = 8765                   # where the kiosk's browser finds the camera's picture; 0: nowhere

[[drivers.scanners]]
name = "counter"
kind = "serial"
serial = "S123"                       # or port, or usb_path; baud, terminator, idle_ms, stx_etx, aim

[[drivers.scanners]]
name = "counter 2"
kind = "keyboard"                     # a scanner that types: layout, terminator, idle_ms, aim
usb_path = "1-1.2"
layout = "us"

[[drivers.keypads]]
name = "keypad"                       # keys for `python -m drivers keymap`
usb_id = "2047:09d0"
keys = { up = "70052", select = ["70028", "70058"] }

[[drivers.scanners]]
name = "camera"
kind = "camera"
device = "/dev/v4l/by-id/..."         # or picamera2, or folder:PATH; width, height, fps

[[drivers.printers]]
name = "ticket printer"
kind = "network"                      # network: host, port | serial: port, baud, flow | usblp | cups: queue
host = "192.0.2.7"
profile = "TM-T88V"                   # width_dots, text, proof, talks, status_s
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from drivers.framing import TERMINATORS
from drivers.keypads import ACTIONS, Keypad
from drivers.scanners.layouts import LAYOUTS

# A USB device is named by one of these.
PLACES = ("port", "serial", "usb_path")
PREVIEW_PORT = 8765

_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
_SCAN_CODE = re.compile(r"[0-9a-fA-F]{1,8}")


class ConfigError(Exception):
    """The configuration cannot be used."""


@dataclass(frozen=True, slots=True)
class SerialScannerConfig:
    name: str
    kind: str
    port: str = ""
    baud: int = 9600
    terminator: str = "none"
    idle_ms: int = 100
    stx_etx: bool = False
    aim: bool = True
    serial: str = ""
    usb_path: str = ""


@dataclass(frozen=True, slots=True)
class KeyboardScannerConfig:
    name: str
    kind: str
    port: str = ""
    layout: str = "us"
    terminator: str = "cr"
    idle_ms: int = 150
    aim: bool = True
    serial: str = ""
    usb_path: str = ""


@dataclass(frozen=True, slots=True)
class CameraScannerConfig:
    name: str
    kind: str
    device: str
    width: int = 1280
    height: int = 720
    fps: float = 8.0


@dataclass(frozen=True, slots=True)
class _AnyPrinter:
    name: str
    kind: str
    profile: str = "default"
    width_dots: int = 0
    text: str = ""
    proof: str = "paper"
    talks: bool = True
    status_s: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPrinterConfig(_AnyPrinter):
    host: str
    port: int = 9100


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPrinterConfig(_AnyPrinter):
    port: str = ""
    serial: str = ""
    usb_path: str = ""
    baud: int = 38400
    flow: str = "rtscts"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbPrinterConfig(_AnyPrinter):
    port: str = ""
    serial: str = ""
    usb_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CupsPrinterConfig(_AnyPrinter):
    queue: str


ScannerConfig = SerialScannerConfig | KeyboardScannerConfig | CameraScannerConfig
PrinterConfig = NetworkPrinterConfig | SerialPrinterConfig | UsbPrinterConfig | CupsPrinterConfig


@dataclass(frozen=True, slots=True)
class Config:
    server: str
    token_file: Path
    ca_file: str
    scanners: tuple[ScannerConfig, ...]
    printers: tuple[PrinterConfig, ...]
    preview_port: int = PREVIEW_PORT
    keypads: tuple[Keypad, ...] = ()


SCANNER_KINDS: dict[str, type[ScannerConfig]] = {
    "serial": SerialScannerConfig,
    "keyboard": KeyboardScannerConfig,
    "camera": CameraScannerConfig,
}
PRINTER_KINDS: dict[str, type[PrinterConfig]] = {
    "network": NetworkPrinterConfig,
    "serial": SerialPrinterConfig,
    "usblp": UsbPrinterConfig,
    "cups": CupsPrinterConfig,
}
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
_CAMERA = re.compile(r"/.+|folder:.+|picamera2(:[0-9])?")
_Built = TypeVar("_Built")


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the file; relative paths in it are relative to where the host was started."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path}: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: {problem}") from problem
    return parse(document.get("drivers", {}), environ)


def parse(table: Any, environ: Mapping[str, str]) -> Config:
    if not isinstance(table, dict):
        raise ConfigError("drivers: must be a table")
    known = {"server", "token_file", "ca_file", "preview_port", "scanners", "printers", "keypads"}
    _refuse_unknown("drivers", table, known)
    server = _text("drivers.server", environ.get("KIOSK_DRIVERS_SERVER") or table.get("server"))
    if not server.startswith(("http://", "https://")):
        raise ConfigError(f"drivers.server: {server!r} is not an http:// or https:// address")
    token_file = environ.get("KIOSK_DRIVERS_TOKEN_FILE") or table.get("token_file", "var/host.token")
    scanners: list[ScannerConfig] = _devices("drivers.scanners", table, SCANNER_KINDS)
    printers: list[PrinterConfig] = _devices("drivers.printers", table, PRINTER_KINDS)
    _refuse_twins([*scanners, *printers])
    ca_file = table.get("ca_file", "")
    return Config(
        server.rstrip("/"),
        Path(_text("drivers.token_file", token_file)),
        ca_file if ca_file == "" else _text("drivers.ca_file", ca_file),
        tuple(scanners),
        tuple(printers),
        _preview_port(table.get("preview_port", PREVIEW_PORT)),
        tuple(_keypad(f"drivers.keypads[{n}]", entry) for n, entry in enumerate(table.get("keypads", []), 1)),
    )


def _preview_port(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 65535:
        raise ConfigError(f"drivers.preview_port: {value!r} is not a port, nor 0 for none")
    return value


def _keypad(where: str, entry: Any) -> Keypad:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: must be a table")
    _refuse_unknown(where, entry, {"name", "usb_id", "keys"})
    usb_id = _text(f"{where}.usb_id", entry.get("usb_id"))
    if not _USB_ID.fullmatch(usb_id):
        raise ConfigError(f"{where}.usb_id: {usb_id!r} is not like 2047:09d0")
    keys = entry.get("keys")
    if not isinstance(keys, dict) or not keys:
        raise ConfigError(f'{where}.keys: must be a table, like {{ up = "70052" }}')
    _refuse_unknown(f"{where}.keys", keys, set(ACTIONS))
    found = {}
    for action, codes in keys.items():
        found[action] = tuple(codes if isinstance(codes, list) else [codes])
        for code in found[action]:
            if not _SCAN_CODE.fullmatch(_text(f"{where}.keys.{action}", code)):
                raise ConfigError(f"{where}.keys.{action}: {code!r} is not a scan code like 70052")
    return Keypad(_text(f"{where}.name", entry.get("name")), usb_id, found)


def _devices(where: str, table: dict[str, Any], kinds: Mapping[str, Callable[..., _Built]]) -> list[_Built]:
    entries = table.get(where.rpartition(".")[2], [])
    if not isinstance(entries, list):
        raise ConfigError(f"{where}: must be a list of tables, [[{where}]]")
    return [_device(f"{where}[{n}]", entry, kinds) for n, entry in enumerate(entries, 1)]


def _device(where: str, entry: Any, kinds: Mapping[str, Callable[..., _Built]]) -> _Built:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: must be a table")
    kind = kinds.get(str(entry.get("kind")))
    if kind is None:
        raise ConfigError(f"{where}.kind: {entry.get('kind')!r} is not one of {', '.join(kinds)}")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    _refuse_unknown(where, entry, set(known))
    for name, field in known.items():
        if name in entry:
            _check(f"{where}.{name}", entry[name], field)
        elif field.default is MISSING:
            raise ConfigError(f"{where}.{name}: is missing")
    if "usb_path" in known:
        _check_place(where, [name for name in PLACES if name in entry])
    return kind(**entry)


def _check(where: str, value: Any, field: Field[Any]) -> None:
    expected: Any = {"str": str, "int": int, "bool": bool, "float": (int, float)}[_type_name(field)]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise ConfigError(f"{where}: {value!r} is not {'a number' if expected is not str else 'text'}")
    if expected is str:
        _text(where, value)
    if field.name in _WORDS and value not in _WORDS[field.name]:
        raise ConfigError(f"{where}: {value!r} is not one of {', '.join(_WORDS[field.name])}")
    if field.name == "device" and not _CAMERA.fullmatch(value):
        raise ConfigError(f"{where}: {value!r} is not a path, folder:PATH, picamera2 or picamera2:NUMBER")
    low, high = (1, 65535) if field.name == "port" else _LIMITS.get(field.name, (None, None))
    if low is not None and high is not None and not isinstance(value, str) and not low <= value <= high:
        raise ConfigError(f"{where}: {value} is not between {low:g} and {high:g}")


def _check_place(where: str, given: list[str]) -> None:
    if not given:
        raise ConfigError(f"{where}.port: is missing; serial or usb_path would do (`python -m drivers list`)")
    if len(given) > 1:
        raise ConfigError(f"{where}.{given[1]}: the device is named by {given[0]} already")


def _type_name(field: Field[Any]) -> str:
    return field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "str")


def _text(where: str, value: Any) -> str:
    if value is None:
        raise ConfigError(f"{where}: is missing")
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where}: must be text")
    return value


def _refuse_unknown(where: str, table: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where}.{unknown[0]}: unknown key; known are {', '.join(sorted(known))}")


def _refuse_twins(devices: list[Any]) -> None:
    names = [device.name for device in devices]
    if twin := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(f"drivers: two devices are named {twin!r}")
