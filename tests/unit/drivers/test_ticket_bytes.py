import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.models import UnknownProfile, model
from drivers.printers.pictures import without_real_time
from drivers.receipt import Cut, Text, layout
from drivers.simulated.mechanism import Mechanism

DOCUMENT = {
    "code": "B042",
    "site": "Riverside Clinic",
    "service": "Laboratory",
    "url": "https://kiosk.example/t#abc",
}
EVIL = "Eve\x1b@\x1dV\x00\x10\x14\x01\x00\x05\x9b\u202e\x07 Mallory"


@pytest.fixture(scope="module", params=list(Lettering))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return Encoder("TM-T88V", style=request.param)


def test_a_name_with_commands_in_it_never_reaches_the_printer():
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    fields = ("code", "site", "service", "issued", "url_label", "copy")
    evil = encoder.encode(
        layout(DOCUMENT | dict.fromkeys(fields, EVIL) | {"lines": [EVIL], "url": EVIL}, encoder.paper)
    )
    good = "Eve @ V Mallory"
    tame = encoder.encode(
        layout(DOCUMENT | dict.fromkeys(fields, good) | {"lines": [good], "url": None}, encoder.paper)
    )
    assert evil == tame
    assert evil.count(b"\x1b@") == 1
    assert evil.count(b"\x1dV") == 1


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_native_text_carries_printable_bytes_only(text: str):
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    for operation in layout(DOCUMENT | {"lines": [text]}, encoder.paper):
        if isinstance(operation, Text) and (data := encoder._in_code_page(operation.text)) is not None:
            letters = data[5:] if data.startswith(b"\x1c.\x1bt") else data
            assert all(byte >= 0x20 and byte != 0x7F for byte in letters)


@pytest.mark.parametrize("word", ["Größe", "Ñuñoa", "Łódź", "Ελληνικά", "Привет", "10 €", "l’écran – là"])
def test_what_a_code_page_has_goes_as_text(word: str):
    assert Encoder("TM-T88V", style=Lettering.PRINTER)._in_code_page(word) is not None


def test_a_printer_made_for_china_takes_accents_one_by_one():
    (line,) = Encoder("TM-T88V", style=Lettering.PRINTER).parts([Text("Größe")])
    assert line.index(b"\x1b@") < line.index(b"\x1c.") < line.index(b"\x1bt") < line.index(b"Gr")


@pytest.mark.parametrize("word", ["مختبر", "מעבדה", "检验科", "प्रयोगशाला", "Łódź Ελλάδα", "ห้องแล็บ"])
def test_what_no_code_page_has_goes_as_a_picture(word: str):
    data = Encoder("TM-T88V", style=Lettering.PRINTER).encode([Text(word), Cut()])
    assert b"\x1dv0" in data
    assert word.encode()[:4] not in data


def test_a_line_in_the_wrong_alphabet_does_not_crash_without_its_font(encoder: Encoder):
    assert encoder.encode([Text("ꦲꦏ꧀ꦱꦫ")])


def test_the_code_for_the_phone_is_native_where_the_printer_can_and_a_picture_elsewhere():
    assert b"\x1d(k" in Encoder("TM-T88V").encode(layout(DOCUMENT, Encoder("TM-T88V").paper))
    narrow = Encoder("POS-5890")
    data = narrow.encode(layout(DOCUMENT, narrow.paper))
    assert b"\x1d(k" not in data
    assert b"\x1dV" not in data


@given(st.binary(max_size=300), st.lists(st.sampled_from([b"\x10\x04", b"\x10\x05", b"\x10\x14", b"\x10"])))
def test_a_picture_never_spells_a_real_time_command(noise: bytes, spelled: list[bytes]):
    picture = without_real_time(noise + b"".join(spelled) + noise)
    assert len(picture) == 2 * len(noise) + sum(map(len, spelled))
    assert not any(command in picture for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


def test_an_unknown_printer_model_is_named():
    with pytest.raises(UnknownProfile, match="TM-T88VV"):
        Encoder("TM-T88VV")


def test_the_printer_library_leaves_nothing_behind():
    code = (
        "import logging, os, tempfile\n"
        "from drivers.printers.encoder import Encoder\nEncoder('TM-T88V').warm()\n"
        "assert logging.getLogger().handlers == [], logging.getLogger().handlers\n"
        "assert 'ESCPOS_CAPABILITIES_PICKLE_DIR' not in os.environ\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", code], check=True, env={"TMPDIR": folder}, cwd=Path.cwd())
        assert list(Path(folder).iterdir()) == []


@pytest.mark.parametrize("profile", ["TM-T20II-42col", "TM-P80-42col", "NT-80-V-UL", "POS-5890", "TM-T88V"])
@pytest.mark.parametrize("style", list(Lettering))
def test_no_picture_is_wider_than_the_head_and_no_line_needlessly_narrow(profile: str, style: Lettering):
    encoder, known = Encoder(profile, style=style), model(profile)
    printer, line = Mechanism(known.dots or 0), Listener()
    ticket = encoder.encode(layout(DOCUMENT, encoder.paper))
    for at in range(0, len(ticket), 4000):
        printer.take(line, ticket[at : at + 4000])
        printer.run(len(ticket))
    assert printer.errors == []
    assert known.columns >= 32


class Listener:
    """What the printer says is not of interest."""

    def send(self, data: bytes) -> None: ...
