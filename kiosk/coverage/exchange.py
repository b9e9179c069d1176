"""One HTTP exchange with another server: a request, its answer, one deadline for all, one bound of bytes.

Redirects are not followed, no proxy of the environment is used, nothing is sent but what is said here. No
error says where to, or what was sent.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple, cast

from kiosk.identity.documents import Personal

Resolve = Callable[[str], list[str]]


class FetchError(Exception):
    """It could not be fetched."""


class NotTrusted(FetchError):
    """The other side is not who it should be."""


class Unreachable(FetchError):
    """The other side does not answer, or not in time."""


class NotUnderstood(FetchError):
    """The other side's answer is too large, or no proper one."""


class Deadline:
    """When all must be over."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def left(self) -> float:
        """The seconds until then. Raises TimeoutError when it is past."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Place(NamedTuple):
    """Whom to ask: the name for which a certificate must stand, and where that is. No `tls`: plain HTTP."""

    host: str
    port: int
    addresses: Sequence[str]
    tls: ssl.SSLContext | None


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Personal):
    """What came back; `kind` is its Content-Type."""

    status: int
    kind: str
    body: bytes


def exchange(
    place: Place,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    deadline: Deadline,
    most_bytes: int,
) -> Answer:
    """Ask once. Raises FetchError, which names the kind of error at most."""
    sent = {"User-Agent": "clinic-kiosk", "Accept": "*/*", "Connection": "close", **headers}
    try:
        with closing(_Connection(place, deadline)) as connection:
            connection.request(method, target, body, sent)
            with closing(connection.getresponse()) as response:
                if response.getheader("Content-Encoding", "identity") != "identity":
                    raise NotUnderstood
                data = response.read(most_bytes + 1)
                missing = response.length
    except ssl.SSLCertVerificationError as error:
        raise NotTrusted(type(error).__name__) from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from None
    if len(data) > most_bytes:
        raise NotUnderstood
    if missing:
        raise Unreachable("cut short")
    return Answer(response.status, response.getheader("Content-Type", ""), data)


def system_resolve(host: str) -> list[str]:
    """Every address of `host`, as the machine is set up to find them. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def addresses_of(host: str, deadline: Deadline, resolve: Resolve = system_resolve) -> list[str]:
    """Where `host` is, one address or more, looked up once. Raises Unreachable."""
    answer: SimpleQueue[list[str]] = SimpleQueue()
    Thread(target=_look_up, args=(resolve, host, answer), daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except (Empty, TimeoutError):
        raise Unreachable("TimeoutError") from None
    if not found:
        raise Unreachable("no address")
    return found


def certified(ca_file: str | None = None) -> ssl.SSLContext:
    """TLS by which the other side shows a certificate, of the machine's authorities or those in `ca_file`."""
    tls = ssl.create_default_context(cafile=ca_file)
    tls.sslsocket_class = _TlsSocket
    return tls


def _look_up(resolve: Resolve, host: str, answer: "SimpleQueue[list[str]]") -> None:
    try:
        answer.put(resolve(host))
    except (OSError, UnicodeError):
        answer.put([])


class _Connection(HTTPConnection):
    """To one of the addresses, in the name of the host."""

    def __init__(self, place: Place, deadline: Deadline) -> None:
        self.default_port = 443 if place.tls else 80
        super().__init__(place.host, place.port)
        self._place, self._deadline = place, deadline

    def connect(self) -> None:
        plain = self._first_that_answers()
        try:
            plain.settimeout(self._deadline.left())
            self.sock = self._timed(plain)
            self.sock.settimeout(self._deadline.left())
        except BaseException:
            plain.close()
            raise

    def _first_that_answers(self) -> socket.socket:
        problem = OSError()
        addresses = self._place.addresses
        for number, address in enumerate(addresses):
            share = self._deadline.left() / (len(addresses) - number)
            try:
                return socket.create_connection((address, self.port), timeout=share)
            except OSError as refused:
                problem = refused
        raise problem

    def _timed(self, plain: socket.socket) -> "_Timed":
        tls = self._place.tls
        timed = (
            cast(_TlsSocket, tls.wrap_socket(plain, server_hostname=self.host))
            if tls
            else _PlainSocket(plain.family, plain.type, plain.proto, plain.detach())
        )
        timed.left = self._deadline.left
        return timed


class _Timed(socket.socket):
    """Every wait is as long as is left of the deadline: a server that sends a byte a second gains nothing."""

    left: Callable[[], float]

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.left())
        return super().recv_into(*args, **kwargs)


class _PlainSocket(_Timed):
    """Of plain HTTP."""


class _TlsSocket(_Timed, ssl.SSLSocket):
    """Of HTTPS."""
