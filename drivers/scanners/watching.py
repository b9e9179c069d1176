"""What a camera sees again and again -> scans, each once. Pure: standard library only, the clock passed in.

A code is a scan when two frames agree on it. It is not reported again while it stays in view; when it was
away for a while it may be shown again.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

AWAY_S = 1.5
AGREEMENT = 2
# No hand holds so many codes before a camera; a picture of a code sheet may.
MOST = 64

_Code = TypeVar("_Code", bound=Hashable)


@dataclass(slots=True)
class _InView:
    frames: int
    last: float


class Watch(Generic[_Code]):
    """Tell it what each frame shows; it returns what is new and certain."""

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._in_view: dict[_Code, _InView] = {}

    @property
    def is_waiting(self) -> bool:
        """A code was seen once: the next frame must be looked at, even if nothing moved."""
        return any(code.frames < AGREEMENT for code in self._in_view.values())

    def see(self, codes: Iterable[_Code], at: float) -> list[_Code]:
        """A frame was read."""
        self._forget(at)
        new = []
        for code in dict.fromkeys(codes):
            if code not in self._in_view and len(self._in_view) >= MOST:
                continue
            view = self._in_view.setdefault(code, _InView(0, at))
            view.frames, view.last = view.frames + 1, at
            if view.frames == AGREEMENT:
                new.append(code)
        return new

    def still(self, at: float) -> None:
        """Nothing moved since the last frame: what was in view still is."""
        self._forget(at)
        for view in self._in_view.values():
            view.last = at

    def _forget(self, at: float) -> None:
        self._in_view = {code: view for code, view in self._in_view.items() if at - view.last <= self._away_s}
