"""Every error that reaches the door, in one table: its status, and what the person reads."""

from urllib.parse import quote

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException

from kiosk.access import STAFF, Role, principals
from kiosk.checkin.arrival import CheckInError
from kiosk.database.vault import VaultError
from kiosk.logs import described
from kiosk.queueing import tickets

STATUS: dict[type[Exception], int] = {
    tickets.NoSuchTicket: 404,
    tickets.UnknownName: 400,
    tickets.QueueError: 409,
    CheckInError: 409,
    VaultError: 500,
    DataError: 400,
    DBAPIError: 503,
}
"""Errors of the domain. The nearest base class counts."""

WORDS = {
    400: (_("This did not arrive as it was sent"), _("Go back, and try it once more.")),
    401: (_("This device is not known"), _("Pair it again on the console.")),
    403: (_("Your account may not open this"), _("Ask a supervisor, or sign in with another account.")),
    404: (_("There is nothing here"), _("The address may be mistyped, or what was here is gone.")),
    405: (_("This address does not do that"), _("Go back, and start again from the first page.")),
    409: (_("That is not possible now"), _("Somebody may have been faster. Look at the screen again.")),
    413: (_("That is too much at once"), _("Send a smaller file.")),
    429: (_("Too many tries"), _("Wait a moment, and try again.")),
    500: (
        _("Something went wrong"),
        _("It was written down. Nothing that was confirmed is lost. Try again."),
    ),
    503: (_("The clinic's records do not answer"), _("This page tries again by itself.")),
}
RETRY_S = 10

log = structlog.get_logger()


def prepare(app: Flask) -> None:
    """Answer every error of `app` by the tables above."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Answer with a page, or with JSON where a program asked."""
    if isinstance(error, CSRFError):
        return _page(400, _("This page was open too long. Go back, load it again, and try once more."))
    if isinstance(error, HTTPException):
        if error.response is not None:
            return make_response(error.response)
        said = error.description if error.description != type(error).description else None
        response = _page(error.code or 500, said)
        response.headers.extend((n, v) for n, v in error.get_headers() if n in ("Allow", "Retry-After"))
        return response
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    if status is None or status >= 500 or isinstance(error, DBAPIError):
        log.error("failed", id=g.get("request_id"), endpoint=request.endpoint, **described(error))
    ours = status is not None and status < 500 and not isinstance(error, DBAPIError)
    return _page(status or 500, str(error) if ours else None)


def _where_to_try_again(status: int) -> str | None:
    """Nobody stands at a kiosk or board to press a key: it goes back to its page by itself."""
    for who in principals():
        if who.role is Role.KIOSK and request.path.startswith("/kiosk/"):
            return url_for("checkin.page", station=who.name)
        if who.role is Role.BOARD and request.path.startswith("/board/"):
            return url_for("board.page", name=who.name)
    return quote(request.path) if status >= 500 and request.method == "GET" else None


def _door() -> str | None:
    """Where a person may go on: staff to the console, others to the first page; patients nowhere."""
    if any(who.role in STAFF for who in principals()):
        return "console.page"
    return None if request.blueprint in ("checkin", "board", "phone") else "home.page"


def _page(status: int, message: object = None) -> Response:
    title, advice = WORDS.get(status, WORDS[500])
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        response = jsonify(error=str(message or title))
    else:
        text = render_template("error.html", title=title, advice=message or advice, door=_door())
        response = make_response(text)
        if again := _where_to_try_again(status):
            response.headers["Refresh"] = f"{RETRY_S}; url={again}"
    response.status_code = status
    return response
