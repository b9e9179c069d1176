"""The demo's insurer: a key of its own, known to the demo's clinic, and the SMART Health Cards that it signs.

Cards as in SMART Health Cards 1.4, in them what CARIN's digital insurance card has: Coverage, Patient, payer.
"""

import json
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.appointments.rules import Person
from kiosk.config import Config
from kiosk.coverage.rules import Card, Source
from kiosk.database.vault import read_or_make_key
from kiosk.identity.compact import encoded
from kiosk.identity.rules import key_id

PAYER = "Harbor Health Plan"
ISSUER = "https://harbor-health.example/shc"
STRANGER = "https://nobody-knows.example/shc"
KEYS = "issuers/harbor-health.json"
_CLASSES = {"group": "group", "rx_bin": "rxbin", "rx_pcn": "rxpcn", "rx_group": "rxgroup"}


def publish_keys(data: Path) -> None:
    """Put the insurer's keys where the clinic looks for them."""
    path = data / KEYS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"keys": [_jwk(_key(data))]}))


def card_of(member_id: str, today: date) -> Card:
    """An insurance for somebody who has none on file."""
    return Card(
        payer=PAYER,
        member_id=member_id,
        group="RIVER-7",
        valid_from=date(today.year, 1, 1),
        valid_until=date(today.year, 12, 31),
        rx_bin="610001",
        rx_pcn="DEMO",
        rx_group="RX7",
        source=Source.HEALTH_CARD,
    )


def health_card(config: Config, person: Person, card: Card, at: datetime, issuer: str = ISSUER) -> bytes:
    """What the scanner reads off a card in one QR code."""
    return b"shc:/" + _digits(config, person, card, at, issuer)


def health_card_in_codes(
    config: Config, person: Person, card: Card, at: datetime, of: int
) -> Iterator[bytes]:
    """What the scanner reads off a card in several QR codes, one by one."""
    digits = _digits(config, person, card, at, ISSUER)
    length = -(-len(digits) // of)
    for number in range(of):
        yield b"shc:/%d/%d/" % (number + 1, of) + digits[number * length :][:length]


def _digits(config: Config, person: Person, card: Card, at: datetime, issuer: str) -> bytes:
    key = _key(config.data)
    deflater = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    payload = json.dumps(_payload(person, card, at, issuer), separators=(",", ":"), ensure_ascii=False)
    packed = deflater.compress(payload.encode()) + deflater.flush()
    header = {"zip": "DEF", "alg": "ES256", "kid": key_id(_jwk(key))}
    message = f"{encoded(json.dumps(header, separators=(',', ':')).encode())}.{encoded(packed)}"
    # Every time the same signature, so that the codes of one card fit together whenever they are asked for.
    r, s = decode_dss_signature(key.sign(message.encode(), ECDSA(SHA256(), deterministic_signing=True)))
    jws = f"{message}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return "".join(f"{ord(letter) - 45:02}" for letter in jws).encode()


def _payload(person: Person, card: Card, at: datetime, issuer: str) -> dict[str, Any]:
    resources = (_patient(person), _coverage(card), {"resourceType": "Organization", "name": card.payer})
    entries = [{"fullUrl": f"resource:{number}", "resource": one} for number, one in enumerate(resources)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    subject = {"fhirVersion": "4.0.1", "fhirBundle": bundle}
    issued = int(at.timestamp()) // 86_400 * 86_400
    content = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": subject}
    return {"iss": issuer, "nbf": issued, "vc": content}


def _patient(person: Person) -> dict[str, Any]:
    given = [name for name in (person.given_name, person.middle_name) if name]
    born = {"birthDate": person.birth_date.isoformat()} if person.birth_date else {}
    return {"resourceType": "Patient", "name": [{"family": person.family_name, "given": given}], **born}


def _coverage(card: Card) -> dict[str, Any]:
    period = {"start": card.valid_from, "end": card.valid_until}
    classes = ((code, getattr(card, name)) for name, code in _CLASSES.items())
    return {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": card.member_id,
        "beneficiary": {"reference": "resource:0"},
        "relationship": {"coding": [{"code": "self"}]},
        "period": {name: day.isoformat() for name, day in period.items() if day},
        "payor": [{"reference": "resource:2"}],
        "class": [{"type": {"coding": [{"code": code}]}, "value": text} for code, text in classes if text],
    }


def _key(data: Path) -> EllipticCurvePrivateKey:
    secret = read_or_make_key(data / "keys" / "demo-insurer.key")
    return derive_private_key(1 + (int.from_bytes(secret, "big") >> 1), SECP256R1())


def _jwk(key: EllipticCurvePrivateKey) -> dict[str, object]:
    numbers = key.public_key().public_numbers()
    x, y = (encoded(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "x": x, "y": y}
