"""The lock before SQLite's one writer."""

import threading
from collections import deque
from types import TracebackType


class FairLock:
    """A lock that is handed over in the order of asking.

    `threading.Lock` lets a busy thread take it again before those who wait: measured, the unluckiest writer
    then waits ten times as long.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
