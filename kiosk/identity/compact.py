"""The parts of signed and sealed texts (JOSE): base64url, JSON and deflate, each to the letter. Pure.

Where two programs could read the same bytes differently, one of them can be cheated. So whatever has a second
reading is refused: each function raises ValueError for what is not exactly right, and nothing else.
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NoReturn

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def encoded(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of unpadded base64url. No other text has the same bytes: spare bits must be zero."""
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("a character that base64url does not have")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError("base64url that could be written in two ways")
    return data


def inflated(data: bytes, most: int) -> bytes:
    """Inflate raw deflate up to a bound: a few bytes can ask for gigabytes."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(data, max(most, 1))  # 0 would be without a bound
    except zlib.error:
        raise ValueError("not deflated") from None
    if not inflater.eof:
        raise ValueError("deflated data that is cut or too large")
    if inflater.unused_data:
        raise ValueError("something after the deflated data")
    return whole


def json_object(data: bytes | str) -> dict[str, object]:
    """A JSON object in which no name comes twice, at any depth."""
    try:
        found = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("JSON that is no object")
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("JSON with a name that comes twice")
    return found


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are not JSON (RFC 8259 §6)."""
    raise ValueError(f"JSON with {name}")
