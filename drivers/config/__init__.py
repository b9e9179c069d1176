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

from drivers.config.checks import ConfigError
from drivers.config.reading import load, parse
from drivers.config.tables import (
    CameraScannerConfig,
    Config,
    CupsPrinterConfig,
    KeyboardScannerConfig,
    NetworkPrinterConfig,
    PrinterConfig,
    ScannerConfig,
    SerialPrinterConfig,
    SerialScannerConfig,
    UsbPrinterConfig,
)

__all__ = [
    "CameraScannerConfig",
    "Config",
    "ConfigError",
    "CupsPrinterConfig",
    "KeyboardScannerConfig",
    "NetworkPrinterConfig",
    "PrinterConfig",
    "ScannerConfig",
    "SerialPrinterConfig",
    "SerialScannerConfig",
    "UsbPrinterConfig",
    "load",
    "parse",
]
