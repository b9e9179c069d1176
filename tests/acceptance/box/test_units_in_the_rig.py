"""The units under a real systemd: they start, come back after a crash, and are killed when they hang."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hardware import rig

ROOT = Path(__file__).parents[3]
HELD = (
    "the server is ready",
    "the device host is ready",
    "a killed server comes back",
    "a device host that hangs is started anew",
    "a server that hangs is started anew",
    "kiosk-server was ended by its watchdog",
    "kiosk-devices was ended by its watchdog",
    "backup and purge end well",
    "the backup is there",
)


@pytest.mark.hardware
@pytest.mark.skipif(not rig.is_ready(), reason="`make test-hardware` sets the rig up")
def test_the_units_hold_under_systemd(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "root").mkdir()
    install = [sys.executable, str(ROOT / "systemd" / "install"), "server", "--no-packages"]
    where = ["--url", "http://127.0.0.1:8000", "--root", str(tmp_path / "root")]
    subprocess.run([*install, *where], check=True, capture_output=True, timeout=300)
    toml = tmp_path / "root/etc/kiosk/kiosk.toml"
    toml.write_text(toml.read_text() + '\n[drivers]\nserver = "http://127.0.0.1:8000"\n')

    guest = [str(ROOT / "tests/acceptance/box/guest.sh"), str(ROOT / "systemd")]
    rig.boot(guest, within_s=1500, systemd=True, shared=tmp_path)
    said = capfd.readouterr().out
    print(said)
    assert [what for what in HELD if f"held: {what}" not in said] == []
