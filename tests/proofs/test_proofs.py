"""What software that is not ours says of our tickets, and of the printer that we test them with.

`npos` splits a ticket into commands and decodes its pictures; `receiptio`, a driver, judges the virtual
printer; zxing-cpp and zbar read the codes. `make proofs` fetches the first two from npm.
"""

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageOps
from pyzbar import pyzbar

from drivers.preview import draw
from drivers.printers.encoder import Encoder, Lettering
from drivers.receipt import QrCode, layout
from drivers.simulated.printer import VirtualPrinter
from tests.integration.drivers.conftest import DOCUMENT

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("node") and (MODULES / "npos").exists()),
        reason="needs node, and `make proofs` once",
    ),
]
SPANISH = {
    "site": "Clínica Ñuñoa",
    "lines": ["Tome asiento, por favor.", "10 € – Größe Łódź"],
    "language": "es",
}
ARABIC = {
    "site": "عيادة",
    "service": "المختبر",
    "lines": ["ترقب ظهور رقمك B042 على الشاشة."],
    "language": "ar",
    "direction": "rtl",
    "copy": "نسخة",
}
CHINESE = {"site": "河畔诊所", "service": "检验科", "lines": ["请您坐下，等候叫号。"], "language": "zh"}
WORDS = {"en": {}, "es": SPANISH, "ar": ARABIC, "zh": CHINESE}
KNOWN = {
    "STX ",
    "ESC @",
    "ESC a",
    "ESC E",
    "ESC J",
    "ESC t",
    "FS .",
    "GS !",
    "GS a",
    "GS r",
    "GS v0",
    "GS V",
    "GS (k",
}
# The address of receiptio's printer: its port cannot be chosen, so it gets a host of its own on the loopback.
HOST, PORT = "127.0.9.1", 9100


@dataclass(frozen=True)
class Tokens:
    names: list[str]
    pictures: list[Image.Image]


def split(ticket: bytes) -> Tokens:
    done = subprocess.run(["node", str(HERE / "tokens.js")], input=ticket, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["error"] is None
    assert sum(token["length"] for token in told["tokens"]) == len(ticket)
    pictures = [
        Image.frombytes("L", (p["width"], p["height"]), base64.b64decode(p["pixels"]))
        for p in told["pictures"]
    ]
    return Tokens([token["name"] for token in told["tokens"]], pictures)


@pytest.mark.parametrize("profile", ["TM-T88V", "POS-5890", "NT-80-V-UL"])
@pytest.mark.parametrize("style", list(Lettering))
@pytest.mark.parametrize("language", WORDS)
def test_npos_knows_every_command_of_a_ticket(profile: str, style: Lettering, language: str):
    encoder = Encoder(profile, style=style)
    tokens = split(
        encoder.encode(layout(DOCUMENT | WORDS[language], encoder.paper), b"\x1da\xff") + b"\x1dr\x01"
    )
    assert set(tokens.names) <= KNOWN
    assert tokens.names[0] == "ESC @"
    assert tokens.names.count("ESC @") == 1
    assert tokens.names[-1] == "GS r"
    assert tokens.names.count("GS V") == (0 if profile == "POS-5890" else 1)


def test_npos_finds_no_command_that_a_name_carried_in():
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    evil = "Eve\x1b@\x1dV\x00\x10\x14\x01\x00\x05\x1bp\x00\x19\xfa Mallory"
    names = split(encoder.encode(layout(DOCUMENT | {"site": evil, "lines": [evil]}, encoder.paper))).names
    tame = "Eve @ V p ú Mallory"
    assert (
        names
        == split(encoder.encode(layout(DOCUMENT | {"site": tame, "lines": [tame]}, encoder.paper))).names
    )


def test_npos_sees_the_picture_that_we_sent():
    encoder = Encoder("POS-5890")
    (picture,) = split(encoder.encode([QrCode(DOCUMENT["url"])])).pictures
    dark = picture.point(lambda value: 255 if value else 0)
    seen = next(
        image for image in (dark, ImageOps.invert(dark)) if image.histogram()[255] > image.histogram()[0]
    )
    framed = ImageOps.expand(seen, 40, 255)
    assert [code.text for code in zxingcpp.read_barcodes(framed)] == [DOCUMENT["url"]]
    assert [code.data.decode() for code in pyzbar.decode(framed)] == [DOCUMENT["url"]]


@pytest.mark.parametrize("profile", ["TM-T88V", "POS-5890"])
@pytest.mark.parametrize("language", WORDS)
def test_two_readers_read_the_code_on_the_paper(profile: str, language: str):
    paper = Image.open(io.BytesIO(draw(DOCUMENT | WORDS[language], Encoder(profile))))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [DOCUMENT["url"]]
    assert [code.data.decode() for code in pyzbar.decode(paper)] == [DOCUMENT["url"]]


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    virtual = VirtualPrinter(host=HOST, port=PORT, dots=576).start()
    yield virtual
    virtual.stop()


def receiptio(*options: str, source: str = "") -> str:
    """How receiptio ended, in its own word."""
    script = (
        "const { print } = require('receiptio');"
        "print(process.argv[1], process.argv[2]).then((result) => console.log(result));"
    )
    done = subprocess.run(
        ["node", "-e", script, source, f"-d {HOST} {' '.join(options)}"],
        capture_output=True,
        cwd=HERE,
        timeout=60,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({}, "online"),
        ({"paper": "out"}, "paperempty"),
        ({"cover": "open"}, "coveropen"),
        ({"error": "heat"}, "error"),
    ],
)
def test_receiptio_reads_the_state_of_the_virtual_printer(
    printer: VirtualPrinter, fault: dict[str, Any], word: str
):
    printer.fault(**fault)
    assert receiptio("-q") == word


def test_receiptio_prints_on_the_virtual_printer_and_believes_it(printer: VirtualPrinter):
    assert (
        receiptio("-c 48", "-t 20", source="Riverside Clinic\n---\n^^^B042\n{code:B042; option:qrcode,4}")
        == "success"
    )
    (sheet,) = printer.wait_for_sheets(1)
    assert not sheet.blank
    # Its greeting is also for another maker's printers, and it chooses Katakana before it writes Latin.
    assert set(printer.errors) <= {"ESC 0x06", "control 0x01", "code page 0x01"}


def test_receiptio_notices_that_the_paper_ended_in_mid_ticket(printer: VirtualPrinter):
    printer.fault(paper_left=100)
    assert (
        receiptio("-c 48", "-t 20", source="one\n\ntwo\n\nthree\n\nfour\n\nfive\n\nsix\n---\n^^^B042")
        == "paperempty"
    )
