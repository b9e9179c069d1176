"""The settings codes are what their makers printed, whoever reads them."""

import base64
import io
import re
from pathlib import Path

import pytest
import zxingcpp
from barcode.codex import Code128
from PIL import Image

from kiosk.trying.drawing import HEIGHT, QUIET, modules, png, svg
from kiosk.trying.settings import FNC3, MAKERS, Drawn, Setting, maker

SETTINGS = [setting for one in MAKERS for setting in one.settings]
START_B, FNC3_IN_A_AND_B = 104, 96
NARROW_PAPER_DOTS = 384
SOURCES = Path(__file__).parents[3] / "docs" / "scanning.md"


@pytest.mark.parametrize(
    "setting", SETTINGS, ids=lambda setting: setting.data.encode("unicode_escape").decode()
)
def test_a_code_reads_as_it_was_printed(setting: Setting) -> None:
    with Image.open(io.BytesIO(base64.b64decode(png(setting)))) as drawn:
        (code,) = zxingcpp.read_barcodes(drawn.convert("L"), text_mode=zxingcpp.TextMode.Plain)
        assert drawn.width <= NARROW_PAPER_DOTS, "It fits on the narrowest paper."
    assert code.bytes.decode() == setting.data.replace(FNC3, "")
    assert str(code.format) == {Drawn.CODE128: "Code 128", Drawn.QR: "QR Code"}[setting.drawn]


@pytest.mark.parametrize(
    "setting", [one for one in SETTINGS if one.drawn is Drawn.CODE128], ids=lambda one: one.name
)
def test_lines_carry_the_sign_that_makes_them_a_setting(setting: Setting) -> None:
    symbols = Code128(setting.data).encoded
    assert symbols.count(FNC3_IN_A_AND_B) == 1
    place = 1 if setting.data.startswith(FNC3) else -1
    assert (symbols[0], symbols[place]) == (START_B, FNC3_IN_A_AND_B)


def test_around_a_code_there_is_the_white_that_its_standard_wants() -> None:
    for setting in SETTINGS:
        rows, quiet = modules(setting.data, setting.drawn), QUIET[setting.drawn]
        assert all(not any(row[:quiet]) and not any(row[-quiet:]) for row in rows)
    assert len(modules(f"{FNC3}92", Drawn.CODE128)) == HEIGHT


def test_a_page_shows_the_same_modules_without_a_style_of_its_own() -> None:
    drawn = str(svg(f"{FNC3}92", Drawn.CODE128))
    (row, *_) = modules(f"{FNC3}92", Drawn.CODE128)
    assert sum(int(wide) for wide in re.findall(rf"h(\d+)v{HEIGHT}h-", drawn)) == sum(row)
    assert "style" not in drawn


def test_who_looks_for_the_source_of_a_code_finds_it() -> None:
    words = SOURCES.read_text()
    for one in MAKERS:
        assert one.name.partition(",")[0] in words
        for setting in one.settings:
            shown = setting.data.replace(FNC3, "").replace("\r", "")
            assert f"`{shown}`" in words, f"docs/scanning.md does not say where {shown} is from."
    assert maker("nobody") is None
