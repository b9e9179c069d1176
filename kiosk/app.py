"""`create_app`: the only place where the parts meet."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from flask import Flask, abort, g, request
from flask_babel import Babel
from flask_socketio import SocketIO
from flask_wtf import CSRFProtect

from kiosk import access, live
from kiosk.clinic import Clinic, utc_now
from kiosk.config import Config
from kiosk.database import Database
from kiosk.database.vault import Vault, read_or_make_key

ROOMS = (
    "kiosk.home.pages",
    "kiosk.staff.pages",
    "kiosk.stations.pages",
    "kiosk.stations.api",
    "kiosk.checkin.pages",
    "kiosk.appointments.pages",
    "kiosk.console.pages",
    "display.pages",
)
"""The modules that have a `blueprint`."""


def static_folder() -> Path:
    """The folder of css, js and fonts: beside the packages in a checkout, inside `kiosk` in a wheel."""
    inside = Path(__file__).parent / "static"
    return inside if inside.exists() else Path(__file__).parents[1] / "static"


def open_database(config: Config) -> Database:
    """Open the site's records with the site's key."""
    vault = Vault(read_or_make_key(config.data / "keys" / "field.key"))
    return Database(
        config.database_url,
        site=config.site.id,
        zone=config.site.zone,
        rules=config.room_rules(),
        vault=vault,
    )


def create_app(config: Config, *, now: Callable[[], datetime] = utc_now) -> Flask:
    """Put a clinic together: records, rooms (blueprints), sockets, guards."""
    app = Flask("kiosk", static_folder=str(static_folder()), static_url_path="/static")
    app.secret_key = read_or_make_key(config.data / "keys" / "session.key")
    database = open_database(config)
    socketio = SocketIO(app, async_mode="threading", message_queue=config.server.redis or None)
    publisher = live.Live(socketio)
    database.committed = publisher.committed
    app.extensions["clinic"] = Clinic(config, database, publisher, now)
    Babel(app, locale_selector=lambda: g.get("language", config.site.languages[0]))
    CSRFProtect(app)
    for name in ROOMS:
        app.register_blueprint(import_module(name).blueprint)
    app.before_request(guard)
    return app


def guard() -> None:
    """Let pass only what `access.ROUTES` declares for who asks."""
    if request.endpoint is not None and not access.allowed(request.endpoint, access.principal().role):
        abort(403)
