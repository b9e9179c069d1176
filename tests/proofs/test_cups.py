"""The driver for CUPS against CUPS itself: a daemon on a private port, and a raw queue to a printer."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base import Cause, Confirmation, DeviceError, Printed, Unreachable
from drivers.printers.cups import CupsPrinter
from drivers.printers.encoder import Encoder, Lettering
from drivers.simulated.printer import VirtualPrinter
from tests.acceptance.running import until
from tests.integration.drivers.conftest import DOCUMENT
from tests.servers import free_port, wait_for_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cupsd") is None, reason="`make proofs` installs CUPS"),
    pytest.mark.skipif(os.getuid() != 0, reason="its daemon starts as root only"),
]
DAEMON = """
Listen 127.0.0.1:{port}
Browsing Off
<Location />
  Allow localhost
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}/etc
StateDir {folder}/state
CacheDir {folder}/cache
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
AccessLog {folder}/access
ErrorLog {folder}/error
PageLog {folder}/page
SystemGroup root
"""
QUEUE = "tickets"


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    # Not pytest's folder: the user `lp` may not enter it.
    folder, port = Path(tempfile.mkdtemp(prefix="cups-")), free_port()
    folder.chmod(0o755)
    for name in ("etc", "state", "cache", "spool/tmp"):
        (folder / name).mkdir(parents=True)
    for path in (folder / "spool", folder / "spool/tmp", folder / "cache"):
        shutil.chown(path, pwd.getpwnam("lp").pw_uid, "lp")
    (folder / "cupsd.conf").write_text(DAEMON.format(port=port))
    (folder / "cups-files.conf").write_text(FILES.format(folder=folder))
    command = ["cupsd", "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")]
    with subprocess.Popen(command) as daemon:
        wait_for_port(port)
        yield f"127.0.0.1:{port}"
        daemon.terminate()
    shutil.rmtree(folder)


@pytest.fixture
def paper(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualPrinter]:
    """A printer on the network, with a queue to it."""
    monkeypatch.setenv("CUPS_SERVER", server)
    virtual = VirtualPrinter().start()
    run("lpadmin", "-p", QUEUE, "-E", "-v", f"socket://127.0.0.1:{virtual.port}", "-m", "raw")
    yield virtual
    run("lpadmin", "-x", QUEUE)
    virtual.stop()


@pytest.fixture
def handed_over() -> list[bytes]:
    """What the driver gave to CUPS."""
    return []


@pytest.fixture
def printer(paper: VirtualPrinter, handed_over: list[bytes]) -> CupsPrinter:
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    return CupsPrinter("counter", QUEUE, encoder, delivered=handed_over.append)


def print_one(printer: CupsPrinter) -> Confirmation:
    return printer.print(DOCUMENT, lambda: None, 10)


def test_tickets_come_out_as_they_are_and_the_queue_is_free_again(
    printer: CupsPrinter, paper: VirtualPrinter, handed_over: list[bytes]
):
    printer.open()
    for number in (1, 2):
        assert print_one(printer) is Confirmation.SENT
        until(lambda: len(paper.sheets) == number)  # noqa: B023
        until(lambda: printer.status() is None)

    assert paper.errors == []
    assert bytes(paper.received) == b"".join(handed_over)


def test_a_ticket_that_waits_in_the_queue_keeps_the_next_one_out_and_is_printed_once(
    printer: CupsPrinter, paper: VirtualPrinter
):
    run("cupsdisable", QUEUE)
    assert printer.status() is Cause.OFFLINE
    run("cupsenable", QUEUE)
    run("lp", "-d", QUEUE, "-o", "raw", "-H", "indefinite", "/etc/hostname")

    with pytest.raises(DeviceError) as problem:
        print_one(printer)

    assert (problem.value.cause, problem.value.printed) == (Cause.OFFLINE, Printed.NO)
    run("cancel", "-a", QUEUE)
    assert print_one(printer) is Confirmation.SENT
    until(lambda: len(paper.sheets) == 1)


def test_a_printer_that_is_away_gets_the_ticket_when_it_is_back_and_no_other_meanwhile(
    printer: CupsPrinter, paper: VirtualPrinter
):
    paper.fault(die_after=0)
    assert print_one(printer) is Confirmation.SENT
    with pytest.raises(DeviceError) as problem:
        print_one(printer)
    assert problem.value.printed is Printed.NO

    paper.fault(die_after=None)
    until(lambda: printer.status() is None, 120)
    assert len(paper.sheets) == 1


def test_a_queue_that_takes_nothing_has_printed_nothing(printer: CupsPrinter, paper: VirtualPrinter):
    run("cupsreject", QUEUE)
    with pytest.raises(DeviceError) as problem:
        print_one(printer)

    assert problem.value.printed is Printed.NO
    assert not paper.sheets


@pytest.mark.usefixtures("paper")
def test_no_such_queue_is_unreachable():
    with pytest.raises(Unreachable, match="no queue other"):
        CupsPrinter("counter", "other", Encoder("TM-T88V")).open()


def test_a_daemon_that_is_gone_is_unreachable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable):
        CupsPrinter("counter", QUEUE, Encoder("TM-T88V")).open()
