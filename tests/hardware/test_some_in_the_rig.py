"""A part of `make test-hardware` that belongs to `make test` wherever the rig is set up: a minute of it."""

import pytest

from tests.hardware import rig
from tests.hardware.gadgets import IN_THE_RIG

pytestmark = [
    pytest.mark.skipif(not rig.is_ready(), reason="`make test-hardware` sets the rig up"),
    pytest.mark.skipif(IN_THE_RIG, reason="this is the rig"),
]
INSIDE = "tests/hardware/inside"
CHOSEN = "test_it_gives_the_bytes_unchanged or test_it_prints_a_ticket or test_pulling_the_plug"


def test_a_scan_and_a_ticket_go_through_the_kernels_own_drivers():
    where = (f"{INSIDE}/test_scanner_contract.py", f"{INSIDE}/test_printer_contract.py")
    assert rig.run_tests(*where, "-k", CHOSEN, within_s=600) == 0
