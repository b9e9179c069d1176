"""What python-escpos knows of printer models: the width of the head, code pages, what they can do."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

FONT_DOTS = 12
"""How wide a letter of the first font is on all of them."""


class UnknownProfile(ValueError):
    """python-escpos does not know this printer profile."""


@dataclass(frozen=True, slots=True)
class Model:
    """One printer model. `columns` letters of its first font make a line; `dots`: the head's width, if known.

    `pages` are its code pages, number and bytes by letter, in the order in which to try them.
    """

    profile: str
    columns: int
    dots: int | None
    features: Mapping[str, bool]
    pages: Sequence[tuple[int, Mapping[str, int]]]

    def qr(self, data: str, module: int) -> bytes:
        """The commands by which the printer draws the code itself, `module` dots a square."""
        library = _library()
        printer = library.dummy(profile=self.profile)
        printer.qr(data, native=True, size=module, ec=library.level_m)
        return bytes(printer.output)


def model(profile: str) -> Model:
    """The model of that name. Raises UnknownProfile."""
    library = _library()
    if profile not in library.profiles:
        raise UnknownProfile(
            f"no printer profile {profile!r}; there are: {', '.join(sorted(library.profiles))}"
        )
    known = library.profiles[profile]
    width = known["media"].get("width", {}).get("pixels")
    dots = width if isinstance(width, int) else None
    columns = int(known["fonts"]["0"]["columns"])
    if dots and columns < dots // (2 * FONT_DOTS):
        # NT-80-V-UL: there stands how wide a letter is.
        columns = dots // FONT_DOTS
    return Model(
        profile,
        columns,
        dots,
        known["features"],
        library.pages(known["codePages"]),
    )


class _Library:
    """The parts of python-escpos that are used."""

    def __init__(self) -> None:
        from escpos import constants
        from escpos.capabilities import CAPABILITIES
        from escpos.magicencode import Encoder as Tables
        from escpos.printer import Dummy

        self.profiles: dict[str, dict[str, Any]] = CAPABILITIES["profiles"]
        self.level_m, self.dummy, self._tables = constants.QR_ECLEVEL_M, Dummy, Tables

    def pages(self, numbered: dict[str, str]) -> list[tuple[int, dict[str, int]]]:
        """Tables by number, lowest first; clones list a page several times and get the first ones right."""
        tables, pages, seen = self._tables({}), [], {"Unknown", "CP932"}
        for number, name in sorted((int(number), name) for number, name in numbered.items()):
            if name in seen:
                continue
            seen.add(name)
            with contextlib.suppress(LookupError, AssertionError):
                table = {c: code for c, code in tables._get_codepage_char_map(name).items() if ord(c) > 0x9F}
                pages.append((number, table))
        return pages


@cache
def _library() -> _Library:
    """Import python-escpos without what it leaves behind: a handler on the root logger, a folder per
    process.
    """
    root = logging.getLogger()
    handlers = root.handlers[:]
    with _own_temporary_folder():
        library = _Library()
    root.handlers[:] = handlers
    return library


@contextlib.contextmanager
def _own_temporary_folder() -> Iterator[None]:
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
            del os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"]
