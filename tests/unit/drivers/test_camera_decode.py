import io

import pytest
import segno
import zxingcpp
from PIL import Image

from drivers.scanners.camera import decode

LICENCE = b"@\n\x1e\rANSI 636014040002DL00410278DLDAQD1234562\nDCSLASTNAME\nDACFIRSTNAME\nDBB08311977\r"


def picture(content: object, kind: object, scale: int = 4) -> Image.Image:
    image = zxingcpp.create_barcode(content, kind).to_image(scale=scale, add_quiet_zones=True)
    grey = Image.fromarray(image)
    frame = Image.new("L", (grey.width + 200, grey.height + 200), 255)
    frame.paste(grey, (100, 100))
    return frame


def test_a_licence_keeps_its_control_characters():
    (code,) = decode(picture(LICENCE, zxingcpp.BarcodeFormat.PDF417))
    assert (code.data, code.symbology) == (LICENCE, "]L2")


@pytest.mark.parametrize(
    ("kind", "content", "symbology"),
    [
        ("QRCode", "B042", "]Q1"),
        ("Code128", "H-1234567", "]C0"),
        ("DataMatrix", "B042", "]d1"),
        ("Aztec", "B042", "]z0"),
    ],
)
def test_the_kind_is_told_as_a_hardware_scanner_would(kind: str, content: str, symbology: str):
    (code,) = decode(picture(content, getattr(zxingcpp.BarcodeFormat, kind)))
    assert (code.data, code.symbology) == (content.encode(), symbology)


def test_a_code_from_another_maker_is_read():
    png = io.BytesIO()
    segno.make("https://kiosk.example/t#abc", error="m").save(png, kind="png", scale=6)
    (code,) = decode(Image.open(png).convert("RGB"))
    assert code.data == b"https://kiosk.example/t#abc"


def test_a_line_at_an_angle_is_read_by_the_second_reader():
    level = picture("4006381333931", zxingcpp.BarcodeFormat.EAN13, scale=3)
    tilted = level.rotate(45, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert [code.data for code in decode(tilted)] == [b"4006381333931"]


def test_a_picture_of_nothing_holds_no_code():
    assert decode(Image.new("L", (640, 480), 200)) == []
