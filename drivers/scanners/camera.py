"""Codes in a camera's picture. zxing-cpp reads all kinds; zbar is asked after it for lines that lie at an
angle.

The bytes are what was encoded, never the "human readable" text: that turns the control characters of a
licence into words. zbar gets a short list of kinds, because with all of them it finds codes in pictures
that have none.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_AIM_OF_ZBAR = {"CODE128": "]C0", "EAN13": "]E0", "QRCODE": "]Q1"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A code in a picture; the same vocabulary as a hardware scanner's (`]L2`)."""

    data: bytes
    symbology: str | None


def decode(image: "Image") -> list[Decoded]:
    """Every code in the picture, each once; an empty list when there is none."""
    grey = image.convert("L")
    return _by_zxing(grey) or _by_zbar(grey)


def _by_zxing(grey: "Image") -> list[Decoded]:
    import zxingcpp

    found = (
        Decoded(bytes(code.bytes), code.symbology_identifier or None) for code in zxingcpp.read_barcodes(grey)
    )
    return list(dict.fromkeys(code for code in found if code.data))


def _by_zbar(grey: "Image") -> list[Decoded]:
    try:
        from pyzbar import pyzbar
    except ImportError:
        # libzbar0 is a package of the system, and this is only the second opinion.
        return []
    kinds = [pyzbar.ZBarSymbol[name] for name in _AIM_OF_ZBAR]
    found = (
        Decoded(bytes(code.data), _AIM_OF_ZBAR.get(code.type)) for code in pyzbar.decode(grey, symbols=kinds)
    )
    return list(dict.fromkeys(code for code in found if code.data))
