"""Makes SMART Health Cards: as issuers make them, and as cheats would like to."""

import json
import zlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.identity import Issuer, Rules

AT = datetime(2026, 11, 23, tzinfo=UTC)
ISS = "https://insurer.example/shc"
KEY, OTHER_KEY = derive_private_key(4711, SECP256R1()), derive_private_key(4712, SECP256R1())


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: Any) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "alg": "ES256",
        "x": base64url(numbers.x.to_bytes(32, "big")),
        "y": base64url(numbers.y.to_bytes(32, "big")),
    }


TRUSTED = Issuer.from_jwks(ISS, "Example Insurer", [jwk(KEY)])
RULES = Rules(issuers=(TRUSTED,))
KID = next(iter(TRUSTED.keys))
PATIENT = {
    "resourceType": "Patient",
    "name": [
        {"use": "nickname", "family": "X"},
        {"use": "official", "family": "Sample", "given": ["Anna", "Lee"]},
    ],
    "birthDate": "1951-06-05",
}
COVERAGE = {
    "resourceType": "Coverage",
    "status": "active",
    "subscriberId": "W123456789",
    "beneficiary": {"reference": "resource:0"},
    "relationship": {"coding": [{"code": "self"}]},
    "period": {"start": "2026-01-01", "end": "2026-12-31T23:59:59Z"},
    "payor": [{"reference": "resource:2"}],
    "class": [
        {"type": {"coding": [{"code": "group"}]}, "value": "993355"},
        {"type": {"coding": [{"code": "plan"}]}, "value": "Gold"},
        {"type": {"coding": [{"code": "rxbin"}]}, "value": "003858"},
        {"type": {"coding": [{"code": "rxpcn"}]}, "value": "A4"},
        {"type": {"coding": [{"code": "rxgroup"}]}, "value": "RX1"},
        {"type": {"coding": [{"code": "network"}]}, "value": "5"},
        {"type": {"coding": [{"code": "group"}]}, "value": "second"},
    ],
}
PAYER = {"resourceType": "Organization", "name": "Example Insurer Inc."}


def bundle(*resources: Any) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"resource:{number}", "resource": resource} for number, resource in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def payload(**changes: Any) -> dict[str, Any]:
    content = {
        "iss": ISS,
        "nbf": (AT - timedelta(days=1)).timestamp(),
        "vc": {"credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle(PATIENT, COVERAGE, PAYER)}},
    }
    return {**content, **changes}


def jws(
    content: Any,
    key: Any = KEY,
    header: dict[str, Any] | None = None,
    packed: bytes | None = None,
    signature: bytes | None = None,
) -> str:
    header = {"alg": "ES256", "zip": "DEF", "kid": KID, **(header or {})}
    deflater = zlib.compressobj(wbits=-15)
    body = (
        packed if packed is not None else deflater.compress(json.dumps(content).encode()) + deflater.flush()
    )
    message = f"{base64url(json.dumps(header).encode())}.{base64url(body)}"
    if signature is None:
        r, s = decode_dss_signature(key.sign(message.encode(), ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{message}.{base64url(signature)}"


def digits(token: str) -> str:
    return "".join(f"{ord(letter) - 45:02}" for letter in token)


def card(content: Any = None, **how: Any) -> str:
    return "shc:/" + digits(jws(payload() if content is None else content, **how))


def chunks(token: str, of: int) -> list[str]:
    """The card in so many QR codes."""
    whole = digits(token)
    length = -(-len(whole) // of)
    return [f"shc:/{number + 1}/{of}/{whole[number * length :][:length]}" for number in range(of)]


def revocation_list(kid: str, counter: int, *rids: str) -> dict[str, Any]:
    """As an issuer publishes it."""
    return {"kid": kid, "method": "rid", "ctr": counter, "rids": list(rids)}


def deflated(data: bytes) -> bytes:
    """Raw deflate."""
    deflater = zlib.compressobj(9, wbits=-15)
    return deflater.compress(data) + deflater.flush()


def jwe(content: Any, key: bytes, header: dict[str, Any] | None = None, nonce: bytes = b"n" * 12) -> str:
    """A file of a SMART Health Link: JSON, or bytes as they are."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    shown = {"alg": "dir", "enc": "A256GCM", "cty": "application/smart-health-card", **(header or {})}
    protected = base64url(json.dumps(shown).encode())
    if shown.get("zip") == "DEF":
        data = deflated(data)
    sealed = AESGCM(key).encrypt(nonce, data, protected.encode())
    return ".".join((protected, "", base64url(nonce), base64url(sealed[:-16]), base64url(sealed[-16:])))
