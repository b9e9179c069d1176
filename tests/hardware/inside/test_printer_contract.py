"""The contract of printers, on usblp."""

from tests.contracts.test_printer_contract import *  # noqa: F403
