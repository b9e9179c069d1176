"""The systemd units name what is there, and shut in what they start."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from drivers.__main__ import main as host
from kiosk.cli import parser
from kiosk.config import Config
from tests import cast

ROOT = Path(__file__).parents[2]
HOME = "/opt/kiosk/current/"
PYTHON = f"{HOME}.venv/bin/python"
UNITS = sorted([*(ROOT / "systemd").glob("*.service"), *(ROOT / "systemd").glob("*.timer")])
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 2.0
"""Of ten, as `systemd-analyze security` counts."""

each_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)

Check = Callable[[Path], list[str]]


def settings(unit: Path, key: str) -> list[str]:
    """Every value of a key."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def analyzed(*arguments: str | Path) -> str:
    """What `systemd-analyze` says."""
    done = subprocess.run(
        ["systemd-analyze", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        env={**os.environ, "SYSTEMD_LOG_COLOR": "0", "SYSTEMD_COLORS": "0"},
    )
    return done.stdout


@pytest.fixture
def complaints(tmp_path: Path) -> Check:
    """What is wrong with a unit: by systemd itself, or by its syntax alone where there is no systemd."""
    if shutil.which("systemd-analyze") is None:
        line = re.compile(r"|[#;].*|\[(Unit|Service|Timer|Install)\]|[A-Z]\w*=.*")
        return lambda unit: [one for one in unit.read_text().splitlines() if not line.fullmatch(one)]
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PYTHON, sys.executable))
    names = "|".join(unit.stem for unit in UNITS)
    return lambda unit: re.findall(rf".*(?:{names}).*", analyzed("verify", "--man=no", tmp_path / unit.name))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_complain_of(unit: Path, complaints: Check) -> None:
    assert complaints(unit) == []


@each_service
def test_a_service_is_shut_in(unit: Path) -> None:
    if shutil.which("systemd-analyze"):
        answer = analyzed("security", "--offline=yes", "--no-pager", unit)
        exposure = re.search(r"exposure level for \S+: (\d+\.\d+)", answer)
        assert exposure is not None, answer
        assert float(exposure[1]) <= MOST_EXPOSED
    for key, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "UMask": "0077"}.items():
        assert settings(unit, key) == [value]


def test_the_device_host_may_open_what_its_drivers_open_and_nothing_else() -> None:
    allowed = {
        line.split()[0] for line in settings(ROOT / "systemd" / "kiosk-devices.service", "DeviceAllow")
    }
    serial = {"char-ttyACM", "char-ttyUSB", "char-ttyS", "char-ttyAMA"}
    assert allowed == serial | {"char-usb", "char-usb_device", "char-input", "char-video4linux"}


@each_service
def test_a_service_starts_a_command_that_there_is(unit: Path) -> None:
    (line,) = settings(unit, "ExecStart")
    python, flag, *arguments = shlex.split(line)
    if flag.startswith(HOME):  # a script of ours, started without our packages
        assert python == "/usr/bin/python3"
        assert (ROOT / flag.removeprefix(HOME)).is_file()
        return
    assert (python, flag) == (PYTHON, "-m")
    module, *arguments = arguments
    if module == "drivers":
        assert arguments == []
        assert host.__module__ == "drivers.__main__"
    else:
        assert module == "kiosk"
        assert callable(parser(arguments).parse_args(arguments).command.run)


@each_service
def test_a_service_sets_only_what_is_read(unit: Path) -> None:
    names = dict(pair.split("=", 1) for line in settings(unit, "Environment") for pair in shlex.split(line))
    sources = "".join(path.read_text() for path in (ROOT / "drivers").rglob("*.py"))
    for name in names:
        match name.removeprefix("KIOSK_").lower().split("__"):
            case [table, key]:
                section = getattr(Config.from_dict(cast.CLINIC), table)
                assert key in {field.name for field in msgspec.structs.fields(section)}
            case _ if name.startswith("KIOSK_DRIVERS_"):
                assert "KIOSK_DRIVERS_" in sources
                assert name.removeprefix("KIOSK_DRIVERS_").lower() in sources
            case _:
                assert name in ("KIOSK_CONFIG", "PYTHONDONTWRITEBYTECODE")


@each_service
def test_a_service_names_a_page_and_a_user_that_there_are(unit: Path) -> None:
    (page,) = settings(unit, "Documentation")
    assert (ROOT / page.removeprefix(f"file:{HOME}")).is_file()
    users = re.findall(r"^u (\S+)", (ROOT / "systemd" / "kiosk.sysusers").read_text(), re.MULTILINE)
    assert {*settings(unit, "User"), *settings(unit, "Group")} <= set(users)


def test_every_timer_has_its_service_and_every_unit_can_be_enabled() -> None:
    for unit in UNITS:
        if unit.suffix == ".timer":
            assert unit.with_suffix(".service") in SERVICES
            assert settings(unit, "WantedBy") == ["timers.target"]
        elif not unit.with_suffix(".timer").exists():
            assert settings(unit, "WantedBy") == ["multi-user.target"]


def test_what_hangs_is_started_anew() -> None:
    for unit in SERVICES:
        if settings(unit, "Type") != ["oneshot"]:
            assert settings(unit, "Type") == ["notify"]
            assert settings(unit, "Restart") == ["always"]
            assert settings(unit, "StartLimitIntervalSec") == ["0"]
            assert settings(unit, "WatchdogSec")
            assert settings(unit, "MemoryMax")


def test_the_two_screens_differ_only_in_what_they_show() -> None:
    """One is the other, but for the camera."""
    kiosk, tv = (
        {line for line in (ROOT / "systemd" / name).read_text().splitlines() if line and line[0] != "#"}
        for name in ("kiosk-browser.service", "kiosk-tv.service")
    )
    differing = {line.partition("=")[0] for line in kiosk ^ tv}
    assert differing == {"Description", "Conflicts", "ExecStart", "DeviceAllow"}


def test_device_names_are_rules_that_udev_understands() -> None:
    rules = (ROOT / "systemd" / "60-kiosk.rules").read_text().splitlines()
    clause = r'(SUBSYSTEMS?|KERNEL|ATTRS?\{\w+\}|ENV\{\w+\})==".*?"'
    effect = r'(ENV\{\w+\}|SYMLINK|RUN|OWNER|GROUP|MODE)(\+?=)".*?"'
    for line in rules:
        if line and not line.startswith("#"):
            assert re.fullmatch(rf"{clause}(, ({clause}|{effect}))*", line)
