"""The camera's picture for the kiosk's own browser, mirrored, so that a patient sees where to hold the card.

GET /<token>/camera.mjpeg     a picture a few times a second, for an <img>
GET /<token>/camera.jpg       one picture; 503 while the camera gives none

Loopback only. The token is new at every start, and the host tells it to the server with its health: another
page in the same browser cannot guess it, and a page whose own name was pointed here (DNS rebinding) is
refused by its `Host`. Pictures are small, never written anywhere and never cached.
"""

import contextlib
import io
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageOps

CLIENTS = 2
PICTURES_A_SECOND = 8.0
LARGEST = (640, 640)
# Connections of any kind at once; more are cut without an answer.
CONNECTIONS = 8
# A browser that takes nothing for so long, or watches for so long, is sent away; its page may ask again.
STALLED_S = 5.0
LONGEST_S = 300.0
_BOUNDARY = "picture"

Latest = Callable[[], Image.Image | None]


class Mirror:
    """`start()`, then `stop()`. `latest` gives the newest frame, or None while there is no camera."""

    def __init__(self, latest: Latest, port: int = 0) -> None:
        self.latest = latest
        self.token = secrets.token_urlsafe(24)
        self.places = threading.BoundedSemaphore(CLIENTS)
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), type("_Viewer", (_Viewer,), {"mirror": self}))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="mirror", daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/camera.mjpeg"

    def start(self) -> "Mirror":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def jpeg(self) -> bytes | None:
        frame = self.latest()
        if frame is None:
            return None
        small = frame.copy()
        small.thumbnail(LARGEST)
        packed = io.BytesIO()
        ImageOps.mirror(small).save(packed, "jpeg", quality=70)
        return packed.getvalue()


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
        if not self._is_ours():
            self._refuse(403)
        elif self.path == f"/{self.mirror.token}/camera.jpg":
            self._one()
        elif self.path == f"/{self.mirror.token}/camera.mjpeg":
            self._many()
        else:
            self._refuse(404)

    def _is_ours(self) -> bool:
        """An <img> sends no Origin. A script of another page that wants the pixels does."""
        hosts = {f"127.0.0.1:{self.mirror.port}", f"localhost:{self.mirror.port}"}
        return (
            self.headers.get("Host") in hosts
            and "Origin" not in self.headers
            and self.headers.get("Sec-Fetch-Dest", "image") == "image"
        )

    def _one(self) -> None:
        picture = self.mirror.jpeg()
        if picture is None:
            self._refuse(503)
            return
        self._head(200, "image/jpeg", len(picture))
        self.wfile.write(picture)

    def _many(self) -> None:
        if not self.mirror.places.acquire(blocking=False):
            self._refuse(503)
            return
        try:
            self._head(200, f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
            # The browser went away, or takes nothing any more.
            with contextlib.suppress(OSError):
                self._stream()
        finally:
            self.mirror.places.release()

    def _stream(self) -> None:
        """A picture that did not change is sent again: Chromium paints one when the next one begins."""
        until = time.monotonic() + LONGEST_S
        while time.monotonic() < until and not self.mirror.stopping.is_set():
            picture = self.mirror.jpeg()
            if picture is None:
                return
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            self.wfile.write(head.encode() + picture + b"\r\n")
            self.mirror.stopping.wait(1 / PICTURES_A_SECOND)

    def _refuse(self, status: int) -> None:
        self._head(status, "text/plain", 0)

    def _head(self, status: int, kind: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The token is in the path, and paths are in logs."""
