"""The contract of scanners, on usbhid and cdc_acm."""

from tests.contracts.test_scanner_contract import *  # noqa: F403
