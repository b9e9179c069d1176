"""Photographs of a card: what is taken in. Pure.

Only JPEG, because browsers and cameras make it and nothing in it runs. It is never decoded on the server.
"""

from collections.abc import Mapping

SIDES = ("front", "back")
MOST_BYTES = 1024 * 1024
_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"
_PADDING = b"\0\r\n "


class PhotoRefused(ValueError):
    """This is not a JPEG photograph of at most 1 MB."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def check(data: bytes) -> None:
    """Raise PhotoRefused for what is no whole JPEG, or too large."""
    whole = data.startswith(_BEGIN) and data.rstrip(_PADDING).endswith(_END)
    if not whole or len(data) > MOST_BYTES:
        raise PhotoRefused


def check_all(photos: Mapping[str, bytes]) -> None:
    """Raise PhotoRefused when one of the photographs, or its side, is not to be kept."""
    for side, data in photos.items():
        if side not in SIDES:
            raise PhotoRefused
        check(data)
