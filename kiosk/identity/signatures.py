"""Signatures and seals: Ed25519 (booking codes), ES256 (SMART Health Cards), AES-256-GCM (files of links).

Pure: no key is kept. The only module of this package that uses `cryptography`. Every check answers False, or
None, for whatever is wrong.
"""

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

_WRONG = (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError)
_ES256_LENGTH = 64


def ed25519_signature(private_key: bytes, message: bytes) -> bytes:
    """Sign with a raw 32-byte private key. Raises ValueError if it is not one."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def ed25519_public_key(private_key: bytes) -> bytes:
    """The raw public key that belongs to a raw private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def is_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this raw public key made this signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except _WRONG:
        return False
    return True


def is_es256(point: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this P-256 key (SEC 1 point) made this r‖s signature (RFC 7518 §3.4). DER is refused."""
    if len(signature) != _ES256_LENGTH:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except _WRONG:
        return False
    return True


def is_point(point: bytes) -> bool:
    """Whether this is a public key on P-256, as a SEC 1 point."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except _WRONG:
        return False
    return True


def a256gcm_opened(key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes | None:
    """What was sealed with AES-256-GCM, its 16-byte tag at the end; None if this is not how it was sealed."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated) if len(key) == 32 else None
    except (InvalidTag, ValueError):
        return None
