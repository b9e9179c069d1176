"""One line a figure: what was measured, the budget, and whether it is kept."""

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value against its budget (both in words, so that units are beside them)."""

    what: str
    measured: str
    budget: str
    kept: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def machine() -> str:
    """What this was measured on."""
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {python}"


def show(figures: Iterable[Figure]) -> None:
    """Print the figures as they come."""
    for figure in figures:
        verdict = {True: "kept", False: "BROKEN", None: ""}[figure.kept]
        print(f"  {figure.what:<58} {figure.measured:<34} {figure.budget:<28} {verdict}", flush=True)
