"""The host's token: where it lies, and how a host without one gets one.

The host asks for a code and logs it; a coordinator types it on the console and chooses the station.
"""

import contextlib
import logging
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from drivers.link import Link, LinkError, Refused, ServerAway

log = logging.getLogger(__name__)

CLAIM_EVERY_S = 2.0
ASK_AGAIN_S = 5.0

_TOKEN = re.compile(r"[!-~]+")

Stopped = Callable[[float], bool]
"""Waits so long; tells whether the host stops."""


class TokenFile:
    """The token on disk, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """What a power cut left of a token is none."""
        try:
            token = self.path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return token if _TOKEN.fullmatch(token) else None

    def write(self, token: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(self.path.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(token)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def forget(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()


def pair(
    link: Link,
    tokens: TokenFile,
    stopped: Stopped,
    claim_every_s: float = CLAIM_EVERY_S,
    shown: Callable[[str], None] = lambda words: None,
) -> None:
    """Ask until a coordinator approved this host or it is stopped. `shown` is told what there is to do."""
    away = False
    while not stopped(0):
        try:
            request = link.post("/api/pairing", {"kind": "host"}).body
            code, claim = str(request["code"]), str(request["claim"])
            away = False
            log.warning("This device host is not paired. Type this code on the console: %s", code)
            shown(f"Not paired, type {code} on the console")
            if _claimed(link, tokens, claim, float(request.get("expires_s", 600)), stopped, claim_every_s):
                return
        except (LinkError, KeyError, ValueError) as problem:
            if not away:
                log.warning("Pairing has to wait: %s", problem)
                shown(f"Not paired, and that has to wait: {problem}")
            away = True
            stopped(ASK_AGAIN_S)


def _claimed(
    link: Link, tokens: TokenFile, claim: str, expires_s: float, stopped: Stopped, every_s: float
) -> bool:
    until = time.monotonic() + expires_s
    while time.monotonic() < until and not stopped(every_s):
        try:
            answer = link.post("/api/pairing/claim", {"claim": claim})
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        except ServerAway:
            continue
        if token := answer.body.get("token"):
            link.token = str(token)
            _keep(tokens, str(token))
            log.warning("Paired with station %s", answer.body.get("station"))
            return True
    return False


def _keep(tokens: TokenFile, token: str) -> None:
    """The server gives a token once, so a full disk must not lose it before the next restart."""
    try:
        tokens.write(token)
    except OSError as problem:
        log.error(
            "The token cannot be kept in %s (%s): pairing is needed after a restart", tokens.path, problem
        )
