"""Which photographs are taken in."""

import pytest

from kiosk.coverage.photos import MOST_BYTES, PhotoRefused, check, check_all

JPEG = b"\xff\xd8\xff\xe0" + b"picture" + b"\xff\xd9"


def test_a_whole_jpeg_is_taken() -> None:
    check(JPEG)
    check(JPEG + b"\r\n")
    check_all({"front": JPEG, "back": JPEG})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        JPEG[:-2],
        b"<svg onload=alert(1)>" + JPEG,
        JPEG[:4] + b"x" * MOST_BYTES + JPEG[-2:],
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoRefused):
        check(data)


def test_a_card_has_two_sides() -> None:
    with pytest.raises(PhotoRefused):
        check_all({"../front": JPEG})
