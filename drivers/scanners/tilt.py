"""Where a picture is striped like a barcode, and at what angle the stripes lie.

zxing-cpp reads PDF417 only within about three degrees of level, and a card in a hand is never level. To try
all angles costs a second; the angle can be measured instead: the structure tensor (Bigün and Granlund, 1987)
of each block of the picture says how strong its edges are, how much they agree, and in which direction.

Pillow alone: the squares of the differences in four directions, averaged over blocks, are the tensor.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import ImageChops, ImageFilter
from PIL.Image import Image, Resampling

from drivers.scanners.readers import Box

BLOCK = 32
_SQUARES = [min(255, step * step // 64) for step in range(256)]
# Fainter edges are noise, and less agreement is print or leaves.
_FAINT = 4.0
_AGREEMENT = 0.45
# How far blocks of one code may differ, and how many make one.
_SAME = math.radians(12)
_FEWEST = 3
_MARGIN = BLOCK


@dataclass(frozen=True, slots=True)
class Stripes:
    """A striped part of a picture: turning it by `angle` degrees makes its lines of symbols level."""

    angle: float
    box: Box
    weight: float


@dataclass(frozen=True, slots=True)
class _Block:
    column: int
    row: int
    angle: float
    strength: float


def stripes(grey: Image, read: Iterable[Box] = ()) -> list[Stripes]:
    """The striped parts of the picture, the largest first, without what was read already."""
    boxes = list(read)
    left = {(block.column, block.row): block for block in _blocks(grey) if not _is_in(boxes, block)}
    found = []
    while left:
        group = _grown(left)
        if len(group) >= _FEWEST:
            found.append(_stripes(group, grey.size))
    return sorted(found, key=lambda part: -part.weight)


def levelled(grey: Image, part: Stripes, turn: float = 0.0) -> Image:
    """The part of the picture, turned level; `turn` is added to its angle."""
    piece = grey.crop(part.box)
    return piece.rotate(part.angle + turn, Resampling.BICUBIC, expand=True, fillcolor=_paper(piece))


def _paper(piece: Image) -> int:
    """What is around a code should look like its ground: the brighter tenth."""
    wanted, seen = piece.width * piece.height // 10, 0
    counts = piece.histogram()
    for shade in range(255, -1, -1):
        seen += counts[shade]
        if seen >= wanted:
            return shade
    return 255


def _blocks(grey: Image) -> Iterator[_Block]:
    if min(grey.size) < 2 * BLOCK:
        return
    calm = grey.filter(ImageFilter.BoxBlur(1))
    across, down, falling, rising = (_energy(calm, *step) for step in ((1, 0), (0, 1), (1, 1), (1, -1)))
    width = math.ceil(grey.width / BLOCK)
    for place, (xx, yy, plus, minus) in enumerate(zip(across, down, falling, rising, strict=True)):
        difference, product = xx - yy, (plus - minus) / 2
        strength, agreed = xx + yy, math.hypot(difference, product)
        if strength >= _FAINT and agreed >= _AGREEMENT * strength:
            yield _Block(place % width, place // width, math.atan2(product, difference) / 2, strength)


def _is_in(boxes: list[Box], block: _Block) -> bool:
    across, down = (block.column + 0.5) * BLOCK, (block.row + 0.5) * BLOCK
    return any(left <= across <= right and top <= down <= bottom for left, top, right, bottom in boxes)


def _energy(grey: Image, across: int, down: int) -> bytes:
    """The squared difference to the neighbour in a direction, averaged over blocks."""
    difference = ImageChops.difference(grey, ImageChops.offset(grey, across, down))
    return difference.point(_SQUARES).reduce(BLOCK).tobytes()


def _grown(left: dict[tuple[int, int], _Block]) -> list[_Block]:
    """Take the strongest block that is left, and all that touch it and lie alike."""
    seed = max(left.values(), key=lambda block: block.strength)
    group, open_ends = [], [left.pop((seed.column, seed.row))]
    while open_ends:
        block = open_ends.pop()
        group.append(block)
        for column in range(block.column - 2, block.column + 3):
            for row in range(block.row - 2, block.row + 3):
                near = left.get((column, row))
                if near is not None and _apart(near.angle, seed.angle) <= _SAME:
                    open_ends.append(left.pop((column, row)))
    return group


def _apart(one: float, other: float) -> float:
    """Between directions, which repeat after half a turn."""
    return abs((one - other + math.pi / 2) % math.pi - math.pi / 2)


def _stripes(group: list[_Block], size: tuple[int, int]) -> Stripes:
    across = sum(block.strength * math.cos(2 * block.angle) for block in group)
    down = sum(block.strength * math.sin(2 * block.angle) for block in group)
    columns, rows = [block.column for block in group], [block.row for block in group]
    box = (
        max(0, min(columns) * BLOCK - _MARGIN),
        max(0, min(rows) * BLOCK - _MARGIN),
        min(size[0], (max(columns) + 1) * BLOCK + _MARGIN),
        min(size[1], (max(rows) + 1) * BLOCK + _MARGIN),
    )
    return Stripes(math.degrees(math.atan2(down, across) / 2), box, sum(block.strength for block in group))
