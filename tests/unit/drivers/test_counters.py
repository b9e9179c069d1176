"""What printers have used: measured from the bytes, kept across restarts, never in a ticket's way."""

import json
from pathlib import Path

import pytest

from drivers.counters import Count, Counters, measured
from drivers.printers.encoder import Encoder, Lettering
from drivers.receipt import layout
from drivers.simulated.escpos import Interpreter, Output
from drivers.simulated.paper import Paper

DOCUMENT = {
    "code": "B042",
    "site": "Riverside Clinic",
    "service": "Laboratory",
    "issued": "Mon, Nov 23, 2026, 9:12 AM",
    "lines": ["Please take a seat.", "Watch the screen for your number."],
    "url": "https://kiosk.example/t/4XJ7",
    "url_label": "Follow your place on your phone",
}


def on_paper(ticket: bytes, dots: int) -> tuple[int, int]:
    """Dots fed and cuts made, by an interpreter that was written from the command reference."""
    moved: list[int] = []
    cuts: list[None] = []
    output = Output(
        lambda data: None, lambda: 0, lambda on: None, lambda: cuts.append(None), lambda by: moved.append(by)
    )
    interpreter = Interpreter(Paper(dots), output)
    for byte in ticket:
        interpreter.step(byte)
    return sum(moved), len(cuts)


@pytest.mark.parametrize("style", list(Lettering))
@pytest.mark.parametrize("profile", ["TM-T88V", "POS-5890"])
def test_a_ticket_is_measured_as_a_printer_feeds_it(profile: str, style: Lettering):
    encoder = Encoder(profile, style=style)
    ticket = encoder.encode(layout(DOCUMENT, encoder.paper), b"\x1da\xff")
    dots, cuts = on_paper(ticket, encoder.paper.dots)
    assert measured(ticket) == Count(1, cuts, round(dots / 8) + 14 * cuts)
    assert dots > 300


def test_a_ticket_that_ends_in_mid_command_is_measured_as_far_as_it_is_whole():
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    ticket = encoder.encode(layout(DOCUMENT, encoder.paper))
    lengths = [measured(ticket[:end]).paper_mm for end in range(0, len(ticket), 7)]
    assert lengths == sorted(lengths)
    assert lengths[-1] < measured(ticket).paper_mm


def test_counts_go_on_after_a_restart(tmp_path: Path):
    path = tmp_path / "new" / "counters.json"
    meter = Counters(path).meter("ticket printer")
    for _ in range(3):
        meter(b"\x1b@B042\n\x1bJ\x50\x1dVB\x00")
    assert Counters(path).of("ticket printer") == Count(3, 3, 84)
    assert Counters(path).of("another") == Count()
    assert [file.name for file in path.parent.iterdir()] == ["counters.json"]


@pytest.mark.parametrize(
    "kept",
    ["", "[]", "{", '{"p": {"tickets": -1}}', '{"p": {"metres": 1}}', '{"p": {"cuts": "2"}}', '{"p": 3}'],
)
def test_a_file_that_is_none_of_ours_begins_anew(tmp_path: Path, kept: str):
    path = tmp_path / "counters.json"
    path.write_text(kept)
    counters = Counters(path)
    assert counters.of("p") == Count()
    counters.meter("p")(b"B042\n")
    assert json.loads(path.read_text()) == {"p": {"tickets": 1, "cuts": 0, "paper_mm": 4}}


def test_a_folder_that_cannot_be_written_stops_no_ticket(tmp_path: Path):
    (tmp_path / "file").write_text("")
    counters = Counters(tmp_path / "file" / "counters.json")
    counters.meter("p")(b"B042\n")
    assert counters.of("p").tickets == 1
