import io
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from drivers.base import Confirmation
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.network import Network
from drivers.printers.thermal import Proof, ThermalPrinter
from drivers.simulated.printer import VirtualPrinter
from tests.integration.drivers.conftest import DOCUMENT

ARABIC = {
    "site": "عيادة",
    "service": "المختبر",
    "lines": ["ترقب ظهور رقمك B042 على الشاشة."],
    "direction": "rtl",
}


def printed(profile: str, dots: int, style: Lettering, **changes: Any) -> Image.Image:
    virtual = VirtualPrinter(dots=dots).start()
    printer = ThermalPrinter("t", Network("127.0.0.1", virtual.port), Encoder(profile, dots, style))
    try:
        printer.open()
        assert printer.print(DOCUMENT | changes, lambda: None, 10) is Confirmation.PRINTED
        assert virtual.errors == []
        return Image.open(io.BytesIO(virtual.wait_for_sheets(1)[0].png))
    finally:
        printer.close()
        virtual.stop()


@pytest.mark.parametrize("style", list(Lettering))
@pytest.mark.parametrize(("profile", "dots"), [("TM-T88V", 512), ("NT-80-V-UL", 576), ("RP-F10-58mm", 384)])
@pytest.mark.parametrize("words", [{}, ARABIC, {"copy": "COPY"}], ids=["english", "arabic", "copy"])
def test_the_code_on_the_paper_can_be_scanned(
    profile: str, dots: int, style: Lettering, words: dict[str, Any]
):
    paper = printed(profile, dots, style, **words)
    assert paper.width == dots + 64
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [DOCUMENT["url"]]


def test_the_drawn_code_for_printers_without_their_own_can_be_scanned():
    virtual = VirtualPrinter(dots=384).start()
    printer = ThermalPrinter("t", Network("127.0.0.1", virtual.port), Encoder("POS-5890"))
    try:
        printer.open()
        assert printer.print(DOCUMENT, lambda: None, 10) is Confirmation.PRINTED
        # This model has no cutter: the next ticket hangs on the first.
        assert not virtual.sheets
    finally:
        printer.close()
        virtual.stop()
    paper = Image.open(io.BytesIO(virtual.unfinished().png))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [DOCUMENT["url"]]


def test_the_code_is_by_far_the_largest_thing():
    with_code, other = (printed("TM-T88V", 512, Lettering.DRAWN, code=code) for code in ("B042", "A911"))
    changed = [
        y
        for y in range(min(with_code.height, other.height))
        if _row(with_code, y) != _row(other, y) and y < 420
    ]
    assert changed[-1] - changed[0] > 100


def _row(image: Image.Image, y: int) -> bytes:
    return image.crop((0, y, image.width, y + 1)).tobytes()


def test_accents_come_out_of_the_right_code_page(tmp_path: Path):
    native = printed("TM-T88V", 512, Lettering.PRINTER, service="Größe Ñ 10 €")
    ascii_only = printed("TM-T88V", 512, Lettering.PRINTER, service="Gr??e ? 10 ?")
    assert native.size == ascii_only.size
    assert native.tobytes() != ascii_only.tobytes()


def test_a_printer_that_says_nothing_is_believed_to_have_it(virtual_printer: VirtualPrinter):
    printer = ThermalPrinter("t", Network("127.0.0.1", virtual_printer.port), Encoder("TM-T88V"), talks=False)
    printer.open()
    assert printer.status() is None
    assert printer.print(DOCUMENT, lambda: None, 5) is Confirmation.SENT
    printer.close()
    virtual_printer.wait_for_sheets(1)


def test_a_ticket_without_a_proof_is_only_sent(virtual_printer: VirtualPrinter):
    printer = ThermalPrinter(
        "t", Network("127.0.0.1", virtual_printer.port), Encoder("TM-T88V"), proof=Proof.NONE
    )
    printer.open()
    assert printer.print(DOCUMENT, lambda: None, 5) is Confirmation.SENT
    printer.close()
    virtual_printer.wait_for_sheets(1)
