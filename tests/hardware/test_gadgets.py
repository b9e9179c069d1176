"""The test's own scanner, without a kernel: what it does at the ends of a cable."""

from pathlib import Path

import pytest

from tests.hardware.gadgets import KeyboardGadget, report


class Cable:
    """A gadget whose node is a file."""

    def __init__(self, firmware: Path) -> None:
        self.firmware = firmware

    def unplug(self) -> None:
        """As the kernel does: the node goes."""
        self.firmware.unlink()


@pytest.fixture
def cable(tmp_path: Path) -> Cable:
    (tmp_path / "hidg0").touch()
    return Cable(tmp_path / "hidg0")


def test_a_scan_is_one_report_for_each_key_that_goes_down_or_up(cable: Cable):
    scanner = KeyboardGadget(cable)  # type: ignore[arg-type]
    scanner.write(b"B\r")
    scanner.settle()
    shift, b, enter = 0xE1, 0x05, 0x28
    expected = [[shift], [shift, b], [shift], [], [enter], []]
    assert cable.firmware.read_bytes() == b"".join(report(held) for held in expected)


def test_a_pulled_plug_ends_the_scan_and_nothing_is_typed_into_a_file_in_its_place(cable: Cable):
    scanner = KeyboardGadget(cable)  # type: ignore[arg-type]
    scanner.write(b"HALF OF A SCAN" * 20)
    scanner.unplug()
    scanner.settle()
    assert not cable.firmware.exists()
