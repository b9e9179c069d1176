"""Wakes long polls: whoever waits for work at a station goes on the moment a commit touched it.

In one process only; what another process commits is found by looking once a second.
"""

import threading
from collections import Counter
from collections.abc import Iterable

LOOK_EVERY_S = 1.0


class Bell:
    """Rung with topics after each commit."""

    def __init__(self) -> None:
        self._rung: Counter[str] = Counter()
        self._changed = threading.Condition()

    def ring(self, topics: Iterable[str]) -> None:
        """Wake who waits for one of these topics."""
        with self._changed:
            self._rung.update(topics)
            self._changed.notify_all()

    def count(self, topic: str) -> int:
        """Return how often the topic was rung: ask before looking, so that no ring is missed."""
        with self._changed:
            return self._rung[topic]

    def wait(self, topic: str, count: int, seconds: float) -> None:
        """Wait until the topic was rung more often than `count`, a second at the longest."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung[topic] != count, min(seconds, LOOK_EVERY_S))
