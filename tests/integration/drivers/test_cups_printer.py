"""A queue of CUPS, played by two small programs of its names."""

import os
from pathlib import Path

import pytest

from drivers.base import Cause, Confirmation, DeviceError, LeaseLost, Printed, TimedOut, Unreachable
from drivers.config import parse
from drivers.devices import printer as made
from drivers.printers.cups import CupsPrinter
from drivers.printers.encoder import Encoder, Lettering
from tests.integration.drivers.conftest import DOCUMENT

LPSTAT = """#!/bin/sh
cd "$(dirname "$0")"
[ "$2" = tickets ] || exit 1
case "$1" in
  -p) cat state ;;
  -o) cat waiting ;;
esac
"""
LP = """#!/bin/sh
cd "$(dirname "$0")"
echo "$@" > arguments
cat > taken
[ -e refuse ] && { echo "lp: queue is full" >&2; exit 1; }
[ -e hang ] && exec sleep 20
exit 0
"""


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("lpstat", LPSTAT), ("lp", LP)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "state").write_text("printer tickets is idle.  enabled since Mon Nov 23 2026\n")
    (tmp_path / "waiting").write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


@pytest.fixture
def printer(cups: Path) -> CupsPrinter:
    return CupsPrinter("counter", "tickets", Encoder("TM-T88V", style=Lettering.PRINTER))


def test_a_ticket_goes_to_the_queue_as_it_is_and_is_only_sent(printer: CupsPrinter, cups: Path):
    printer.open()
    asked: list[bool] = []
    assert printer.print(DOCUMENT, lambda: asked.append(True), 5) is Confirmation.SENT
    assert asked == [True]
    assert (cups / "arguments").read_text().split()[:4] == ["-d", "tickets", "-o", "raw"]
    assert (cups / "taken").read_bytes().startswith(b"\x1b@")
    printer.close()


@pytest.mark.parametrize(
    ("file", "words"),
    [("state", "printer tickets disabled since Mon\n\tpaused\n"), ("waiting", "tickets-17 ana 1024 Mon\n")],
)
def test_a_queue_that_stands_still_gets_no_ticket(printer: CupsPrinter, cups: Path, file: str, words: str):
    (cups / file).write_text(words)
    assert printer.status() is Cause.OFFLINE
    with pytest.raises(DeviceError) as problem:
        printer.print(DOCUMENT, lambda: None, 5)
    assert (problem.value.cause, problem.value.printed) == (Cause.OFFLINE, Printed.NO)
    assert not (cups / "taken").exists()


def test_no_such_queue_is_unreachable(cups: Path):
    with pytest.raises(Unreachable, match="no queue other"):
        CupsPrinter("counter", "other", Encoder("TM-T88V")).open()


def test_no_cups_at_all_is_unreachable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unreachable, match="lpstat"):
        CupsPrinter("counter", "tickets", Encoder("TM-T88V")).open()


def test_what_the_queue_refuses_was_not_printed(printer: CupsPrinter, cups: Path):
    (cups / "refuse").touch()
    with pytest.raises(DeviceError, match="queue is full") as problem:
        printer.print(DOCUMENT, lambda: None, 5)
    assert problem.value.printed is Printed.NO


def test_a_queue_that_never_answers_is_maybe(printer: CupsPrinter, cups: Path):
    (cups / "hang").touch()
    with pytest.raises(TimedOut) as problem:
        printer.print(DOCUMENT, lambda: None, 0.5)
    assert problem.value.printed is Printed.MAYBE


def test_a_lost_lease_sends_nothing(printer: CupsPrinter, cups: Path):
    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        printer.print(DOCUMENT, lost, 5)
    assert not (cups / "taken").exists()


def test_a_ticket_without_a_code_is_refused_for_good(printer: CupsPrinter):
    with pytest.raises(DeviceError) as problem:
        printer.print({}, lambda: None, 5)
    assert problem.value.permanent


def test_it_is_configured_by_its_queue():
    entry = {"name": "counter", "kind": "cups", "queue": "tickets", "profile": "TM-T88V"}
    config = parse({"server": "http://x", "printers": [entry]}, {})
    assert isinstance(made(config.printers[0]), CupsPrinter)
