"""The control panel of the virtual hardware: a small HTTP interface on loopback.

GET  /state            what is wrong, how many papers, where the devices are
POST /scan             {"data": "<base64>"}
POST /fault            any of `faults.Faults`, {"scanner": "plugged" | "unplugged"},
                       {"held": "scanner" | "camera"}: where what is scanned next is held
GET  /papers           [{"id": 1, "at": "..."}]
GET  /papers/1.png     the paper as a picture
"""

import base64
import binascii
import json
import re
import threading
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from drivers.simulated.camera import VirtualCamera
from drivers.simulated.faults import BadFault
from drivers.simulated.printer import VirtualPrinter
from drivers.simulated.scanner import VirtualScanner

LONGEST_BODY = 65_536
# So long somebody holds a card before the camera.
HELD_S = 4.0


class Bench:
    """The devices and their panel."""

    def __init__(
        self, printer: VirtualPrinter, scanner: VirtualScanner, camera: VirtualCamera, port: int = 0
    ) -> None:
        self.printer, self.scanner, self.camera = printer, scanner, camera
        self.scanner_plugged = True
        self.held = "scanner"
        self._away: threading.Timer | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("_Panel", (_Panel,), {"bench": self}))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="bench", daemon=True
        )

    def start(self) -> "Bench":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._away is not None:
            self._away.cancel()

    def addresses(self) -> dict[str, Any]:
        pty = self.printer.pty
        return {
            "control": f"http://127.0.0.1:{self.port}",
            "printer": {
                "host": "127.0.0.1",
                "port": self.printer.port,
                "pty": str(pty.path) if pty else None,
            },
            "scanner": {"port": str(self.scanner.path)},
            "camera": {"device": self.camera.device},
        }

    def state(self) -> dict[str, Any]:
        return {
            "faults": asdict(self.printer.faults),
            "scanner": "plugged" if self.scanner_plugged else "unplugged",
            "held": self.held,
            "papers": len(self.printer.sheets),
            "errors": self.printer.errors[-20:],
            **{f"{name}_at": where for name, where in self.addresses().items()},
        }

    def papers(self) -> list[dict[str, Any]]:
        return [{"id": sheet.id, "at": sheet.at.isoformat()} for sheet in list(self.printer.sheets)]

    def picture(self, number: int) -> bytes | None:
        return next((sheet.png for sheet in list(self.printer.sheets) if sheet.id == number), None)

    def scan(self, body: dict[str, Any]) -> None:
        try:
            data = base64.b64decode(body.get("data", ""), validate=True)
        except (binascii.Error, TypeError, ValueError) as problem:
            raise BadFault("data is not base64") from problem
        if self.held == "scanner":
            self.scanner.write(data)
        else:
            self._hold(data)

    def _hold(self, data: bytes) -> None:
        """Before the camera, for a moment; what was held there before is put away."""
        with self._lock:
            if self._away is not None:
                self._away.cancel()
            self.camera.write(data)
            self._away = threading.Timer(HELD_S, self.camera.show, [None])
            self._away.daemon = True
            self._away.start()

    def fault(self, body: dict[str, Any]) -> None:
        changes = dict(body)
        plug, held = changes.pop("scanner", None), changes.pop("held", None)
        if plug not in (None, "plugged", "unplugged"):
            raise BadFault(f"scanner = {plug!r}: no such fault")
        if held not in (None, "scanner", "camera"):
            raise BadFault(f"held = {held!r}: there is no such place")
        self.printer.fault(**changes)
        self.held = held or self.held
        if plug is not None:
            self.scanner_plugged = plug == "plugged"
            if self.scanner_plugged:
                self.scanner.plug()
            else:
                self.scanner.unplug()


class _Panel(BaseHTTPRequestHandler):
    bench: Bench
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        picture = re.fullmatch(r"/papers/(\d+)\.png", self.path)
        if self.path == "/state":
            self._json(200, self.bench.state())
        elif self.path == "/papers":
            self._json(200, self.bench.papers())
        elif picture and (png := self.bench.picture(int(picture[1]))):
            self._answer(200, "image/png", png)
        else:
            self._json(404, {"error": "There is nothing here."})

    def do_POST(self) -> None:
        work = {"/scan": self.bench.scan, "/fault": self.bench.fault}.get(self.path)
        if work is None:
            self._json(404, {"error": "There is nothing here."})
            return
        try:
            work(self._body())
        except (BadFault, ValueError, TypeError) as problem:
            self._json(400, {"error": str(problem)})
        else:
            self._json(200, self.bench.state())

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            raise ValueError("too much")
        body = json.loads(self.rfile.read(length) or b"{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return body

    def _json(self, status: int, body: Any) -> None:
        self._answer(status, "application/json", json.dumps(body).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The bench is quiet."""
