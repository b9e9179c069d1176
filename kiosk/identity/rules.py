"""What a site configures about scans: its number patterns, its booking keys, the insurers it trusts. Pure."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from types import MappingProxyType

from kiosk.identity.compact import decoded, encoded
from kiosk.identity.signatures import is_point

_RID = re.compile(r"[A-Za-z0-9_-]{1,24}(?:\.[0-9]{1,12})?")


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
class RevocationList:
    """Which cards of one key the issuer took back: by `rid`, those issued before a Unix time.

    `counter` rises with every change (SMART Health Cards 1.4, revocation).
    """

    key_id: str
    counter: int
    revoked: Mapping[str, float]

    @classmethod
    def of(cls, content: Mapping[str, object]) -> "RevocationList":
        """Take an issuer's `crl/<kid>.json`. Raises ValueError on anything else."""
        key_id, counter, revoked = content.get("kid"), content.get("ctr"), content.get("rids")
        if not isinstance(key_id, str) or content.get("method") != "rid":
            raise ValueError('a revocation list has a "kid" and the "method" "rid"')
        if isinstance(counter, bool) or not isinstance(counter, int) or counter < 1:
            raise ValueError('the "ctr" of a revocation list is a number from 1')
        if not isinstance(revoked, list) or not all(map(_is_rid, revoked)):
            raise ValueError('the "rids" of a revocation list are names in base64url, some with a time')
        before: dict[str, float] = {}
        for rid, _, time in (entry.partition(".") for entry in revoked):
            before[rid] = max(before.get(rid, -inf), float(time or inf))
        return cls(key_id, counter, MappingProxyType(before))


@dataclass(frozen=True, slots=True)
class Key:
    """A P-256 key as a SEC 1 point, and what its revocation list revokes.

    `revoked` is None while the issuer keeps a list of which the site has none, or an older one.
    """

    point: bytes
    revoked: Mapping[str, float] | None = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer of SMART Health Cards that the site trusts, with its keys by key id."""

    url: str
    name: str
    keys: Mapping[str, Key]

    @classmethod
    def from_jwks(
        cls,
        url: str,
        name: str,
        keys: Iterable[Mapping[str, object]],
        lists: Iterable[RevocationList] = (),
    ) -> "Issuer":
        """Take the `keys` of a JWK set; key ids are RFC 7638 thumbprints. Raises ValueError on other kinds.

        Several keys are good at the same time, while a newer one replaces an older one.
        """
        known = {one.key_id: one for one in lists}
        return cls(url, name, MappingProxyType(dict(_key(jwk, known) for jwk in keys)))


def list_counter(jwk: Mapping[str, object]) -> int:
    """How often this key's revocation list was changed; 0: the issuer keeps none. Raises ValueError."""
    counter = jwk.get("crlVersion", 0)
    if isinstance(counter, bool) or not isinstance(counter, int) or counter < 0:
        raise ValueError('the "crlVersion" of a health card key is a number')
    return counter


def key_id(jwk: Mapping[str, object]) -> str:
    """The RFC 7638 thumbprint of a P-256 key. Raises ValueError on other kinds, and on a private one."""
    return _thumbprint(*_coordinates(jwk))


def _key(jwk: Mapping[str, object], known: Mapping[str, RevocationList]) -> tuple[str, Key]:
    x, y = _coordinates(jwk)
    name, wanted = _thumbprint(x, y), list_counter(jwk)
    here = known.get(name, RevocationList(name, 0, MappingProxyType({})))
    return name, Key(b"\x04" + x + y, here.revoked if here.counter >= wanted else None)


def _is_rid(entry: object) -> bool:
    return isinstance(entry, str) and _RID.fullmatch(entry) is not None


def _coordinates(jwk: Mapping[str, object]) -> tuple[bytes, bytes]:
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError('a health card key must be "kty" EC, "crv" P-256')
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", "ES256") != "ES256":
        raise ValueError('a health card key must be "use" sig, "alg" ES256')
    if "d" in jwk:
        raise ValueError('this is a private key ("d"): nobody but the issuer may have it')
    x, y = (_number(jwk.get(name)) for name in ("x", "y"))
    if not is_point(b"\x04" + x + y):
        raise ValueError('"x" and "y" are no point of P-256')
    return x, y


def _number(text: object) -> bytes:
    with suppress(ValueError):
        data = decoded(text) if isinstance(text, str) else b""
        if len(data) == 32:
            return data
    raise ValueError("a P-256 coordinate has 32 bytes in base64url")


def _thumbprint(x: bytes, y: bytes) -> str:
    canonical = f'{{"crv":"P-256","kty":"EC","x":"{encoded(x)}","y":"{encoded(y)}"}}'
    return encoded(sha256(canonical.encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that recognition depends on besides the payload and the time. The default knows no keys."""

    patterns: tuple[Pattern, ...] = ()
    booking_keys: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    issuers: tuple[Issuer, ...] = ()
