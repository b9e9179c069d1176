"""What every device has in common: a scan, an error with a cause, and the two protocols. Pure.

Life of a device: `open()`, then `read()` or `status()`/`print()` again and again, then `close()`. Any of
them may raise `DeviceError`; the host then closes the device, waits and opens it again. `close()` never
raises and may be called twice. One thread owns a device, so no device needs a lock.
"""

import errno
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Cause(StrEnum):
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    UNPLUGGED = "unplugged"
    TIMEOUT = "timeout"
    DENIED = "denied"
    TAKEN = "taken"
    SETUP = "setup"
    ERROR = "error"


class Printed(StrEnum):
    """What is known about the paper after a failure."""

    NO = "no"
    MAYBE = "maybe"


class Confirmation(StrEnum):
    """`printed`: the printer answered a question queued behind the ticket. `sent`: it took every byte."""

    PRINTED = "printed"
    SENT = "sent"


class DeviceError(Exception):
    """The device did not do what it was asked to do."""

    cause = Cause.ERROR
    permanent = False

    def __init__(
        self,
        message: str | None = None,
        *,
        cause: Cause | None = None,
        permanent: bool | None = None,
        printed: Printed = Printed.NO,
    ) -> None:
        super().__init__(message or type(self).__doc__)
        self.cause = cause or type(self).cause
        self.permanent = type(self).permanent if permanent is None else permanent
        self.printed = printed


class Unplugged(DeviceError):
    """The device is not plugged in."""

    cause = Cause.UNPLUGGED


class Unreachable(DeviceError):
    """Nothing answers at the device's address."""

    cause = Cause.UNREACHABLE


class TimedOut(DeviceError):
    """The device took too long."""

    cause = Cause.TIMEOUT


def not_opened(port: object, problem: Exception) -> DeviceError:
    """Why the system did not open `port`. Who holds a plugged cable shall not be sent to look for it."""
    match getattr(problem, "errno", None):
        case errno.EACCES:
            return DeviceError(f"{port}: this user is not in the group that may open it", cause=Cause.DENIED)
        case errno.EPERM:
            said = f"{port}: this service may not open such devices (DeviceAllow= of its unit)"
            return DeviceError(said, cause=Cause.DENIED)
        case errno.EBUSY | errno.EAGAIN:
            return DeviceError(f"{port}: another program has grabbed it", cause=Cause.TAKEN)
    return Unplugged(f"{port}: {getattr(problem, 'strerror', None) or problem}")


class LeaseLost(Exception):
    """Another host prints this ticket: print nothing."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The bytes that a scanner read, unchanged; none when a part of them was lost on the way."""

    data: bytes
    symbology: str | None
    scanner: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Scanner(Protocol):
    """Something that reads cards, letters and telephones."""

    name: str

    def open(self) -> None: ...

    def read(self) -> list[Scan]:
        """Wait a moment (less than a second) and return what was scanned, usually nothing."""

    def close(self) -> None: ...


class Printer(Protocol):
    """Something that hands over a ticket."""

    name: str

    def open(self) -> None: ...

    def status(self) -> Cause | None:
        """Ask the device: None when all is well, PAPER_LOW when it still prints, else why it cannot."""

    def print(
        self, document: Mapping[str, Any], on_sending: Callable[[], None], within_s: float
    ) -> Confirmation:
        """Print once, never twice. `on_sending` runs before the first byte; what it raises stops the job."""

    def close(self) -> None: ...
