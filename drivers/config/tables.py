"""The devices that kiosk.toml can name, one class a kind: its fields are the keys, its defaults ours.

Durations end in `_s` or `_ms`, widths in dots of the print head.
"""

from dataclasses import dataclass
from pathlib import Path

from drivers.keypads import Keypad

PREVIEW_PORT = 8765


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
