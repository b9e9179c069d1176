"""The door: who asks, whether they may, and what the answer tells the browser to refuse."""

import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk import access
from kiosk.access import Principal
from kiosk.clinic import clinic
from kiosk.home import numbers
from kiosk.staff import records as staff
from kiosk.stations import records as stations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STAFF_COOKIE = "staff"
DEVICE_COOKIE = "device"
MOST_DEVICES = 8
"""One browser that is more screens than this is nobody's browser."""
FOR_PAGES = 8
"""So many of the server's threads no socket can take."""
AS_LONG_AS_IT_LIKES = struct.pack("ll", 0, 0)
"""A page may be silent on its socket: pings tell whether it lives."""

POLICY = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "media-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types live",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), autoplay=(self)",
}

log = structlog.get_logger()


def prepare(app: Flask) -> None:
    """Put the door in front of every route of `app`."""
    app.before_request(guard)
    app.after_request(finish)


def guard() -> ResponseReturnValue | None:
    """Let pass only what `access.ROUTES` declares for who asks."""
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(4)
    endpoint = request.endpoint
    if endpoint == "static":
        return None
    g.principals = tuple(identified())
    if endpoint is None:
        return None
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method not in ("GET", "HEAD"):
        return abort(403)
    chosen = access.choose(endpoint, g.principals, set((request.view_args or {}).values()))
    if chosen is None:
        return refuse(endpoint)
    g.principal = chosen
    return None


def identified() -> Iterable[Principal]:
    """Yield everybody whose valid credentials this request carries.

    A session is kept alive by what a person does, not by a page that looks again or a socket that reconnects.
    """
    here = clinic()
    at = here.now()
    if token := request.cookies.get(STAFF_COOKIE):
        by_hand = request.endpoint is not None and request.headers.get("X-Live") != "look"
        yield from some(staff.identify(here.database, token, at, active=by_hand))
    for device in device_tokens()[:MOST_DEVICES]:
        yield from some(stations.identify(here.database, device, at))


def device_tokens() -> list[str]:
    """The device tokens of this request: a host's bearer token, or a browser's cookies (one per screen)."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    cookies = [value for name, value in request.cookies.items() if name.startswith(DEVICE_COOKIE)]
    return [bearer] if scheme.lower() == "bearer" else cookies


def some(found: Principal | None) -> Iterable[Principal]:
    """Nothing or one."""
    return () if found is None else (found,)


def refuse(endpoint: str) -> ResponseReturnValue:
    """Send a stranger to the sign-in page, and everybody else away."""
    roles = access.ROUTES.get(endpoint, frozenset())
    signed_in = any(who.role in access.STAFF for who in g.principals)
    if access.STAFF & roles and not signed_in:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("staff.sign_in", next=wanted), 303)
    return abort(401 if access.Role.HOST in roles and not g.principals else 403)


def finish(response: Response) -> Response:
    """Add what every answer carries, and write one line that names nobody."""
    for name, value in POLICY.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        took_ms = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        numbers.answered(request.endpoint or "none", response.status_code, took_ms / 1000)
        log.info(
            "request",
            id=g.get("request_id"),
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            ms=took_ms,
            role=str(access.principal().role),
        )
    return response


def own_origin(public_url: str) -> Callable[[str, dict[str, Any]], bool]:
    """Tell whether a socket was opened by a page of ours: same host as asked, or the public address."""

    def own(origin: str, environ: dict[str, Any]) -> bool:
        return origin.partition("://")[2] == environ.get("HTTP_HOST") or origin == public_url

    return own


def on_the_way_in(wsgi: "WSGIApplication", threads: int) -> "WSGIApplication":
    """Mend the request before anybody sees it.

    permessage-deflate is refused: measured, it costs every socket 100 KB and half of the speed. A proxy on
    this box says for whom it asks; nobody else is believed. A socket holds one of the server's `threads`, and
    anybody may open one: a few threads stay free for pages, by which screens without a socket go on.
    """
    sockets = threading.Semaphore(max(1, threads - FOR_PAGES))

    def mended(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        asked_for = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if asked_for and environ.get("REMOTE_ADDR") in ("127.0.0.1", "::1"):
            environ["REMOTE_ADDR"] = asked_for
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return wsgi(environ, start_response)
        if not sockets.acquire(blocking=False):
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return ()
        if (wire := environ.get("gunicorn.socket")) is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, AS_LONG_AS_IT_LIKES)  # it may be silent
        try:
            return wsgi(environ, start_response)
        finally:
            sockets.release()

    return mended
