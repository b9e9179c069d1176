"""From the file to frozen objects."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from drivers.config.checks import (
    PLACES,
    ConfigError,
    check,
    check_names,
    check_place,
    check_shared,
    refuse_unknown,
    text,
)
from drivers.config.tables import (
    PREVIEW_PORT,
    PRINTER_KINDS,
    SCANNER_KINDS,
    Config,
    PrinterConfig,
    ScannerConfig,
)
from drivers.keypads import ACTIONS, Keypad

_USB_ID = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
_SCAN_CODE = re.compile(r"[0-9a-fA-F]{1,8}")
_Built = TypeVar("_Built")


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the file; relative paths in it are relative to where the host was started."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path}: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: {problem}") from problem
    config = parse(document.get("drivers", {}), environ)
    if config.ca_file and not Path(config.ca_file).is_file():
        raise ConfigError(f"drivers.ca_file: there is no file {config.ca_file}")
    return config


def parse(table: Any, environ: Mapping[str, str]) -> Config:
    if not isinstance(table, dict):
        raise ConfigError("drivers: must be a table")
    known = {"server", "token_file", "ca_file", "preview_port", "scanners", "printers", "keypads"}
    refuse_unknown("drivers", table, known)
    server = text("drivers.server", environ.get("KIOSK_DRIVERS_SERVER") or table.get("server"))
    if not server.startswith(("http://", "https://")):
        raise ConfigError(f"drivers.server: {server!r} is not an http:// or https:// address")
    token_file = environ.get("KIOSK_DRIVERS_TOKEN_FILE") or table.get("token_file", "var/host.token")
    scanners: list[ScannerConfig] = _devices("drivers.scanners", table, SCANNER_KINDS)
    printers: list[PrinterConfig] = _devices("drivers.printers", table, PRINTER_KINDS)
    check_names([device.name for device in (*scanners, *printers)])
    check_shared([*scanners, *printers])
    ca_file = table.get("ca_file", "")
    return Config(
        server.rstrip("/"),
        Path(text("drivers.token_file", token_file)),
        ca_file if ca_file == "" else text("drivers.ca_file", ca_file),
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
    refuse_unknown(where, entry, {"name", "usb_id", "keys"})
    usb_id = text(f"{where}.usb_id", entry.get("usb_id"))
    if not _USB_ID.fullmatch(usb_id):
        raise ConfigError(f"{where}.usb_id: {usb_id!r} is not like 2047:09d0")
    keys = entry.get("keys")
    if not isinstance(keys, dict) or not keys:
        raise ConfigError(f'{where}.keys: must be a table, like {{ up = "70052" }}')
    refuse_unknown(f"{where}.keys", keys, set(ACTIONS))
    found = {}
    for action, codes in keys.items():
        found[action] = tuple(codes if isinstance(codes, list) else [codes])
        for code in found[action]:
            if not _SCAN_CODE.fullmatch(text(f"{where}.keys.{action}", code)):
                raise ConfigError(f"{where}.keys.{action}: {code!r} is not a scan code like 70052")
    return Keypad(text(f"{where}.name", entry.get("name")), usb_id, found)


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
    refuse_unknown(where, entry, set(known))
    for name, field in known.items():
        if name in entry:
            check(f"{where}.{name}", entry[name], field)
        elif field.default is MISSING:
            raise ConfigError(f"{where}.{name}: is missing")
    if "usb_path" in known:
        check_place(where, [name for name in PLACES if name in entry])
    return kind(**entry)
