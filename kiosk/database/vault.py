"""Field encryption and keyed look-up. The key comes from a file or a credential, never from the database.

AES-256-GCM through `cryptography`. What a value belongs to (`context`, e.g. `visit:<id>`) is authenticated
with it: a sealed value copied into another row does not open.
"""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from base64 import b32encode
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12


class VaultError(Exception):
    """A sealed field could not be opened: it is damaged, moved, or was sealed with another key."""


class Vault:
    """Seals and opens fields, and makes the hashes by which sealed fields are found."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise VaultError(f"The key must have {KEY_BYTES} bytes, not {len(key)}.")
        self._cipher = AESGCM(self._derive(key, b"field"))
        self._lookup_key = self._derive(key, b"lookup")
        self._link_key = self._derive(key, b"link")

    @staticmethod
    def _derive(key: bytes, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"clinic-kiosk/" + purpose).derive(key)

    def seal(self, value: Any, context: str) -> bytes:
        """Encrypt a JSON value for the row that `context` names."""
        nonce = os.urandom(NONCE_BYTES)
        text = json.dumps(value, separators=(",", ":")).encode()
        return VERSION + nonce + self._cipher.encrypt(nonce, text, context.encode())

    def open(self, sealed: bytes, context: str) -> Any:
        """Return what was sealed for `context`. Raises VaultError."""
        head = len(VERSION) + NONCE_BYTES
        if sealed[:1] != VERSION or len(sealed) <= head:
            raise VaultError
        try:
            text = self._cipher.decrypt(sealed[1:head], sealed[head:], context.encode())
        except InvalidTag:
            raise VaultError(VaultError.__doc__) from None
        return json.loads(text)

    def lookup(self, purpose: str, value: str) -> bytes:
        """Return the keyed hash under which `value` is found again, and from which it cannot be told."""
        return hmac.digest(self._lookup_key, f"{purpose}\0{value}".encode(), hashlib.sha256)

    def link_secret(self, visit: str) -> str:
        """Return the 128-bit secret of a visit's phone page, in base32 without padding."""
        return _base32(hmac.digest(self._link_key, visit.encode(), hashlib.sha256)[:16])


def _base32(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=")


def read_or_make_key(path: Path) -> bytes:
    """Return the key in `path` (hex); make the file, readable by its owner alone, when there is none.

    Processes that start together get the same key: the file appears whole, and once. Raises VaultError when
    something else is in the file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, made = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            path.hardlink_to(made)
        Path(made).unlink()
    return _key_in(path)


def _key_in(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        words = (
            f"{path} is not a key of {KEY_BYTES} bytes in hex. Put back the right one from your safe copy."
        )
        raise VaultError(words)
    return key
