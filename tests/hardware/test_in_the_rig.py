"""Starts the guest and judges what it says. Excluded from `make test`: run by `make test-hardware`."""

import os

import pytest

from tests.hardware import rig
from tests.hardware.gadgets import IN_THE_RIG

pytestmark = [
    pytest.mark.hardware,
    pytest.mark.skipif(not rig.is_ready(), reason="`make test-hardware` sets the rig up"),
    pytest.mark.skipif(IN_THE_RIG, reason="this is the rig"),
]
CYCLES = os.environ.get("KIOSK_RIG_CYCLES", "200")


def inside(*arguments: str, within_s: float) -> int:
    return rig.run_tests(*arguments, within_s=within_s, cycles=CYCLES)


def test_the_scanners_keep_their_contract_on_the_kernels_drivers():
    where = ("tests/hardware/inside/test_scanner_contract.py", "tests/hardware/inside/test_keyboard.py")
    assert inside(*where, within_s=900) == 0


def test_the_printer_keeps_its_contract_on_the_kernels_driver():
    assert inside("tests/hardware/inside/test_printer_contract.py", within_s=1200) == 0


def test_a_plug_pulled_in_mid_ticket_leaves_the_right_job_and_task():
    assert inside("tests/hardware/inside/test_mid_ticket.py", within_s=300 + 10 * int(CYCLES)) == 0


def test_keypads_are_remapped_by_udev():
    assert inside("tests/hardware/inside/test_keypad.py", within_s=180) == 0


def test_a_camera_is_read_through_v4l2():
    assert inside("tests/hardware/inside/test_camera.py", within_s=480) == 0


@pytest.mark.parametrize("device", ["cdc_acm", "usbhid", "printer"])
def test_plugs_pulled_again_and_again_cost_nothing(device: str):
    chosen = "printer" if device == "printer" else f"[{device}]"
    where = "tests/hardware/inside/test_unplugging.py"
    assert inside(where, "-k", chosen, within_s=120 + 15 * int(CYCLES)) == 0


def test_systemd_is_the_first_process_when_asked_for():
    ask = ["sh", "-c", "test $(cat /proc/1/comm) = systemd && systemctl is-active systemd-udevd"]
    assert rig.boot(ask, within_s=180, systemd=True) == 0
