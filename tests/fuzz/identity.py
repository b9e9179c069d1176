"""`make fuzz`: scans that nobody thought of, at `recognise`.

Texts of all kinds of documents are cut, spliced and damaged; one that reaches new lines of `kiosk.identity`
is kept and changed further. What must hold: it never raises, it never says what the text does not say, and no
text takes long. With Atheris installed (Linux; it is no dependency) `--atheris` lets libFuzzer choose.
"""

import argparse
import dataclasses
import random
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, get_args

import kiosk.identity
from kiosk.identity import Licence, Recognised, Rules, TravelDocument, recognise
from kiosk.identity.aamva.elements import ELEMENTS
from kiosk.identity.escapes import unescaped
from kiosk.identity.keyboards import us_typed
from kiosk.identity.transport import caps_lock_off, scan_of
from tests.unit.identity.cards import ORDERS, VERSIONS, Card, Holder, text
from tests.unit.identity.damage import HARMLESS, LOSSY

AT = datetime(2026, 11, 23, tzinfo=UTC)
SECONDS_FOR_16_KB = 1.0
_NOISE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffd]")
_ROOM = str(Path(kiosk.identity.__file__).parent)
_TOKENS = [
    *ELEMENTS,
    "ANSI 636000",
    "AAMVA",
    "DL",
    "ZVZVA",
    "DL00410278",
    "06051951",
    "19510605",
    "NONE",
    "shc:/",
]
_TOKENS += [
    "\n",
    "\r",
    "\x1e",
    "|",
    "@",
    "\ufffd",
    "É",
    "Ã‰",
    "<LF>",
    "\\n",
    "&#10;",
    "%0A",
    "^J",
    "]L2",
    "<<",
    "8018",
]
_OTHERS = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    "%BCVICTORIA^SAMPLE,$ANNA LEE^1 MAIN ST^?;6360282222222=310619510605=?_%0AV8W1Y8   F160?",
    "]d28018123456789012345675\x1d80191",
    "943 476 5919",
    "CK1" + "A" * 128,
    "shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnIn0",
)


def seeds() -> list[str]:
    """A text of every kind."""
    holder = Holder(family="O'CONNOR-PEÑA", given="JOSÉ", middle="DADAEL LEE", suffix="JR")
    cards = [Card(version=version, order=order, holder=holder) for version in VERSIONS for order in ORDERS]
    return [*map(text, cards), *_OTHERS]


def check(payload: str | bytes) -> None:
    """Raise AssertionError if a promise is broken (or whatever recognise raised)."""
    begun = time.thread_time()
    found = recognise(payload, Rules(), AT)
    spent = time.thread_time() - begun
    assert isinstance(found, get_args(Recognised)), f"it answered {type(found)}"
    assert spent < SECONDS_FOR_16_KB, f"it took {spent:.1f} s for {len(payload)} characters"
    if isinstance(found, Licence | TravelDocument):
        scanned = _NOISE.sub("", "\n".join(_readings(payload))).upper()
        if isinstance(found, TravelDocument):
            scanned = scanned.replace("\r", "").replace("\n", "")  # its lines are told by their length
        for field in dataclasses.fields(found):
            value = getattr(found, field.name)
            invented = [word for word in _words(value) if word not in scanned]
            assert not invented, f"{field.name} holds what the text does not say"


def _readings(payload: str | bytes) -> Iterator[str]:
    """The text as sent, and with everything undone that may be undone."""
    for typed in {scan_of(payload).text, *us_typed(scan_of(payload).text)}:
        yield from (typed, unescaped(typed), unescaped(caps_lock_off(typed)))


def _words(value: object) -> list[str]:
    # A North Carolina issuer number lost its first digit, and gets it back.
    return value.upper().removeprefix("6").replace(",", " ").split() if isinstance(value, str) else []


def mutated(choose: random.Random, corpus: list[str]) -> str:
    """A text of the corpus with one to four changes."""
    changed = choose.choice(corpus)
    for _ in range(choose.randint(1, 4)):
        changed = choose.choice(_CHANGES)(choose, changed, corpus)
    return changed[:16_384]


def _cut(choose: random.Random, old: str, _corpus: list[str]) -> str:
    begin, end = sorted((choose.randint(0, len(old)), choose.randint(0, len(old))))
    return old[:begin] + old[end:] if choose.random() < 0.5 else old[begin:end]


def _insert(choose: random.Random, old: str, _corpus: list[str]) -> str:
    place = choose.randint(0, len(old))
    piece = choose.choice([*_TOKENS, chr(choose.randint(0, 0x17F))]) * choose.choice([1, 1, 1, 2, 50])
    return old[:place] + piece + old[place + choose.choice([0, 1, len(piece)]) :]


def _splice(choose: random.Random, old: str, corpus: list[str]) -> str:
    other = choose.choice(corpus)
    return old[: choose.randint(0, len(old))] + other[choose.randint(0, len(other)) :]


def _damage(choose: random.Random, old: str, _corpus: list[str]) -> str:
    try:
        damaged = choose.choice([*HARMLESS.values(), *LOSSY.values()])(old)
    except (UnicodeError, ValueError):
        return old
    return damaged if isinstance(damaged, str) else damaged.decode("latin-1")


_CHANGES = (_cut, _insert, _insert, _splice, _damage)


def _reached(payload: str) -> set[tuple[str, int]]:
    """The lines of the room that this payload reaches, while it is checked."""
    lines: set[tuple[str, int]] = set()

    def on_line(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_ROOM):
            return None
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return on_line

    before = sys.gettrace()
    sys.settrace(on_line)
    try:
        recognise(payload, Rules(), AT)
    finally:
        sys.settrace(before)
    return lines


def run(seconds: float, seed: int) -> int:
    """Fuzz for so long; return how many texts were tried."""
    choose, corpus, known, tried = random.Random(seed), seeds(), set[tuple[str, int]](), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        payload = mutated(choose, corpus)
        tried += 1
        try:
            check(payload)
            check(payload.encode("utf-8", "replace"))
        except Exception:
            print(f"Seed {seed}, text {tried}: {payload!r}", file=sys.stderr)
            raise
        if tried % 8 == 0 and not (new := _reached(payload)) <= known:
            known |= new
            corpus.append(payload)
    print(f"{tried:,} texts from seed {seed}, {len(known):,} lines reached: every promise was kept.")
    return tried


def _atheris(arguments: list[str]) -> None:
    import atheris  # type: ignore[import-not-found,unused-ignore]  # not a dependency: bring it along

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


def main() -> None:
    """Run for a minute, or as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--atheris", action="store_true", help="the rest of the arguments are libFuzzer's")
    options, rest = parser.parse_known_args()
    if options.atheris:
        _atheris(rest)
    else:
        run(options.seconds, options.seed)


if __name__ == "__main__":
    main()
