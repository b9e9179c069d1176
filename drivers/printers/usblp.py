"""A printer on USB, by the kernel's `/dev/usb/lpN`."""

import contextlib
import fcntl
import logging
import os
import sys

from drivers.base import Cause, not_opened
from drivers.printers.transports import Descriptor

log = logging.getLogger(__name__)

_LPGETSTATUS, _PAPER_EMPTY = 0x060B, 0x20
# _IOC(_IOC_READ, 'P', 1, 1024), as the kernel's header makes it.
_LONGEST_ID = 1024
_LPIOC_GET_DEVICE_ID = 2 << 30 | _LONGEST_ID << 16 | ord("P") << 8 | 1


class UsbLp(Descriptor):
    """A USB printer through the kernel's usblp driver. It opens for one process only.

    Beside the bytes, the plug has wires of a parallel port's meaning (IEEE 1284): `cause` reads "paper empty"
    there, also while the printer is stuck, and `identity` the name that the printer gives itself. Source:
    the kernel's drivers/usb/class/usblp.c.
    """

    empty_read_is_the_end = False

    def __init__(self, port: str | os.PathLike[str]) -> None:
        super().__init__()
        self.port = port

    def open(self) -> None:
        try:
            self._fd = os.open(self.port, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as problem:
            raise not_opened(self.port, problem) from problem
        log.debug("%s calls itself %s", self.port, self.identity())

    def cause(self) -> Cause | None:
        """Only paper-empty is believed: cheap printers leave the other wires as they like."""
        wires = self._ask_kernel(_LPGETSTATUS, 4)
        return Cause.PAPER_OUT if wires and int.from_bytes(wires, sys.byteorder) & _PAPER_EMPTY else None

    def identity(self) -> dict[str, str]:
        """What the printer calls itself: `MFG`, `MDL`, `SN`; empty when it does not say."""
        return ieee1284(self._ask_kernel(_LPIOC_GET_DEVICE_ID, _LONGEST_ID))

    def close(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
        self._fd = -1
        self._inbox.clear()

    def _ask_kernel(self, request: int, size: int) -> bytes:
        answer = bytearray(size)
        try:
            fcntl.ioctl(self._fd, request, answer)
        except (OSError, ValueError):
            # Closed, not usblp, or just unplugged: the next byte will tell.
            return b""
        return bytes(answer)


def ieee1284(data: bytes) -> dict[str, str]:
    """A device id: two bytes of length, then `KEY:value;` again and again."""
    length = int.from_bytes(data[:2], "big")
    text = data[2:length].decode("ascii", "replace")
    pairs = (part.partition(":") for part in text.split(";"))
    names = {"MANUFACTURER": "MFG", "MODEL": "MDL", "SERN": "SN", "SERIALNUMBER": "SN"}
    return {
        names.get(key.strip().upper(), key.strip().upper()): value.strip()
        for key, colon, value in pairs
        if colon
    }
