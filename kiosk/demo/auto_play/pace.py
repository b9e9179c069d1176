"""How long things take in the auto-play."""

import random
import time


class Pace:
    """Says when something that takes its time is done: sooner at a higher `speed`."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.chance = random.Random()
        self._until: dict[str, float] = {}

    def over(self, what: str, between: tuple[float, float]) -> bool:
        """Tell whether `what` has lasted, asked again and again; then it begins anew."""
        until = self._until.get(what)
        if until is None:
            self._until[what] = time.monotonic() + self.chance.uniform(*between) / self.speed
        elif time.monotonic() >= until:
            del self._until[what]
            return True
        return False
