import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat
from pyzbar import pyzbar

from tests.integration.drivers.conftest import DOCUMENT
from tests.integration.drivers.golden_tickets import FOLDER, TICKETS, drawn

# Fonts differ a little between releases: what is compared is where the ink is, in squares of two millimetres.
SQUARE = 16
DIFFERENCE = 6


def squares(ticket: Image.Image, size: tuple[int, int]) -> Image.Image:
    return (
        ticket.convert("L").resize(size).resize((size[0] // SQUARE, size[1] // SQUARE), Image.Resampling.BOX)
    )


@pytest.mark.parametrize("name", TICKETS)
def test_a_ticket_looks_as_it_did_when_it_was_looked_at(name: str):
    ticket, golden = drawn(name), Image.open(FOLDER / f"{name}.png")
    assert ticket.width == golden.width
    assert abs(ticket.height - golden.height) <= golden.height // 30
    apart = ImageChops.difference(squares(ticket, golden.size), squares(golden, golden.size))
    assert ImageStat.Stat(apart).mean[0] < DIFFERENCE
    assert [code.text for code in zxingcpp.read_barcodes(ticket)] == [DOCUMENT["url"]]
    assert [code.data.decode() for code in pyzbar.decode(ticket)] == [DOCUMENT["url"]]
