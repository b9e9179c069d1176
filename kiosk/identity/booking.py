"""The code on an appointment letter: `CK1` and base32 of a signed reference. Pure.

Body: version (1 byte, 1), key id (1), expiry (4, Unix seconds), random appointment reference (10); then an
Ed25519 signature over a domain tag and the body. No name, date of birth, clinic or reason is in it. The
alphabet is letters and 2–7, which the common keyboard layouts type as they are, the German but for Y and Z.
"""

import re
from base64 import b32decode, b32encode
from datetime import UTC, datetime
from struct import Struct

from kiosk.identity.documents import Booking, Reason, Unknown
from kiosk.identity.rules import Rules
from kiosk.identity.signatures import ed25519_signature, is_ed25519

PREFIX = "CK1"
_DOMAIN = b"clinic-kiosk booking code\x00"
_VERSION = 1
_BODY = Struct(">BBI10s")
_SIGNATURE_LENGTH = 64
_CODE_LENGTH = (_BODY.size + _SIGNATURE_LENGTH) * 8 // 5
_CODE = re.compile(rf"{PREFIX}(?P<code>[A-Z2-7]{{{_CODE_LENGTH}}})")
_BEGUN = re.compile(rf"{PREFIX}[A-Z2-7]{{40,}}")
_QWERTZ = str.maketrans("YZ", "ZY")


def reference_of(random: bytes) -> str:
    """The text of a reference made of ten random bytes."""
    if len(random) != 10:
        raise ValueError("a reference has 10 bytes")
    return b32encode(random).decode()


def make(reference: str, expires: datetime, key_id: int, private_key: bytes) -> str:
    """Make the code of one appointment. Raises ValueError for what cannot be in one."""
    if expires.tzinfo is None:
        raise ValueError("the expiry must be aware")
    seconds = int(expires.timestamp())
    if not (0 <= key_id <= 0xFF and 0 <= seconds <= 0xFFFFFFFF):
        raise ValueError("the key id has 1 byte, the expiry 4")
    random = b32decode(reference)
    if len(random) != 10:
        raise ValueError("a reference has 10 bytes")
    body = _BODY.pack(_VERSION, key_id, seconds, random)
    return PREFIX + b32encode(body + ed25519_signature(private_key, _DOMAIN + body)).decode()


def booking(text: str, rules: Rules) -> Booking | Unknown | None:
    """Read a code, typed in either case. None: it is none.

    A keyboard set to German swaps Y and Z; only the right letters carry a right signature, so both are tried.
    """
    text = "".join(text.split()).upper()
    found = _CODE.fullmatch(text)
    if found is None:
        return Unknown(reason=Reason.INCOMPLETE) if _BEGUN.fullmatch(text) else None
    typed = _verified(found["code"], rules)
    if isinstance(typed, Booking):
        return typed
    swapped = _verified(found["code"].translate(_QWERTZ), rules)
    return swapped if isinstance(swapped, Booking) else typed


def _verified(code: str, rules: Rules) -> Booking | Unknown:
    signed = b32decode(code)
    body, signature = signed[: _BODY.size], signed[_BODY.size :]
    version, key_id, seconds, random = _BODY.unpack(body)
    if version != _VERSION:
        return Unknown(reason=Reason.UNKNOWN_VERSION)
    public_key = rules.booking_keys.get(key_id)
    if public_key is None:
        return Unknown(reason=Reason.UNKNOWN_KEY)
    if not is_ed25519(public_key, signature, _DOMAIN + body):
        return Unknown(reason=Reason.BAD_SIGNATURE)
    return Booking(
        reference=reference_of(random), expires=datetime.fromtimestamp(seconds, UTC), key_id=key_id
    )
