"""How often somebody at one network address may try something that is meant to be rare."""

import threading
from collections import deque
from datetime import datetime, timedelta

MOST_ADDRESSES = 4096


class Rate:
    """`most` tries within `per`, by address. Remembers no more than `MOST_ADDRESSES`."""

    def __init__(self, most: int, per: timedelta) -> None:
        self.most = most
        self.per = per
        self._by_address: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._by_address)

    def exceeded(self, address: str, at: datetime) -> bool:
        """Count a try; tell whether it is one too many."""
        with self._lock:
            if address not in self._by_address and len(self._by_address) >= MOST_ADDRESSES:
                self._by_address.pop(next(iter(self._by_address)))
            lately = self._by_address.setdefault(address, deque(maxlen=self.most + 1))
            lately.append(at)
            return len(lately) > self.most and at - lately[0] < self.per
