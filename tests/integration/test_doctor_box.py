"""The doctor at a box: what is missing is said in plain words, each with the command that mends it."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.doctor import box, examine
from kiosk.doctor.findings import Finding, Level
from kiosk.doctor.machine import Machine
from tests.cast import NINE

URL = "https://kiosk.clinic.example"
GROUPS = "".join(f"{name}:x:1:\n" for name in ("video", "render", "audio", "dialout", "lp", "input"))

Box = Callable[..., Machine]


@pytest.fixture
def a_box(tmp_path: Path) -> Box:
    """A computer as the installer leaves it; what is wrong with it is written over."""

    def made(
        kind: str = "all", answers: dict[str, str] | None = None, missing: set[str] | None = None
    ) -> Machine:
        meddlers = set(box.MEDDLERS)
        files = {
            "etc/kiosk/install.json": json.dumps({"kind": kind, "url": URL, "screen": "front"}),
            "etc/group": GROUPS,
            "etc/chromium/policies/managed/kiosk.json": json.dumps(
                {"URLBlocklist": ["*"], "URLAllowlist": [URL]}
            ),
            "proc/mounts": "/dev/sda2 / ext4 rw 0 0\n",
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            if not (tmp_path / name).exists():
                (tmp_path / name).write_text(text)
        for folder in ("run/systemd/system", str(box.NOTO)):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        said = {"systemctl is-active": "active", "systemctl show": "", "systemctl is-enabled": "enabled"}
        said |= answers or {}

        def call(*words: str) -> str:
            return said.get(" ".join(words), said.get(" ".join(words[:2]), ""))

        def which(name: str) -> str | None:
            return None if name in (meddlers | (missing or set())) else f"/usr/bin/{name}"

        return Machine(tmp_path, call, which, lambda *_, **__: iter(()))

    return made


def found(machine: Machine, now: datetime = NINE, zone: str = "") -> list[Finding]:
    """What is not good."""
    return [finding for finding in box.look(machine, now, zone) if finding.level is not Level.GOOD]


def test_a_computer_without_an_installation_is_not_looked_at(tmp_path: Path) -> None:
    assert list(box.look(Machine(tmp_path), NINE)) == []


@pytest.mark.parametrize("kind", box.PARTS)
def test_nothing_is_wrong_with_a_box_as_it_was_installed(a_box: Box, kind: str) -> None:
    assert found(a_box(kind)) == []


@pytest.mark.parametrize(
    ("path", "text", "words", "cure"),
    [
        ("etc/group", GROUPS.replace("lp:", "print:"), "no group 'lp'", "sudo groupadd --system lp"),
        ("etc/chromium/policies/managed/kiosk.json", "{}", "does not keep it", "sudo make upgrade"),
        ("etc/chromium/policies/managed/kiosk.json", "{", "cannot be read", "sudo make upgrade"),
        ("etc/kiosk/ca.crt", "no certificate", "is not a certificate", "sudo make upgrade"),
        (
            "etc/kiosk/kiosk.toml",
            '[server]\npublic_url = "https://old.example"\n',
            "public_url = https://old.example, but this computer was installed for",
            "--url https://old.example",
        ),
        (
            "etc/kiosk/kiosk.toml",
            '[drivers]\nserver = "https://a.example"\nca_file = "/etc/kiosk/ca.crt"\n',
            "There is no /etc/kiosk/ca.crt",
            "--ca ca.crt",
        ),
        ("proc/mounts", "/dev/mmcblk0p2 / ext4 rw 0 0\n", "memory card", "SSD"),
        ("proc/mounts", "overlayroot / overlay rw 0 0\n", "read-only", ""),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    a_box: Box, tmp_path: Path, path: str, text: str, words: str, cure: str
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    (finding,) = found(a_box())
    assert words in finding.words
    assert cure in finding.cure


@pytest.mark.parametrize(
    ("answers", "words", "cure"),
    [
        (
            {"systemctl is-active kiosk-browser.service": "failed"},
            "kiosk-browser.service does not run (failed)", "journalctl",
        ),
        (
            {f"systemctl {asked} kiosk-backup.timer": "disabled" for asked in ("is-active", "is-enabled")},
            "kiosk-backup.timer is switched off", "sudo systemctl enable --now kiosk-backup.timer",
        ),
        (
            {
                "systemctl is-active kiosk-devices.service": "activating",
                "journalctl _SYSTEMD_UNIT=kiosk-devices.service": "drivers.scanners[1].port: is missing",
            },
            "does not run (activating): drivers.scanners[1].port: is missing.", "journalctl",
        ),
        (
            {
                "systemctl show --value --property=StatusText kiosk-devices.service":
                    "Not paired, type K7M2-9QPX on the console",
            },
            "kiosk-devices.service runs: Not paired, type K7M2-9QPX on the console.", "Screens",
        ),
        (
            {"systemctl show --value --property=StatusText kiosk-devices.service": "counter: unplugged"},
            "kiosk-devices.service runs: counter: unplugged.", "journalctl -u kiosk-devices",
        ),
        ({"vcgencmd get_throttled": "throttled=0x50005"}, "power is too weak", "supply"),
        ({"vcgencmd get_throttled": "throttled=0x50000"}, "power was too weak", "supply"),
    ],
)  # fmt: skip
def test_what_programs_say_is_said_plainly(
    a_box: Box, answers: dict[str, str], words: str, cure: str
) -> None:
    (finding,) = found(a_box(answers=answers))
    assert words in finding.words
    assert cure in finding.cure


def test_a_strong_power_supply_and_what_a_screen_drew_are_good_news(a_box: Box) -> None:
    show = "systemctl show --value --property=StatusText kiosk-browser.service"
    machine = a_box(
        answers={"vcgencmd get_throttled": "throttled=0x0", show: "The last frame was drawn 4 s ago"}
    )
    words = [finding.words for finding in box.look(machine, NINE)]
    assert "The power is strong enough." in words
    assert "kiosk-browser.service runs: The last frame was drawn 4 s ago." in words


def test_missing_programs_fonts_and_policy_are_named_with_what_installs_them(
    a_box: Box, tmp_path: Path
) -> None:
    machine = a_box("tv", missing={"cage", "chromium"})
    (tmp_path / box.NOTO).rmdir()
    (tmp_path / box.POLICY).unlink()
    cures = [finding.cure for finding in found(machine)]
    assert "sudo apt-get install cage chromium" in cures
    assert "sudo apt-get install fonts-noto-core" in cures
    assert any("visitor can leave" in finding.words for finding in found(machine))


def test_programs_that_take_scanners_are_found(a_box: Box) -> None:
    machine = a_box("kiosk")
    machine = replace(machine, which=lambda name: name)
    assert [finding.cure for finding in found(machine)] == [
        "sudo apt-get remove modemmanager", "sudo apt-get remove brltty",
    ]  # fmt: skip


def test_without_systemd_the_services_are_not_judged(a_box: Box, tmp_path: Path) -> None:
    machine = a_box()
    (tmp_path / "run/systemd/system").rmdir()
    assert [finding.words for finding in found(machine)] == [
        "systemd does not run here: the services were not looked at."
    ]


def test_another_time_zone_is_noted(a_box: Box, tmp_path: Path) -> None:
    machine = a_box()
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Etc/UTC")
    (finding,) = found(machine, zone="America/New_York")
    assert finding.cure == "sudo timedatectl set-timezone America/New_York"
    assert found(machine, zone="Etc/UTC") == []


@pytest.mark.parametrize(
    ("now", "level", "words"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), Level.GOOD, "good until"),
        (datetime(2027, 12, 10, tzinfo=UTC), Level.NOTE, "good until"),
        (datetime(2028, 2, 1, tzinfo=UTC), Level.WRONG, "ended on"),
    ],
)
def test_a_certificate_is_looked_at_before_it_ends(
    a_box: Box, tmp_path: Path, now: datetime, level: Level, words: str
) -> None:
    folder = tmp_path / "etc/kiosk/tls"
    folder.mkdir(parents=True)
    (folder / "server.crt").write_bytes(certificate(datetime(2027, 12, 25, tzinfo=UTC)))
    (finding,) = [f for f in box.look(a_box(), now) if f.words.startswith("The certificate")]
    assert finding.level is level
    assert words in finding.words


def test_a_certificate_that_was_not_made_here_is_not_renewed_here(a_box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "etc/kiosk/tls"
    folder.mkdir(parents=True)
    (folder / "server.crt").write_bytes(certificate(datetime(2027, 12, 25, tzinfo=UTC)))
    (finding,) = found(a_box(), datetime(2027, 12, 10, tzinfo=UTC))
    assert "--certificate" in finding.cure
    (folder / "ca.key").touch()
    (finding,) = found(a_box(), datetime(2027, 12, 10, tzinfo=UTC))
    assert finding.cure == "Renew it: sudo make upgrade"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_that_root_left_among_the_servers_is_named_with_what_gives_it_back(
    a_box: Box, tmp_path: Path
) -> None:
    folder = tmp_path / "var/lib/kiosk"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys/field.key").touch()
    os.chown(folder / "keys/field.key", 65534, 65534)
    (finding,) = found(a_box())
    assert "field.key belongs to another user than" in finding.words
    assert finding.cure == f"sudo chown -R kiosk: {folder}"


def test_the_device_host_and_the_screen_each_ask_the_server_with_what_they_believe_in(
    a_box: Box, tmp_path: Path
) -> None:
    asked: list[tuple[object, ...]] = []

    def reach(*words: object, **more: object) -> Iterator[Finding]:
        asked.append((*words, more.get("alone", False)))
        return iter(())

    ca = tmp_path / "etc/kiosk/ca.crt"
    ca.parent.mkdir(parents=True)
    ca.write_bytes(certificate(datetime(2036, 1, 1, tzinfo=UTC)))
    (tmp_path / "etc/kiosk/kiosk.toml").write_text(
        f'[drivers]\nserver = "{URL}"\nca_file = "/etc/kiosk/ca.crt"\n'
    )
    found(replace(a_box("kiosk"), reach=reach))
    assert asked == [(URL, "This computer", ca, False), (URL, "The device host", ca, True)]


def test_a_box_without_a_server_is_examined_without_its_records(a_box: Box, tmp_path: Path) -> None:
    words = [finding.words for finding in examine(tmp_path / "no.toml", machine=a_box("tv"))]
    assert words[0] == f"This computer was installed as 'tv' for {URL}."
    assert not any("no.toml" in word for word in words)


def certificate(ends: datetime) -> bytes:
    """One that ends then."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)
