"""Runs in the guest as its first process: bring up USB and udev, run the command, switch off.

Standard library only; `rig.boot` says in `/rig/order.json` what to do.
"""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / ".rig/kernel"
CONSOLE = "/dev/hvc0"
# Two of each input device and one printer, each on a port of its own.
USB_PORTS = 5
MODULES = (
    *("uinput", "evdev", "usbhid", "hid-generic", "usblp", "cdc-acm"),
    *("libcomposite", "usb_f_hid", "usb_f_acm", "usb_f_printer"),
)
# They would clear the root's folders away, or wait for what the guest does not have.
MASKED = ("systemd-tmpfiles-setup.service", "systemd-tmpfiles-clean.timer", "systemd-random-seed.service")
SERVICE = """[Unit]
After=systemd-udevd.service dbus.service
[Service]
Type=oneshot
ExecStart={python} {here} --service
StandardOutput=file:{console}
StandardError=file:{console}
"""
TARGET = """[Unit]
Requires=systemd-udevd.service dbus.socket
Wants=rig.service
AllowIsolate=yes
"""


def first_process() -> None:
    order = json.loads(Path("/rig/order.json").read_text())
    console = os.open(CONSOLE, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(console, stream)
    mount_the_rest()
    if order["systemd"]:
        become_systemd()
    obey(order, udev=["/lib/systemd/systemd-udevd", "--daemon"])


def service() -> None:
    """Started by systemd, which has started udev."""
    obey(json.loads(Path("/rig/order.json").read_text()))


def obey(order: dict[str, object], udev: list[str] | None = None) -> None:
    """Plug everything in, run what was ordered, switch off."""
    try:
        load_usb()
        if udev:
            subprocess.run(udev, check=True, stderr=subprocess.DEVNULL)
        settle()
        result = run(order)
    except (OSError, subprocess.SubprocessError):
        traceback.print_exc()
        result = 126
    switch_off(result)


def mount_the_rest() -> None:
    for kind, where in (("devpts", "/dev/pts"), ("tmpfs", "/dev/shm")):
        Path(where).mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", kind, kind, where], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
    rules = Path("/run/udev/rules.d")
    rules.mkdir(parents=True)
    for file in (ROOT / "systemd").glob("*.rules"):
        (rules / file.name).write_text(file.read_text())


def load_usb() -> None:
    modprobe("dummy_hcd", f"num={USB_PORTS}")
    for module in MODULES:
        modprobe(module)
    if not os.path.ismount("/sys/kernel/config"):
        subprocess.run(["mount", "-t", "configfs", "configfs", "/sys/kernel/config"], check=True)


def modprobe(*words: str) -> None:
    subprocess.run(["modprobe", "-d", str(KERNEL), *words], check=True)


def settle() -> None:
    subprocess.run(["udevadm", "trigger"], check=True)
    subprocess.run(["udevadm", "settle", "-t", "30"], check=True)


def become_systemd() -> None:
    units = Path("/etc/systemd/system")
    for name in MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")
    (units / "rig.service").write_text(SERVICE.format(python=sys.executable, here=__file__, console=CONSOLE))
    (units / "rig.target").write_text(TARGET)
    os.execv("/lib/systemd/systemd", ["systemd", "--unit=rig.target"])


def run(order: dict[str, object]) -> int:
    environment = {
        "PATH": f"{ROOT}/.venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "KIOSK_RIG": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    command: list[str] = order["command"]  # type: ignore[assignment]
    return subprocess.run(command, cwd=str(order["cwd"]), env=environment, check=False).returncode


def switch_off(result: int) -> None:
    sys.stdout.flush()
    Path("/rig/result").write_text(str(result))
    os.sync()
    Path("/proc/sysrq-trigger").write_text("o")
    subprocess.run(["sleep", "30"], check=False)


if __name__ == "__main__":
    if sys.argv[1:] == ["--service"]:
        service()
    else:
        first_process()
