"""SMART Health Cards: unpack, verify offline, keep the person and the insurance. Pure.

SMART Health Cards 1.4: `shc:/` and two digits for each character of a compact JWS, ES256, its payload raw
deflated JSON. Whom to trust is the site's list (`Rules.issuers`): there is no public directory of insurers,
and a key is never fetched from where the card says.
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.identity.documents import HealthCard, Reason, Unknown
from kiosk.identity.fhir import coverages_of, person_of
from kiosk.identity.rules import Issuer, Rules
from kiosk.identity.signatures import is_es256

_CHUNK = re.compile(r"shc:/(?:(?P<number>[0-9]{1,2})/(?P<of>[0-9]{1,2})/)?(?P<digits>[0-9]+)", re.IGNORECASE)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_LARGEST_PAYLOAD = 256 * 1024
_CLOCK_DIFFERENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A JWS taken apart, not yet believed."""

    algorithm: object
    key_id: object
    message: bytes
    signature: bytes
    payload: dict[str, object]


def health_card(text: str, rules: Rules, at: datetime | None) -> HealthCard | Unknown | None:
    """Read a card, in one piece or from all its chunks in any order. None: it is none.

    Without `at`, whether it is expired is left to the caller. An issuer or a key that the site does not know
    gives an unverified card; a wrong signature by a known key gives Unknown.
    """
    _, marker, _ = text.lower().partition("shc:/")
    if not marker:
        return None
    digits = _joined(text[text.lower().index(marker) :].split())
    if isinstance(digits, Reason):
        return Unknown(reason=digits)
    signed = _signed(digits)
    if isinstance(signed, Reason):
        return Unknown(reason=signed)
    return _card(signed, rules, at)


def _joined(chunks: list[str]) -> str | Reason:
    """`shc:/digits`, or `shc:/i/n/digits` for each i (deprecated since 2022, still about)."""
    found = [_CHUNK.fullmatch(chunk) for chunk in chunks]
    parts = {int(chunk["number"] or 1): chunk["digits"] for chunk in found if chunk}
    totals = {int(chunk["of"] or 1) for chunk in found if chunk}
    if not all(found) or len(totals) != 1:
        return Reason.MALFORMED
    if sorted(parts) != list(range(1, totals.pop() + 1)):
        return Reason.INCOMPLETE
    return "".join(parts[number] for number in sorted(parts))


def _signed(digits: str) -> _Signed | Reason:
    pairs = [int(digits[place : place + 2]) for place in range(0, len(digits), 2)]
    if len(digits) % 2 or max(pairs) > 77:
        return Reason.MALFORMED
    jws = "".join(chr(pair + 45) for pair in pairs)
    parts = jws.split(".")
    if len(parts) != 3 or not all(map(_BASE64URL.fullmatch, parts[:2])):
        return Reason.MALFORMED
    try:
        header = json.loads(_base64url(parts[0]))
        if not isinstance(header, dict) or header.get("zip") != "DEF":
            return Reason.MALFORMED
        if header.get("alg") != "ES256":
            return Reason.BAD_ALGORITHM
        payload = json.loads(_inflated(_base64url(parts[1])))
        signature = _base64url(parts[2])
    except (Error, ValueError, RecursionError, zlib.error):
        return Reason.MALFORMED
    if not isinstance(payload, dict):
        return Reason.MALFORMED
    message = f"{parts[0]}.{parts[1]}".encode()
    return _Signed(header["alg"], header.get("kid"), message, signature, payload)


def _base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _inflated(data: bytes) -> bytes:
    """Inflate up to a bound: a few bytes can ask for gigabytes."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflater.decompress(data, _LARGEST_PAYLOAD)
    if not inflater.eof:
        raise ValueError("the payload is cut or too large")
    return inflated


def _card(signed: _Signed, rules: Rules, at: datetime | None) -> HealthCard | Unknown:
    payload = signed.payload
    not_before, expires = _instant(payload.get("nbf")), _instant(payload.get("exp"))
    url, credential = payload.get("iss"), payload.get("vc")
    if not isinstance(url, str) or not isinstance(credential, dict) or not_before is None:
        return Unknown(reason=Reason.MALFORMED)
    if "exp" in payload and expires is None:
        return Unknown(reason=Reason.MALFORMED)
    issuer = next((issuer for issuer in rules.issuers if issuer.url == url), None)
    point = issuer.keys.get(str(signed.key_id)) if issuer else None
    refusal = _refusal(signed, issuer, point, credential, not_before, expires, at)
    if refusal:
        return Unknown(reason=refusal)
    subject = credential.get("credentialSubject")
    bundle = subject.get("fhirBundle") if isinstance(subject, dict) else None
    person = person_of(bundle)
    return HealthCard(
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        coverages=coverages_of(bundle),
        issuer=url,
        issuer_name=issuer.name if issuer and point else "",
        verified=point is not None,
        not_before=not_before,
        expires=expires,
    )


def _refusal(
    signed: _Signed,
    issuer: Issuer | None,
    point: bytes | None,
    credential: dict[str, object],
    not_before: datetime,
    expires: datetime | None,
    at: datetime | None,
) -> Reason | None:
    if point is not None and not is_es256(point, signed.signature, signed.message):
        return Reason.BAD_SIGNATURE
    if issuer is not None and _is_revoked(credential.get("rid"), not_before, issuer.revoked):
        return Reason.REVOKED
    if at is not None and expires is not None and expires <= at:
        return Reason.EXPIRED
    if at is not None and not_before > at + _CLOCK_DIFFERENCE:
        return Reason.NOT_YET_VALID
    return None


def _is_revoked(rid: object, issued: datetime, revoked: frozenset[str]) -> bool:
    """`rid`, or `rid.timestamp` for cards issued before it (1.4, revocation)."""
    for entry in revoked:
        name, _, before = entry.partition(".")
        if name == rid and (not before.isdigit() or issued.timestamp() < int(before)):
            return True
    return False


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
