"""One HTTPS request to a host that the site trusts, for an address that a stranger brought.

Whoever holds a QR code chooses the address, so that the server might fetch what it should not (SSRF). Only
hosts on the list are asked; the name is resolved once, every address that it has must be public, and the
connection goes to an address that was checked, with the certificate of the name. Redirects are not followed,
no proxy of the environment is used, nothing is sent but what is said here, and one deadline and one bound of
bytes hold for all requests of an `Errand`. No error says where to.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

from kiosk.identity.documents import Personal

SECONDS = 5.0
LARGEST = 5 * 2**20
PORT = 443
_LONGEST_URL = 4096
_MOST_ADDRESSES = 4

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], list[str]]


class FetchError(Exception):
    """It could not be fetched."""


class NotTrusted(FetchError):
    """The site does not trust that address."""


class Unreachable(FetchError):
    """The other side does not answer, or not in time."""


class NotUnderstood(FetchError):
    """The other side's answer is too large, or no proper one."""


def system_resolve(host: str) -> list[str]:
    """Every address of `host`, as the machine is set up to find them. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be asked: `hosts` as name and port, at public addresses alone.

    For tests alone: `networks` are allowed though they are not public, and the authorities in `ca_file` vouch
    instead of the machine's. No configuration leads there.
    """

    hosts: frozenset[tuple[str, int]]
    resolve: Resolve = system_resolve
    networks: tuple[str, ...] = ()
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Personal):
    """What came back."""

    status: int
    body: bytes


@dataclass(slots=True, repr=False)
class Errand(Personal):
    """Some requests that belong together, with one deadline and one bound of bytes."""

    reach: Reach
    seconds: float = SECONDS
    left_bytes: int = LARGEST
    _ends: float = field(init=False)
    _tls: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        self._ends = monotonic() + self.seconds
        self._tls = ssl.create_default_context(cafile=self.reach.ca_file)
        self._tls.sslsocket_class = _TimedSocket

    def get(self, url: str) -> Answer:
        """Ask for what is there. Raises FetchError."""
        return self._ask("GET", url, None)

    def post(self, url: str, body: bytes) -> Answer:
        """Send JSON. Raises FetchError."""
        return self._ask("POST", url, body)

    def _ask(self, method: str, url: str, body: bytes | None) -> Answer:
        host, port, target = _parts(url)
        if (host, port) not in self.reach.hosts:
            raise NotTrusted
        addresses = self._addresses(host)
        connection = _Connection(host, port, addresses, self._tls, self._left)
        headers = {"User-Agent": "clinic-kiosk", "Accept": "*/*", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, target, body, headers)
            with closing(connection.getresponse()) as response:
                if response.getheader("Content-Encoding", "identity") != "identity":
                    raise NotUnderstood
                data = response.read(self.left_bytes + 1)
        except ssl.SSLCertVerificationError:
            raise NotTrusted from None
        except (OSError, HTTPException, ValueError):
            raise Unreachable from None
        finally:
            connection.close()
        if len(data) > self.left_bytes:
            raise NotUnderstood
        self.left_bytes -= len(data)
        return Answer(response.status, data)

    def _addresses(self, host: str) -> list[str]:
        """Where `host` is, looked up once. One address that may not be asked makes the name suspect."""
        answer: SimpleQueue[list[str]] = SimpleQueue()
        Thread(target=_answer, args=(self.reach.resolve, host, answer), daemon=True).start()
        try:
            found = answer.get(timeout=self._left())
        except Empty:
            raise Unreachable from None
        if not found:
            raise Unreachable
        if not all(may_be_asked(address, self.reach.networks) for address in found):
            raise NotTrusted
        return found[:_MOST_ADDRESSES]

    def _left(self) -> float:
        """The seconds until the deadline. Raises Unreachable when it is past."""
        left = self._ends - monotonic()
        if left <= 0:
            raise Unreachable
        return left


def may_be_asked(address: str, networks: Iterable[str] = ()) -> bool:
    """Whether this is a public address of one machine, or in one of `networks`.

    IPv6 addresses that carry an IPv4 one (mapped, NAT64, 6to4, Teredo) are refused whatever they carry.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if any(found in network for network in map(ip_network, networks)):
        return True
    if isinstance(found, IPv6Address):
        return found in _UNICAST and found.is_global and not any(found in one for one in _CARRIERS)
    return found.is_global and not found.is_multicast and not any(found in one for one in _RESERVED)


_UNICAST = IPv6Network("2000::/3")
_CARRIERS = IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("3fff::/20")
_RESERVED = ip_network("192.0.0.0/24"), ip_network("192.88.99.0/24")


def host_of(url: str) -> tuple[str, int]:
    """The host and the port of an address that may be asked in form. Raises NotTrusted."""
    host, port, _ = _parts(url)
    return host, port


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and the rest of an https address, read in the one way that there is to read it."""
    is_plain = len(url) <= _LONGEST_URL and url.isascii() and url.isprintable()
    if not is_plain or any(sign in url for sign in ' \\"<>^`{|}'):
        raise NotTrusted
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotTrusted from None
    if parts.scheme != "https" or not host or "@" in parts.netloc or port == 0 or parts.fragment:
        raise NotTrusted
    return host, port or PORT, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _answer(resolve: Resolve, host: str, answer: "SimpleQueue[list[str]]") -> None:
    try:
        answer.put(resolve(host))
    except (OSError, UnicodeError):
        answer.put([])


class _Connection(HTTPSConnection):
    """To one of the addresses that were checked, in the name of the host."""

    def __init__(
        self, host: str, port: int, addresses: list[str], tls: ssl.SSLContext, left: Callable[[], float]
    ) -> None:
        super().__init__(host, port, context=tls)
        self._tls = tls
        self._addresses = addresses
        self._left = left

    def connect(self) -> None:
        problem = OSError()
        for number, address in enumerate(self._addresses):
            try:
                share = self._left() / (len(self._addresses) - number)
                plain = socket.create_connection((address, self.port), timeout=share)
                break
            except OSError as refused:
                problem = refused
        else:
            raise problem
        try:
            plain.settimeout(self._left())
            wrapped = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        cast(_TimedSocket, wrapped).left = self._left
        self.sock = wrapped


class _TimedSocket(ssl.SSLSocket):
    """Every wait is as long as is left of the deadline: a server that sends a byte a second gains nothing."""

    left: Callable[[], float]

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.left())
        return super().recv_into(*args, **kwargs)
