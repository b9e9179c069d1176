"""The short code beside the barcode, for a letter that will not scan. Pure.

Eight characters of Crockford's base32, 40 bits of a hash of the reference, and a check character. It has no
signature: it may find an appointment together with a second identifier, never alone.
"""

from hashlib import sha256

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011", " -\t\r\n")
_DOMAIN = b"clinic-kiosk manual code\x00"
_LENGTH = 8
# GF(32) with x⁵ + x² + 1: every single wrong character and every swap of two gives another check character,
# and it stays in the alphabet. Crockford's own mod 37 needs * ~ $ = U, which a patient cannot find.
_POLYNOMIAL = 0b100101


def manual_code(reference: str) -> str:
    """The nine characters to print for a reference."""
    bits = int.from_bytes(sha256(_DOMAIN + reference.encode()).digest()[:5], "big")
    values = [bits >> 5 * place & 31 for place in reversed(range(_LENGTH))]
    return "".join(_ALPHABET[value] for value in [*values, _check(values)])


def read_manual_code(text: str) -> str | None:
    """A typed code as printed, or None if it is not one.

    Case, spaces, hyphens, O for 0, I and L for 1 are forgiven.
    """
    code = text.upper().translate(_MISREAD)
    if len(code) != _LENGTH + 1 or any(letter not in _ALPHABET for letter in code):
        return None
    *values, check = map(_ALPHABET.index, code)
    return code if _check(values) == check else None


def _check(values: list[int]) -> int:
    """Σ vᵢ·αⁱ⁺¹: position 0 is the check character itself, so each place has a factor of its own."""
    total = 0
    for value in values:
        total = _times_alpha(total ^ value)
    return total


def _times_alpha(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value > 31 else value
