"""What a printer would print, without one: documents through the real encoder onto virtual paper.

`serve` shows it on a page of this machine that looks again by itself, for whoever designs tickets.
"""

import hashlib
import html
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from drivers import devices
from drivers.config import ConfigError, load
from drivers.printers.encoder import Encoder
from drivers.receipt import layout
from drivers.simulated.mechanism import Mechanism

Documents = Callable[[], Mapping[str, Mapping[str, Any]]]
USUAL = {"80 mm": ("TM-T88V", 512), "58 mm": ("POS-5890", 384)}
KEPT = 200

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><title>Tickets</title><style>
body {{ margin: 2rem; background: #e9ecef; color: #1b1b1b; font: 1rem/1.5 system-ui, sans-serif }}
main {{ display: flex; flex-wrap: wrap; gap: 2rem; align-items: start }}
figure {{ margin: 0 }} figcaption {{ margin-block-end: .5rem; font-weight: 600 }}
img {{ display: block; width: 20rem; box-shadow: 0 1px 6px #0004 }} img.narrow {{ width: 15.6rem }}
.wrong {{ max-width: 40rem; padding: 1rem; background: #fff; border-inline-start: .5rem solid #b3261e }}
</style></head><body>{body}</body></html>"""


def draw(document: Mapping[str, Any], encoder: Encoder) -> bytes:
    """The paper as a PNG."""
    printer = Mechanism(encoder.paper.dots)
    left = encoder.encode(layout(document, encoder.paper))
    while left:
        count = printer.room
        printer.take(_Nobody(), left[:count])
        printer.run()
        left = left[count:]
    # A model without a cutter leaves its paper hanging out.
    return (printer.sheets[-1] if printer.sheets else printer.unfinished()).png


def encoders(config: Path) -> dict[str, Encoder]:
    """The printers of kiosk.toml; the usual papers when it has none."""
    try:
        printers = load(config, {}).printers
    except ConfigError:
        printers = ()
    if not printers:
        return {name: Encoder(profile, dots) for name, (profile, dots) in USUAL.items()}
    return {printer.name: devices.encoder(printer) for printer in printers}


def serve(
    documents: Documents, printers: Mapping[str, Encoder], port: int, said: Callable[[str], None]
) -> None:
    """Show every document on every printer's paper until interrupted."""
    gallery = _Gallery(documents, printers)
    server = ThreadingHTTPServer(("127.0.0.1", port), type("_Shown", (_Page,), {"gallery": gallery}))
    server.daemon_threads = True
    said(f"http://127.0.0.1:{server.server_address[1]}/")
    with server:
        server.serve_forever()


class _Nobody:
    def send(self, data: bytes) -> None:
        """Nobody listens."""


class _Gallery:
    """Pictures by what they show, so that an unchanged one is neither drawn nor fetched again."""

    def __init__(self, documents: Documents, printers: Mapping[str, Encoder]) -> None:
        self._documents, self._printers = documents, printers
        self._pictures: dict[str, bytes] = {}

    def page(self) -> str:
        try:
            body = f"<main>{''.join(self._figures())}</main>"
        except Exception as problem:  # noqa: BLE001 - shown to whoever edits the file right now
            body = f'<p class="wrong" role="alert">{html.escape(str(problem))}</p>'
        return _PAGE.format(body=body)

    def picture(self, name: str) -> bytes | None:
        return self._pictures.get(name)

    def _figures(self) -> Iterable[str]:
        for title, document in self._documents().items():
            for paper, encoder in self._printers.items():
                name = hashlib.sha256(f"{paper}{sorted(document.items())}".encode()).hexdigest()[:32]
                if name not in self._pictures:
                    if len(self._pictures) >= KEPT:
                        self._pictures.clear()
                    self._pictures[name] = draw(document, encoder)
                caption = html.escape(f"{title}, {paper}")
                kind = ' class="narrow"' if encoder.paper.dots < 480 else ""
                yield (
                    f"<figure><figcaption>{caption}</figcaption>"
                    f'<img src="/{name}.png" alt="The ticket: {caption}"{kind}></figure>'
                )


class _Page(BaseHTTPRequestHandler):
    gallery: _Gallery

    def do_GET(self) -> None:
        picture = self.gallery.picture(self.path.strip("/").removesuffix(".png"))
        if self.path == "/":
            self._answer(200, "text/html; charset=utf-8", self.gallery.page().encode(), "no-store")
        elif picture is not None:
            self._answer(200, "image/png", picture, "max-age=86400, immutable")
        else:
            self._answer(404, "text/plain", b"There is nothing here.", "no-store")

    def _answer(self, status: int, kind: str, body: bytes, keep: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", keep)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
