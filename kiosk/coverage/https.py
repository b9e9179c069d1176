"""What may be fetched for an address that a stranger brought: a host that the site trusts, over HTTPS.

Whoever holds a QR code chooses the address, so that the server might fetch what it should not (SSRF). Only
hosts on the list are asked; the name is resolved once, every address that it has must be public, and the
connection goes to an address that was checked, with the certificate of the name. One deadline and one bound
of bytes hold for all requests of an `Errand`.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from kiosk.coverage.exchange import (
    Answer,
    Deadline,
    NotTrusted,
    Place,
    Resolve,
    addresses_of,
    certified,
    exchange,
    system_resolve,
)
from kiosk.identity.documents import Personal

SECONDS = 5.0
LARGEST = 5 * 2**20
PORT = 443
_LONGEST_URL = 4096
_MOST_ADDRESSES = 4


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


@dataclass(slots=True, repr=False)
class Errand(Personal):
    """Some requests that belong together, with one deadline and one bound of bytes."""

    reach: Reach
    seconds: float = SECONDS
    left_bytes: int = LARGEST
    _deadline: Deadline = field(init=False)
    _tls: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = Deadline(self.seconds)
        self._tls = certified(self.reach.ca_file)

    def get(self, url: str) -> Answer:
        """Ask for what is there. Raises FetchError."""
        return self._ask("GET", url, None, {})

    def post(self, url: str, body: bytes) -> Answer:
        """Send JSON. Raises FetchError."""
        return self._ask("POST", url, body, {"Content-Type": "application/json"})

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        host, port, target = _parts(url)
        if (host, port) not in self.reach.hosts:
            raise NotTrusted
        place = Place(host, port, self._addresses(host), self._tls)
        answer = exchange(
            place, method, target, body, headers, deadline=self._deadline, most_bytes=self.left_bytes
        )
        self.left_bytes -= len(answer.body)
        return answer

    def _addresses(self, host: str) -> list[str]:
        """Where `host` is. One address that may not be asked makes the name suspect."""
        found = addresses_of(host, self._deadline, self.reach.resolve)
        if not all(may_be_asked(address, self.reach.networks) for address in found):
            raise NotTrusted
        return found[:_MOST_ADDRESSES]


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
