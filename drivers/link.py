"""The way to the server: JSON over HTTP as `docs/station-api.md` says, and a small memory for scans.

Every call may be repeated, because ids make repeats harmless. A connection can be cut from another thread,
so that a long poll does not hold up a stop.
"""

import base64
import contextlib
import json
import logging
import socket
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any, cast

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from drivers.base import Scan

log = logging.getLogger(__name__)

CONNECT_S = 3.0
ANSWER_S = 10.0
SCAN_LIFE_S = 30.0
SCANS_KEPT = 16


class LinkError(Exception):
    """The server did not answer."""


class ServerAway(LinkError):
    """The server cannot be reached."""


class TokenRefused(LinkError):
    """The server does not know this host's token."""


class Refused(LinkError):
    """The server refused the request."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]


class Link:
    """One server. `token` is set once the host is paired."""

    def __init__(self, server: str, token: str | None = None, ca_file: str = "") -> None:
        self.token = token
        self._server = server
        self._open: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._closed = False
        extra = {"ca_certs": ca_file} if ca_file and server.startswith("https:") else {}
        self._pool = urllib3.connectionpool.connection_from_url(server, maxsize=4, retries=False, **extra)
        self._pool.ConnectionCls = _tracked(self._pool.ConnectionCls, self._open)

    def get(self, path: str, answer_s: float = ANSWER_S) -> Answer:
        return self._request("GET", path, None, answer_s)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        return self._request("POST", path, body or {}, ANSWER_S)

    def close(self) -> None:
        """End every call that is under way, from whatever thread it was made."""
        self._closed = True
        for connection in list(self._open):
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
        self._pool.close()

    def _request(self, method: str, path: str, body: dict[str, Any] | None, answer_s: float) -> Answer:
        if self._closed:
            raise ServerAway("stopped")
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        timeout = urllib3.Timeout(connect=CONNECT_S, read=answer_s)
        try:
            response = self._pool.request(
                method, path, json=body, headers=headers, timeout=timeout, redirect=False
            )
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise ServerAway(f"{self._server} does not answer: {problem}") from problem
        return _judged(response.status, response.data)


def _judged(status: int, data: bytes) -> Answer:
    try:
        body = json.loads(data) if data else {}
    except ValueError:
        body = {}
    body = body if isinstance(body, dict) else {}
    if status == 401:
        raise TokenRefused
    if status >= 500:
        raise ServerAway(f"the server answered {status}")
    if status >= 300:
        raise Refused(status, str(body.get("error", "")))
    return Answer(status, body)


def _tracked(
    plain: Any, known: "weakref.WeakSet[HTTPConnection]"
) -> type[HTTPConnection] | type[HTTPSConnection]:
    def connect(self: Any) -> None:
        plain.connect(self)
        known.add(self)

    return cast("type[HTTPConnection]", type(plain.__name__, (plain,), {"connect": connect}))


class ScanBox:
    """Scans that wait for the server. Old ones are dropped: their patient has left the kiosk."""

    def __init__(self, life_s: float = SCAN_LIFE_S) -> None:
        self._life_s = life_s
        self._waiting: deque[tuple[float, Scan]] = deque(maxlen=SCANS_KEPT)
        self._changed = threading.Condition()

    def put(self, scan: Scan) -> None:
        with self._changed:
            self._waiting.append((time.monotonic(), scan))
            self._changed.notify()

    def wait(self, within_s: float) -> Scan | None:
        """The oldest scan that is still worth sending; it stays until `done`."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting, within_s)
            while self._waiting and time.monotonic() - self._waiting[0][0] > self._life_s:
                log.warning(
                    "A scan from %s was dropped: the server was away", self._waiting.popleft()[1].scanner
                )
            return self._waiting[0][1] if self._waiting else None

    def done(self, scan: Scan) -> None:
        with self._changed:
            if self._waiting and self._waiting[0][1] is scan:
                self._waiting.popleft()


def scan_body(scan: Scan) -> dict[str, Any]:
    data = base64.b64encode(scan.data).decode("ascii")
    return {"id": scan.id, "scanner": scan.scanner, "data": data, "symbology": scan.symbology}
