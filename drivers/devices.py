"""Configuration -> devices: the one place that knows every kind. Nothing is opened."""

import logging
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.base import Printer, Scanner
from drivers.config import (
    CameraScannerConfig,
    Config,
    ConfigError,
    CupsPrinterConfig,
    KeyboardScannerConfig,
    NetworkPrinterConfig,
    PrinterConfig,
    ScannerConfig,
    SerialPrinterConfig,
    SerialScannerConfig,
    UsbPrinterConfig,
)
from drivers.discovery import Kind, UsbPort
from drivers.framing import TERMINATORS, Profile
from drivers.printers.cups import CupsPrinter
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.models import UnknownProfile
from drivers.printers.network import Network
from drivers.printers.serial_line import SerialLine
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.printers.transports import Transport
from drivers.printers.usblp import UsbLp
from drivers.scanners.input_event import EventDevice, KeyboardScanner
from drivers.scanners.layouts import LAYOUTS
from drivers.scanners.serial_port import SerialScanner

if TYPE_CHECKING:
    from PIL.Image import Image

    from drivers.mirror import Mirror

log = logging.getLogger(__name__)

# Below this a drawn ticket takes longer than a patient waits.
FAST_BAUD = 115_200


def scanner(config: ScannerConfig) -> Scanner:
    match config:
        case SerialScannerConfig():
            profile = Profile(
                idle_s=config.idle_ms / 1000,
                terminator=TERMINATORS[config.terminator],
                stx_etx=config.stx_etx,
                aim=config.aim,
            )
            return SerialScanner(config.name, _port(config, Kind.SERIAL), config.baud, profile)
        case KeyboardScannerConfig():
            profile = Profile(
                idle_s=config.idle_ms / 1000, terminator=TERMINATORS[config.terminator], aim=config.aim
            )
            line = EventDevice(_port(config, Kind.KEYBOARD))
            return KeyboardScanner(config.name, line, LAYOUTS[config.layout], profile)
        case CameraScannerConfig():
            return _camera(config)


def _camera(config: CameraScannerConfig) -> Scanner:
    # A box without a camera does not load what looks at pictures.
    from drivers.scanners.camera import CameraScanner
    from drivers.scanners.frames import source

    return CameraScanner(config.name, source(config.device, (config.width, config.height)), config.fps)


def mirror(config: Config, scanners: Sequence[Scanner]) -> "Mirror | None":
    """What shows patients what the camera sees, if there is one and that is wished."""
    if not config.preview_port or not any(isinstance(one, CameraScannerConfig) for one in config.scanners):
        return None
    from drivers.mirror import Mirror
    from drivers.scanners.camera import CameraScanner

    cameras = [scanner for scanner in scanners if isinstance(scanner, CameraScanner)]

    def picture() -> "Image | None":
        return next((camera.picture for camera in cameras if camera.picture is not None), None)

    try:
        return Mirror(picture, config.preview_port)
    except OSError as problem:
        log.warning("There is no preview of the camera: port %s: %s", config.preview_port, problem.strerror)
        return None


def _port(
    config: SerialScannerConfig | KeyboardScannerConfig | SerialPrinterConfig | UsbPrinterConfig, kind: Kind
) -> str | os.PathLike[str]:
    return config.port or UsbPort(kind, config.serial, config.usb_path)


def printer(config: PrinterConfig, delivered: Callable[[bytes], None] = lambda ticket: None) -> Printer:
    """`delivered` is told the bytes of each ticket that the printer took."""
    model = encoder(config)
    if isinstance(config, CupsPrinterConfig):
        return CupsPrinter(config.name, config.queue, model, delivered=delivered)
    proof = Proof(config.proof)
    return ThermalPrinter(
        config.name, _transport(config), model, proof=proof, talks=config.talks, delivered=delivered
    )


def encoder(config: PrinterConfig) -> Encoder:
    """What makes the bytes for this printer."""
    slow = isinstance(config, SerialPrinterConfig) and config.baud < FAST_BAUD
    style = Lettering(config.text or (Lettering.PRINTER if slow else Lettering.DRAWN))
    try:
        return Encoder(config.profile, config.width_dots or None, style)
    except UnknownProfile as problem:
        raise ConfigError(f"drivers.printers: {config.name}: profile: {problem}") from problem


def _transport(config: NetworkPrinterConfig | SerialPrinterConfig | UsbPrinterConfig) -> Transport:
    match config:
        case NetworkPrinterConfig():
            return Network(config.host, config.port)
        case SerialPrinterConfig():
            return SerialLine(_port(config, Kind.SERIAL), config.baud, config.flow)
        case UsbPrinterConfig():
            return UsbLp(_port(config, Kind.PRINTER))
