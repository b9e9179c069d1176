"""Talks to the control panel of the simulated devices (`python -m drivers.simulated`)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

WITHIN_S = 2.0


class DevicesAway(Exception):
    """The simulated devices do not answer. Is the demo still running?"""


@dataclass(frozen=True, slots=True)
class Devices:
    """The simulated devices whose panel is at `address`. Every method raises DevicesAway."""

    address: str

    def state(self) -> dict[str, Any]:
        """What is wrong with them, and where they are."""
        return dict(json.loads(self._ask("GET", "/state")))

    def papers(self) -> list[dict[str, Any]]:
        """The papers that came out, newest first."""
        return list(reversed(json.loads(self._ask("GET", "/papers"))))

    def picture(self, number: int) -> bytes:
        """One paper as a PNG."""
        return self._ask("GET", f"/papers/{number}.png")

    def scan(self, payload: bytes) -> None:
        """Hold something under the scanner."""
        self._ask("POST", "/scan", {"data": base64.b64encode(payload).decode()})

    def fault(self, changes: Mapping[str, Any]) -> None:
        """Break or mend something."""
        self._ask("POST", "/fault", changes)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        try:
            answer = _pool().request(
                method, self.address + path, body=data, timeout=WITHIN_S, retries=False, redirect=False
            )
        except HTTPError:
            raise DevicesAway(DevicesAway.__doc__) from None
        if answer.status != 200:
            raise DevicesAway(f"The simulated devices refused: {path} answered {answer.status}.")
        return answer.data


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=8)
