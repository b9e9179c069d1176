"""Texts made to break the parser: each costs time in proportion to its length, and keeps every promise."""

import random
import time

import pytest

from kiosk.identity import recognise
from tests.fuzz.identity import check, mutated, seeds

HEADER = "@\n\x1e\rANSI 636000100002DL00410278ZV03190008DL"
HOSTILE = {
    "ids": HEADER + "{DADDAHDAGDAC}",
    "one id": HEADER + "{DACA}",
    "flags": HEADER + "{DCSADDET}",
    "lines": HEADER + "{DAGX\n}",
    "a sign before ids": HEADER + "{§DAC}",
    "spaces before ids": HEADER + "{   DAC}",
    "spaces": HEADER + "DCSA\nDACB\nDBB01011990\nDAG{ }X",
    "commas": HEADER + "DAA{,}",
    "subfiles": HEADER + "{ZVZVA}",
    "designators": "ANSI 636000100002{DL00410278}",
    "headers": "{ANSI 636000}",
    "digits": "ANSI {6}",
    "quotation marks": '{"}ANSI 636000',
    "another keyboard": '"' + HEADER[1:] + "DCS{Y'-}\nDACX\nDBB01011990\n",
    "carets": "{^M}ANSI",
    "references": "{&#10}",
    "backslashes": "{\\n}",
    "percent signs": "{%0A}ANSI",
    "tracks": "{%BC}",
    "a track": "%BCX^{A}^",
    "UTF-8": "{Ã‰}",
    "accents": "{e\u0301}",
    "boxes": "{╔}",
    "zones": "{P<}",
    "GS1": "]d2{8018\x1d}",
}


def _of_length(pattern: str, length: int) -> str:
    before, _, rest = pattern.partition("{")
    unit, _, behind = rest.partition("}")
    return before + unit * ((length - len(before) - len(behind)) // len(unit)) + behind


def _seconds(payload: str) -> float:
    def once() -> float:
        begun = time.thread_time()
        recognise(payload)
        return time.thread_time() - begun

    return min(once() for _ in range(3))


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_four_times_the_text_takes_no_more_than_some_four_times_as_long(pattern):
    short, long = _seconds(_of_length(pattern, 4_000)), _seconds(_of_length(pattern, 16_000))
    assert long < 0.05 or long < short * 10


def test_texts_that_nobody_thought_of_keep_every_promise():
    choose, corpus = random.Random(20261123), seeds()
    for _ in range(150):
        payload = mutated(choose, corpus)
        check(payload)
        check(payload.encode("utf-8", "replace"))
