import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.config import parse
from drivers.host import Host
from drivers.pairing import TokenFile
from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner
from kiosk.doctor.box import HOST_ASKS, HOST_IS_WELL
from tests.integration.drivers.conftest import FakeServer

NEXT_JOB = "/api/station/jobs/next?wait=25"
LICENCE = b"@\n\x1e\rANSI 636014040002DL00410278DLDAQD1234562\nDCSLASTNAME\nDACFIRSTNAME\nDBB08311977\r"


def table(
    server: FakeServer, printer: VirtualPrinter, scanner: VirtualScanner, folder: Path
) -> dict[str, object]:
    address = {"host": "127.0.0.1", "port": printer.port, "profile": "TM-T88V", "status_s": 0.1}
    return {
        "server": f"http://127.0.0.1:{server.port}",
        "token_file": str(folder / "new" / "host.token"),
        "scanners": [{"name": "counter", "kind": "serial", "port": str(scanner.path), "idle_ms": 40}],
        "printers": [{"name": "ticket printer", "kind": "network", **address}],
    }


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "host.token"


@pytest.fixture
def host(
    server: FakeServer,
    virtual_printer: VirtualPrinter,
    virtual_scanner: VirtualScanner,
    tmp_path: Path,
    token_file: Path,
) -> Iterator[Host]:
    host = Host(parse(table(server, virtual_printer, virtual_scanner, tmp_path), {}), claim_every_s=0.05)
    host.start()
    server.wait_for(
        lambda: server.devices() == {"ticket printer": ("ready", None), "counter": ("ready", None)}
    )
    yield host
    host.stop()


def test_a_host_without_a_token_pairs_and_keeps_the_token_to_itself(
    host: Host, server: FakeServer, token_file: Path
):
    assert server.said("/api/pairing") == [{"kind": "host"}]
    assert token_file.read_text() == server.token
    assert token_file.stat().st_mode & 0o777 == 0o600


def test_its_status_says_what_there_is_to_do(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter, virtual_scanner: VirtualScanner
):
    server.wait_for(lambda: host.status() == "Every device works")
    assert host.status().startswith(HOST_IS_WELL), "the doctor knows it by these words"
    virtual_printer.fault(paper="out")
    virtual_scanner.unplug()
    server.wait_for(lambda: host.status() == "counter: unplugged; ticket printer: paper_out")


def test_a_host_that_waits_to_be_paired_says_its_code(server: FakeServer, tmp_path: Path):
    server.approved = False
    host = Host(
        parse({"server": f"http://127.0.0.1:{server.port}", "token_file": str(tmp_path / "t")}, {}),
        claim_every_s=0.05,
    )
    host.start()
    server.wait_for(lambda: host.status() == "Not paired, type K7M2-0001 on the console")
    assert host.status().startswith(HOST_ASKS), "the doctor knows it by these words"
    server.approved = True
    server.wait_for(lambda: host.status() == "Every device works, but none is in kiosk.toml")
    host.stop()


def test_a_scan_arrives_byte_exact(host: Host, server: FakeServer, virtual_scanner: VirtualScanner):
    virtual_scanner.write(b"]L2" + LICENCE)
    (scan,) = server.wait_for(lambda: server.said("/api/station/scans"))
    assert base64.b64decode(scan["data"]) == LICENCE
    assert (scan["scanner"], scan["symbology"]) == ("counter", "]L2")


def test_a_scan_waits_for_a_server_that_is_away_and_keeps_its_id(
    host: Host, server: FakeServer, virtual_scanner: VirtualScanner
):
    server.broken = True
    virtual_scanner.write(b"B042")
    (first, *_) = server.wait_for(lambda: server.said("/api/station/scans"))
    server.broken = False
    again = server.wait_for(lambda: server.said("/api/station/scans")[1:])
    assert again[0] == first


def test_a_server_that_is_away_is_not_said_to_be_back_by_a_loop_that_did_not_ask_it(
    host: Host, server: FakeServer, caplog: pytest.LogCaptureFixture
):
    server.broken = True
    asked = len(server.said(NEXT_JOB))
    server.wait_for(lambda: len(server.said(NEXT_JOB)) > asked + 3)
    said = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert said.count("The server is away") == 1
    assert "The server is back" not in said


def test_a_ticket_is_printed_and_proved(host: Host, server: FakeServer, virtual_printer: VirtualPrinter):
    server.add_job(17)
    assert server.outcome(17) == ("done", {"attempt": 3, "confirmation": "printed"})
    assert server.said("/api/station/jobs/17/sending") == [{"attempt": 3}]
    paths = [path for path, _ in server.heard if "/jobs/17/" in path]
    assert paths == ["/api/station/jobs/17/sending", "/api/station/jobs/17/done"]
    assert len(virtual_printer.wait_for_sheets(1)) == 1


def test_the_health_tells_what_the_printer_used_also_after_a_restart(
    host: Host, server: FakeServer, token_file: Path
):
    server.add_job(18)
    assert server.outcome(18)[0] == "done"
    kept = json.loads(token_file.with_name("counters.json").read_text())
    assert kept["ticket printer"]["tickets"] == kept["ticket printer"]["cuts"] == 1
    assert 50 < kept["ticket printer"]["paper_mm"] < 300
    assert host._health()["devices"][0]["count"] == kept["ticket printer"]
    assert host._health()["devices"][1]["count"] is None


def test_a_lost_lease_prints_nothing_and_reports_nothing(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter
):
    server.sending_status = 409
    server.add_job(1)
    server.wait_for(lambda: server.said("/api/station/jobs/1/sending"))
    server.sending_status = 200
    server.add_job(2)
    assert server.outcome(2)[0] == "done"
    assert len(virtual_printer.wait_for_sheets(1)) == 1
    assert not server.said("/api/station/jobs/1/failed")


def test_empty_paper_shows_in_the_health_and_fails_the_job_before_the_first_byte(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter
):
    virtual_printer.fault(paper="out")
    server.wait_for(lambda: server.devices()["ticket printer"] == ("down", "paper_out"))
    server.add_job(3)
    assert server.outcome(3) == ("failed", {"attempt": 3, "cause": "paper_out", "printed": "no"})
    assert not server.said("/api/station/jobs/3/sending")
    virtual_printer.fault(paper="low")
    server.wait_for(lambda: server.devices()["ticket printer"] == ("attention", "paper_low"))
    server.add_job(4)
    assert server.outcome(4)[0] == "done"


def test_paper_that_ends_in_mid_ticket_is_reported_as_maybe(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter
):
    virtual_printer.fault(paper_left=100)
    server.add_job(5)
    assert server.outcome(5) == ("failed", {"attempt": 3, "cause": "paper_out", "printed": "maybe"})


def test_a_printer_that_goes_away_is_down_and_comes_back_by_itself(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter
):
    virtual_printer.fault(die_after=0)
    server.wait_for(lambda: server.devices()["ticket printer"] == ("down", "unreachable"))
    server.add_job(6)
    assert server.outcome(6) == ("failed", {"attempt": 3, "cause": "unreachable", "printed": "no"})
    virtual_printer.fault(die_after=None)
    server.wait_for(lambda: server.devices()["ticket printer"] == ("ready", None))
    server.add_job(7)
    assert server.outcome(7)[0] == "done"


def test_a_scanner_that_is_pulled_out_is_down_and_comes_back_by_itself(
    host: Host, server: FakeServer, virtual_scanner: VirtualScanner, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    virtual_scanner.unplug()
    server.wait_for(lambda: server.devices()["counter"] == ("down", "unplugged"))
    time.sleep(1.2)
    virtual_scanner.plug()
    server.wait_for(lambda: server.devices()["counter"] == ("ready", None))
    virtual_scanner.write(b"B042")
    server.wait_for(lambda: server.said("/api/station/scans"))
    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith("counter")]
    assert [line.split(" (")[0] for line in said] == ["counter is down", "counter is ready"]


def test_a_revoked_token_is_forgotten_and_the_host_pairs_again(
    host: Host, server: FakeServer, token_file: Path
):
    server.token = "another"
    server.wait_for(lambda: len(server.said("/api/pairing")) == 2)
    server.wait_for(lambda: token_file.exists() and token_file.read_text() == "another")
    server.add_job(8)
    assert server.outcome(8)[0] == "done"


def test_how_it_went_arrives_even_when_the_server_was_away(
    host: Host, server: FakeServer, virtual_printer: VirtualPrinter
):
    virtual_printer.fault(slow_bps=15_000)
    server.add_job(9)
    server.wait_for(lambda: server.said("/api/station/jobs/9/sending"))
    server.broken = True
    virtual_printer.wait_for_sheets(1)
    server.wait_for(lambda: server.said("/api/station/jobs/9/done"))
    server.broken = False
    server.wait_for(lambda: len(server.said("/api/station/jobs/9/done")) > 1)
    assert len(virtual_printer.sheets) == 1


def test_the_process_starts_pairs_stays_small_and_stops_when_told(
    server: FakeServer,
    virtual_printer: VirtualPrinter,
    virtual_scanner: VirtualScanner,
    tmp_path: Path,
    token_file: Path,
):
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f"""
        [drivers]
        server = "http://127.0.0.1:{server.port}"
        [[drivers.scanners]]
        name = "counter"
        kind = "serial"
        port = "{virtual_scanner.path}"
        [[drivers.printers]]
        name = "ticket printer"
        kind = "network"
        host = "127.0.0.1"
        port = {virtual_printer.port}
        profile = "TM-T88V"
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers"],
        env=os.environ | {"KIOSK_CONFIG": str(config), "KIOSK_DRIVERS_TOKEN_FILE": str(token_file)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        server.add_job(1)
        assert server.outcome(1)[0] == "done"
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) < 60 * 1024
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "K7M2-0001" in log
        assert "Traceback" not in log
        assert server.token not in log
    finally:
        process.kill()
        process.communicate()


def test_a_token_that_cannot_be_kept_is_used_all_the_same(
    server: FakeServer, virtual_printer: VirtualPrinter, virtual_scanner: VirtualScanner, tmp_path: Path
):
    # A folder where the new file should be.
    (tmp_path / "new" / "host.token.new").mkdir(parents=True)
    host = Host(parse(table(server, virtual_printer, virtual_scanner, tmp_path), {}), claim_every_s=0.05)
    host.start()
    server.wait_for(lambda: server.said("/api/station/health"))
    host.stop()


@pytest.mark.parametrize("left", [b"", b"\0" * 43, b"\xff\xfe", b"half a token"])
def test_what_a_power_cut_left_of_a_token_is_none(left: bytes, tmp_path: Path):
    (tmp_path / "host.token").write_bytes(left)
    assert TokenFile(tmp_path / "host.token").read() is None


def test_the_watchdog_looks_at_every_loop(host: Host):
    threads = {thread.name for thread in threading.enumerate()}
    loops = {"pairing", "scans", "health", "hotplug", "jobs"}
    assert loops | {"counter", "ticket printer"} <= threads
    assert host._pulses.keys() == {f"the loop of {loop}" for loop in loops} | {"counter", "ticket printer"}
    assert not any(pulse.is_overdue for pulse in host._pulses.values())


def test_the_host_needs_nothing_of_the_server():
    unwanted = "{'kiosk', 'flask', 'sqlalchemy', 'PIL'}"
    code = f"import sys, drivers.host; print(sorted({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_bad_configuration_stops_the_process_and_names_the_key(tmp_path: Path):
    config = tmp_path / "kiosk.toml"
    config.write_text('[drivers]\nserver = "http://x"\ntoken = "y"\n')
    done = subprocess.run(
        [sys.executable, "-m", "drivers", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "drivers.token" in done.stderr


def test_what_a_driver_says_of_its_trouble_goes_along_as_one_short_line(
    host: Host, server: FakeServer, virtual_scanner: VirtualScanner
):
    def said() -> str:
        devices = server.said("/api/station/health")[-1]["devices"]
        return next(device["said"] for device in devices if device["name"] == "counter")

    server.wait_for(lambda: server.said("/api/station/health") and said() == "")
    virtual_scanner.unplug()
    words = server.wait_for(said)
    assert str(virtual_scanner.path) in words
    assert words.isprintable()
    assert len(words) <= 200
