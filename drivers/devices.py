"""Configuration -> devices: the one place that knows every kind. Nothing is opened."""

from drivers.base import Printer, Scanner
from drivers.config import (
    ConfigError,
    NetworkPrinterConfig,
    PrinterConfig,
    SerialPrinterConfig,
    SerialScannerConfig,
    UsbPrinterConfig,
)
from drivers.framing import TERMINATORS, Profile
from drivers.printers.encoder import Encoder, Lettering, UnknownProfile
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.printers.transports import Network, SerialLine, Transport, UsbLp
from drivers.scanners.serial_port import SerialScanner

# Below this a drawn ticket takes longer than a patient waits.
FAST_BAUD = 115_200


def scanner(config: SerialScannerConfig) -> Scanner:
    profile = Profile(
        idle_s=config.idle_ms / 1000,
        terminator=TERMINATORS[config.terminator],
        stx_etx=config.stx_etx,
        aim=config.aim,
    )
    return SerialScanner(config.name, config.port, config.baud, profile)


def printer(config: PrinterConfig) -> Printer:
    transport, slow = _transport(config)
    style = Lettering(config.text or (Lettering.PRINTER if slow else Lettering.DRAWN))
    try:
        encoder = Encoder(config.profile, config.width_dots or None, style)
    except UnknownProfile as problem:
        raise ConfigError(f"drivers.printers: {config.name}: profile: {problem}") from problem
    return ThermalPrinter(config.name, transport, encoder, proof=Proof(config.proof), talks=config.talks)


def _transport(config: PrinterConfig) -> tuple[Transport, bool]:
    match config:
        case NetworkPrinterConfig():
            return Network(config.host, config.port), False
        case SerialPrinterConfig():
            return SerialLine(config.port, config.baud, config.flow), config.baud < FAST_BAUD
        case UsbPrinterConfig():
            return UsbLp(config.port), False
