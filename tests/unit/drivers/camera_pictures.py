"""Pictures of codes, made by writers; the readers are other programs."""

import io
from typing import Any

import pdf417gen
import segno
import zxingcpp
from PIL import Image

LICENCE = (
    b"@\n\x1e\rANSI 636026080102DL00410288ZA03290015DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACJANE\nDDFN\nDADLEE\n"
    b"DDGN\nDCAD\nDBD01022022\nDBB01021980\nDBA01022032\nDBC2\nDAU064 in\nDAG1 EXAMPLE STREET\n"
    b"DAIRIVERSIDE\nDAJAZ\nDAK850010000  \nDCF0000000000001\nDCGUSA\rZAZAADEMO\r"
)


def qr(content: Any, scale: int = 4) -> Image.Image:
    drawn = io.BytesIO()
    segno.make(content, micro=False).save(drawn, kind="png", scale=scale)
    return Image.open(drawn).convert("L")


def pdf417(content: bytes, scale: int = 3) -> Image.Image:
    codes = pdf417gen.encode(content, columns=8, security_level=4)
    return pdf417gen.render_image(codes, scale=scale, padding=12).convert("L")


def zint(content: Any, kind: str, scale: int = 4, **options: Any) -> Image.Image:
    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat[kind], **options)
    return Image.fromarray(made.to_image(scale=scale, add_quiet_zones=True)).convert("L")


def shown(code: Image.Image, degrees: float = 0.0, ground: int = 150) -> Image.Image:
    """A camera's frame with the code in the middle, on its white card."""
    card = Image.new("L", (code.width + 40, code.height + 40), 250)
    card.paste(code, (20, 20))
    shape = Image.new("L", card.size, 255).rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    turned = card.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    frame = Image.new("L", (1280, 720), ground)
    frame.paste(turned, ((frame.width - turned.width) // 2, (frame.height - turned.height) // 2), shape)
    return frame


def noisy(frame: Image.Image, spread: int = 12) -> Image.Image:
    """The same noise each time."""
    state, grains = 1, bytearray()
    for _ in range(9973):
        state = state * 48271 % 2147483647
        grains.append(128 + state % (2 * spread) - spread)
    count = frame.width * frame.height
    grain = Image.frombytes("L", frame.size, (bytes(grains) * (count // 9973 + 1))[:count])
    return Image.blend(frame, grain, 0.3)
