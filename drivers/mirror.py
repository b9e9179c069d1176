"""The camera's picture for the kiosk's own browser, mirrored, so that a patient sees where to hold the card.

GET /<question>.<seal>/<any number>.jpg      one picture; 503 while there is none

Loopback only, and one question of the kiosk's dialogue at a time. The server numbers its questions, later
ones higher, and seals each number with the key that the host tells it with its health (docs/station-api.md).
So an address shows nothing any more as soon as a later question was shown, or after a few minutes, and nobody
else can make one. A page whose own name was pointed here (DNS rebinding) is refused by its `Host`. Pictures
are never written anywhere and never cached.
"""

import hmac
import io
import re
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageOps

LARGEST = (640, 640)
# So long one question may be looked at; the kiosk's dialogue ends sooner.
LONGEST_S = 300.0
# Connections at once; more are cut without an answer, and so is one that says nothing for so long.
CONNECTIONS = 8
STALLED_S = 5.0
_PATH = re.compile(r"/(\d{1,19})\.([0-9a-f]{64})/\d{1,10}\.jpg")

Latest = Callable[[], Image.Image | None]


class Mirror:
    """`start()`, then `stop()`. `latest` gives the newest frame, or None while there is no camera."""

    def __init__(self, latest: Latest, port: int = 0) -> None:
        self.latest = latest
        self.key = secrets.token_hex(32)
        self._question, self._until = -1, 0.0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), type("_Viewer", (_Viewer,), {"mirror": self}))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="mirror", daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Mirror":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def may_see(self, question: int, seal: str) -> bool:
        """Tell whether this question is one of the server's, the latest, and young."""
        if not hmac.compare_digest(seal, sealed(self.key, question)):
            return False
        with self._lock:
            if question > self._question:
                self._question, self._until = question, time.monotonic() + LONGEST_S
            return question == self._question and time.monotonic() < self._until

    def jpeg(self) -> bytes | None:
        frame = self.latest()
        if frame is None:
            return None
        small = frame.copy()
        small.thumbnail(LARGEST)
        packed = io.BytesIO()
        ImageOps.mirror(small).save(packed, "jpeg", quality=70)
        return packed.getvalue()


def sealed(key: str, question: int) -> str:
    """The seal of a question, as the server makes it."""
    return hmac.new(bytes.fromhex(key), str(question).encode(), "sha256").hexdigest()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no news."""


class _Viewer(BaseHTTPRequestHandler):
    mirror: Mirror
    timeout = STALLED_S
    server_version, sys_version = "kiosk", ""

    def do_GET(self) -> None:
        asked = _PATH.fullmatch(self.path)
        if not (self._is_ours() and asked and self.mirror.may_see(int(asked[1]), asked[2])):
            self._answer(403)
        elif picture := self.mirror.jpeg():
            self._answer(200, picture)
        else:
            self._answer(503)

    def _is_ours(self) -> bool:
        """An <img> sends no Origin. A script of another page that wants the pixels does."""
        hosts = {f"127.0.0.1:{self.mirror.port}", f"localhost:{self.mirror.port}"}
        return (
            self.headers.get("Host") in hosts
            and "Origin" not in self.headers
            and self.headers.get("Sec-Fetch-Dest", "image") == "image"
        )

    def _answer(self, status: int, picture: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "image/jpeg" if picture else "text/plain")
        self.send_header("Content-Length", str(len(picture)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(picture)

    def log_message(self, format: str, *args: object) -> None:
        """The seal is in the path, and paths are in logs."""
