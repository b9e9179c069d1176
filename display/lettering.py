"""How large a board writes. Pure: standard library only.

ADA 703.5.5 for signs above 70 inches: capitals of 2 inches up to 15 feet away, and an eighth of an inch more
for each foot beyond. The newest call is up to half as large again, because the standard falls short for low
vision. All sizes are in percent of the screen's height, so they hold for Full HD and 4K alike.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import hypot

METRES_PER_FOOT = 0.3048
CAPITAL_EM = 0.668
"""Height of a capital of Atkinson Hyperlegible Next, in its font size."""
DIGIT_EM = 0.66
WIDEST_LETTER_EM = 0.89
ARROW_EM = 1.15
"""The arrow from code to desk with the space around it, in the rows' font size."""
STACKED_ARROW_EM = 0.85
LINE = 1.12
"""Lines stand 168 % of a capital apart: the standard wants 135 to 170."""

NEWEST = 1.5
MOST_ROWS = 5
MARGIN = 0.03
PADDING = 2.0
HEADER = 8.0
HEADING = 7.0
FOOT = 2.0
MOST_GAP = 0.25
"""What is left over goes between the calls, up to a quarter of a row."""
STEP = 1.02


@dataclass(frozen=True, slots=True)
class Lettering:
    """Sizes in percent of the board's height: `row` of a call, `newest_*` of the one on top, `gap` between.

    `stacked`: the desk stands under the code, because both do not fit side by side. `rows` calls fit under
    the newest, or `next` codes in one row. `legible` is False for a panel that is too small for its distance:
    it shows what it can.
    """

    row: float
    row_desk: float
    newest_code: float
    newest_desk: float
    gap: float
    stacked: bool
    rows: int
    next: int
    legible: bool


@dataclass(frozen=True, slots=True)
class _Line:
    code: float
    desk: float
    stacked: bool

    @property
    def height(self) -> float:
        return LINE * (self.code + self.desk if self.stacked else max(self.code, self.desk))


def capital_inches(distance_m: float) -> float:
    """Return how tall a capital must be to be read from so far away."""
    return 2.0 + max(0.0, distance_m / METRES_PER_FOOT - 15) / 8


def lettering(
    inches: float,
    pixels: tuple[int, int],
    distance_m: float,
    desks: Collection[str],
    code_length: int = 4,
) -> Lettering:
    """Return the sizes for a panel of `inches` across, read from `distance_m`, and the desks it may name."""
    width, height = pixels
    height_inches = inches * height / hypot(width, height)
    needed = capital_inches(distance_m) / CAPITAL_EM / height_inches * 100
    space = _Space(
        width / height * 100 * (1 - 2 * MARGIN) - 2 * PADDING,
        100 - HEADER - HEADING - FOOT,
        WIDEST_LETTER_EM + (code_length - 1) * DIGIT_EM,
        max((text_em(name) for name in desks), default=1.0),
    )
    rows = next((n for n in range(MOST_ROWS, 0, -1) if space.holds(needed, n)), 0)
    size = needed
    if not space.holds(size, rows):
        while not space.holds(size, rows):
            size /= STEP
    elif rows:
        while space.holds(size * STEP, rows) and space.gains(size * STEP, over=size):
            size *= STEP
    row, newest = space.row(size), space.newest(size)
    return Lettering(
        row=round(row.code, 2),
        row_desk=round(row.desk, 2),
        newest_code=round(newest.code, 2),
        newest_desk=round(newest.desk, 2),
        gap=round(
            min(MOST_GAP * row.height, (space.height - newest.height - rows * row.height) / (rows + 1)), 2
        ),
        stacked=row.stacked,
        rows=rows,
        next=max(1, int((space.width - 2 * size) / ((space.code_em + 0.5) * size))),
        legible=min(row.code, row.desk, newest.code, newest.desk) >= needed * 0.999,
    )


def text_em(text: str) -> float:
    """Return how wide a name is in bold, in its font size; rather too much than too little."""
    return sum(_character_em(character) for character in text)


def _character_em(character: str) -> float:
    if character in "iljtfr.,:;'’|!-–() ":
        return 0.38
    if character in "mwMWQ@":
        return 0.89
    if character > "\u2e80":
        return 1.0
    return 0.6 if character.islower() else 0.72


@dataclass(frozen=True, slots=True)
class _Space:
    width: float
    height: float
    code_em: float
    desk_em: float

    def row(self, size: float) -> _Line:
        return _Line(size, size, stacked=False) if self._beside(size) else self._stack(size)

    def newest(self, size: float) -> _Line:
        if not self._beside(size):
            return self._stack(size, NEWEST)
        beside = self.width - ARROW_EM * size
        code = min(NEWEST * size, (beside - self.desk_em * size) / self.code_em)
        desk = min(NEWEST * size, (beside - self.code_em * code) / self.desk_em)
        return _Line(code, desk, stacked=False)

    def _beside(self, size: float) -> bool:
        return (self.code_em + ARROW_EM + self.desk_em) * size <= self.width

    def _stack(self, size: float, boost: float = 1.0) -> _Line:
        code = (self.width - STACKED_ARROW_EM * size) / self.code_em
        return _Line(min(size * boost, code), min(size * boost, self.width / self.desk_em), stacked=True)

    def holds(self, size: float, rows: int) -> bool:
        return self.newest(size).height + rows * self.row(size).height <= self.height

    def gains(self, size: float, over: float) -> bool:
        """Larger rows may take neither the place beside the code nor anything from the newest call."""
        row, newest = self.row(size), self.newest(size)
        old_row, old_newest = self.row(over), self.newest(over)
        return (
            row.stacked == old_row.stacked
            and min(row.code, row.desk) > min(old_row.code, old_row.desk)
            and newest.code >= old_newest.code
            and newest.desk >= old_newest.desk
        )
