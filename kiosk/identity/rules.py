"""What a site configures about scans: its number patterns, its booking keys, the insurers it trusts. Pure."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Pattern:
    """A code of the site's own, e.g. a wristband: the whole text must match `regex`.

    The number is the group named `value`, else the first group, else the whole text.
    """

    system: str
    regex: re.Pattern[str]

    @classmethod
    def of(cls, system: str, regex: str) -> "Pattern":
        """Compile a pattern as configured. Raises `re.error`, so a bad one is refused at start."""
        return cls(system, re.compile(regex, re.ASCII))


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer of SMART Health Cards that the site trusts, with its P-256 keys (SEC 1 points by key id)."""

    url: str
    name: str
    keys: Mapping[str, bytes]
    revoked: frozenset[str] = frozenset()

    @classmethod
    def from_jwks(
        cls, url: str, name: str, keys: Iterable[Mapping[str, str]], revoked: Iterable[str] = ()
    ) -> "Issuer":
        """Take the `keys` of a JWK set; key ids are RFC 7638 thumbprints. Raises ValueError on other kinds.

        `revoked` holds `<rid>` or `<rid>.<unix time>` as in the issuer's `crl/<kid>.json`.
        """
        points = dict(map(_point, keys))
        return cls(url.rstrip("/"), name, MappingProxyType(points), frozenset(revoked))


def _point(jwk: Mapping[str, str]) -> tuple[str, bytes]:
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("a health card key must be kty EC, crv P-256")
    x, y = (urlsafe_b64decode(jwk[part] + "==") for part in ("x", "y"))
    if len(x) != 32 or len(y) != 32:
        raise ValueError("a P-256 coordinate has 32 bytes")
    canonical = f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'
    thumbprint = urlsafe_b64encode(sha256(canonical.encode()).digest()).rstrip(b"=").decode()
    return thumbprint, b"\x04" + x + y


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that recognition depends on besides the payload and the time. The default knows no keys."""

    patterns: tuple[Pattern, ...] = ()
    booking_keys: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    issuers: tuple[Issuer, ...] = ()
