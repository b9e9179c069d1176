"""Codes that are held under a scanner, drawn for a page and for a ticket printer."""

import base64
import io
import itertools
from collections.abc import Iterator, Sequence

import segno
from markupsafe import Markup

from kiosk.trying.settings import Drawn, Setting

QUIET = {Drawn.CODE128: 10, Drawn.QR: 4}
"""Modules of white around a code, as its standard wants."""
HEIGHT = 50
"""Of the lines of a Code 128, in modules."""
DOTS = {Drawn.CODE128: 2, Drawn.QR: 6}
"""Dots of a thermal printer (8 to the millimetre) for one module."""

Rows = Sequence[Sequence[int]]


def modules(data: str, drawn: Drawn) -> Rows:
    """Return a code's rows of dark (1) and light modules, with the white around it."""
    quiet = QUIET[drawn]
    if drawn is Drawn.QR:
        return [list(row) for row in segno.make_qr(data, error="m", mode="byte").matrix_iter(border=quiet)]
    from barcode.codex import Code128  # it brings what draws pictures; few servers are ever asked for one

    white = [0] * quiet
    (bars,) = Code128(data).build()
    return [[*white, *(int(bar) for bar in bars), *white]] * HEIGHT


def svg(data: str, drawn: Drawn = Drawn.QR) -> Markup:
    """Return the code as SVG of any size, without a style of its own."""
    rows = modules(data, drawn)
    width, height = len(rows[0]), len(rows)
    if drawn is Drawn.CODE128:
        path = "".join(_bar(x, 0, wide, height) for x, wide in _runs(rows[0]))
    else:
        path = "".join(_bar(x, y, wide, 1) for y, row in enumerate(rows) for x, wide in _runs(row))
    return Markup(  # noqa: S704 - numbers only
        f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path d="{path}"/></svg>'
    )


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where dark modules that touch each other begin, and how many they are."""
    x = 0
    for dark, run in itertools.groupby(row):
        wide = len(list(run))
        if dark:
            yield x, wide
        x += wide


def _bar(x: int, y: int, wide: int, high: int) -> str:
    return f"M{x} {y}h{wide}v{high}h-{wide}z"


def png(setting: Setting) -> str:
    """Return the code for a ticket printer: a PNG in base64, each module a whole number of dots."""
    from PIL import Image

    rows = modules(setting.data, setting.drawn)
    drawn = Image.new("1", (len(rows[0]), len(rows)))
    drawn.putdata([0 if dark else 255 for row in rows for dark in row])
    dots = DOTS[setting.drawn]
    packed = io.BytesIO()
    drawn.resize((drawn.width * dots, drawn.height * dots), Image.Resampling.NEAREST).save(packed, "PNG")
    return base64.b64encode(packed.getvalue()).decode()
