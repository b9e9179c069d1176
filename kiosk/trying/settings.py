"""Settings codes of scanners that could be confirmed to the character, and where. Pure: standard library.

A wrong code changes something else in somebody's scanner, so nothing is here from memory. What is missing
for a maker is said in words (`missing`); docs/scanning.md names the sources.
"""

from dataclasses import dataclass
from enum import StrEnum

FNC3 = "\u00f3"
"""As python-barcode writes it: "this sets up the reader" (ISO/IEC 15417)."""


class Drawn(StrEnum):
    """How a code is drawn."""

    CODE128 = "code128"
    QR = "qr"


@dataclass(frozen=True, slots=True)
class Setting:
    """One code to scan, in its place in the order. `data` is what the code says."""

    name: str
    data: str
    drawn: Drawn = Drawn.CODE128


@dataclass(frozen=True, slots=True)
class Maker:
    """The codes of one maker. `source` is where they were printed, `missing` what to look up there."""

    id: str
    name: str
    models: str
    source: str
    missing: str
    settings: tuple[Setting, ...]


def _opticon(*commands: str) -> str:
    return "@".join(("", "MENU_OPTO", "ZZ", *commands, "ZZ", "OTPO_UNEM", ""))


MAKERS = (
    Maker(
        "datalogic",
        "Datalogic",
        "QuickScan QD2200, and other QuickScan and Gryphon models whose manual prints the same labels",
        "QD2220 Product Reference Guide, pages 22, 26, 29 and 70",
        "",
        (
            Setting("Factory settings", f"{FNC3}$P,AE,P\r"),
            Setting("Interface: USB-COM", f"{FNC3}$P,HA47,P\r"),
            Setting("Enter programming", f"{FNC3}$P\r"),
            Setting("AIM identifier: transmit", f"{FNC3}$CAIEN01\r"),
            Setting("Leave programming: the same code again", f"{FNC3}$P\r"),
        ),
    ),
    Maker(
        "honeywell",
        "Honeywell",
        "Voyager 1200g; menu codes are alike in Voyager, Xenon and Genesis",
        "Voyager 1200g Quick Start Guide, pages 4 and 7; that FNC3 ends the code is told by other users only",
        "USB serial (“USB COM emulation”, terminal ID 130) and the AIM identifier",
        (
            Setting("Factory settings", f"~DEFALT.{FNC3}"),
            Setting("Suffix: CR", f"~VSUFCR.{FNC3}"),
        ),
    ),
    Maker(
        "zebra",
        "Zebra, Symbol",
        "2-D imagers with SSI parameter codes",
        "Zebra Barcode Scanner Configuration Guide (Dell Latitude 7202), pages 15 and 32",
        "USB serial (“USB CDC Host”, “Simple COM Port Emulation”)",
        (
            Setting("Factory settings", f"{FNC3}92"),
            Setting("AIM identifier: transmit", f"{FNC3}2051701"),
        ),
    ),
    Maker(
        "opticon",
        "Opticon",
        "2-D models that read menu codes as QR",
        "the maker's own SDK (opticonnect_sdk); factory settings: M-10 Specifications Manual SS13063, 18.1",
        "USB serial (“USB-VCP”)",
        (
            Setting("Factory settings", _opticon("BAP"), Drawn.QR),
            Setting("AIM identifier: transmit", _opticon("RY", "$1"), Drawn.QR),
            Setting("Suffix: CR", _opticon("RZ", "1M"), Drawn.QR),
        ),
    ),
)


def maker(name: str) -> Maker | None:
    """Return the maker of that id."""
    return next((one for one in MAKERS if one.id == name), None)
