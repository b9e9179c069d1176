"""`create_app`: the only place where the parts meet."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_socketio import SocketIO
from flask_wtf import CSRFProtect

from display.pages import render_boards
from kiosk import access, errors, guards, live, rendering, sockets
from kiosk.access import Principal
from kiosk.checkin import dialogue
from kiosk.clinic import Clinic, utc_now
from kiosk.config import Config
from kiosk.coverage import issuers
from kiosk.coverage.asking import Asking
from kiosk.coverage.clearing_house import open_clearing_house
from kiosk.database import Database
from kiosk.database.sealed import holds_sealed
from kiosk.database.vault import Vault, VaultError, read_or_make_key
from kiosk.speech.voices import EspeakNg, Voices
from kiosk.staff import records as staff
from kiosk.stations import health, work
from kiosk.stations import records as stations

ROOMS = (
    "kiosk.home.pages",
    "kiosk.staff.pages",
    "kiosk.stations.pages",
    "kiosk.stations.api",
    "kiosk.trying.pages",
    "kiosk.checkin.pages",
    "kiosk.appointments.pages",
    "kiosk.coverage.pages",
    "kiosk.console.pages",
    "display.pages",
    "display.phone",
)
"""The modules that have a `blueprint`."""
BENCH = "kiosk.bench.pages"
"""The room that only a demo has."""
MAX_UPLOAD_BYTES = 4 * 2**20


class Undeclared(Exception):
    """A route or socket event is missing in `kiosk.access`."""


def static_folder() -> Path:
    """The folder of css, js and fonts: beside the packages in a checkout, inside `kiosk` in a wheel."""
    inside = Path(__file__).parent / "static"
    return inside if inside.exists() else Path(__file__).parents[1] / "static"


def open_database(config: Config) -> Database:
    """Open the site's records with the site's key. Raises VaultError when it is gone, or is none."""
    key = config.data / "keys" / "field.key"
    if not key.exists() and holds_sealed(config.database_url):
        raise VaultError(
            f"{key} is gone, and nothing else opens what is sealed. Put it back from your safe copy."
        )
    vault = Vault(read_or_make_key(key))
    return Database(
        config.database_url,
        site=config.site.id,
        zone=config.site.zone,
        rules=config.room_rules(),
        vault=vault,
    )


def open_voices(config: Config) -> Voices:
    """What speaks for this site."""
    return Voices(EspeakNg(config.speech.words_per_minute), config.speech.voices)


def create_app(config: Config, *, now: Callable[[], datetime] = utc_now) -> Flask:
    """Put a clinic together: records, rooms (blueprints), sockets, guards. Nothing is started.

    Raises ConfigError when the files of an insurer that it should trust are not usable.
    """
    issuers.load(config)
    app = Flask("kiosk", static_folder=str(static_folder()), static_url_path="/static")
    app.secret_key = read_or_make_key(config.data / "keys" / "session.key")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        WTF_CSRF_TIME_LIMIT=None,  # a kiosk's page stays open all day; the session's secret is the limit
        WTF_CSRF_SSL_STRICT=False,  # it compares the Referer, which our pages do not send
    )
    database = open_database(config)
    publisher = open_sockets(app, config)
    database.committed = publisher.committed
    app.extensions["clinic"] = Clinic(config, database, publisher, open_voices(config), now)
    rendering.prepare(app)
    guards.prepare(app)
    errors.prepare(app)
    csrf = CSRFProtect(app)
    for name in (*ROOMS, BENCH) if config.demo else ROOMS:
        room = import_module(name)
        app.register_blueprint(room.blueprint)
        if name.endswith(".api"):
            csrf.exempt(room.blueprint)
    connect_live(app, publisher)
    ask_payers(app.extensions["clinic"])
    check_declared(app, publisher)
    return app


def open_sockets(app: Flask, config: Config) -> live.Live:
    """Answer Socket.IO beside the pages: our own pages only, small messages, no compression."""
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,
        manage_session=False,
        transports=["websocket"],
        message_queue=config.server.redis or None,
        channel=f"kiosk:{config.site.id}",
        max_http_buffer_size=sockets.MAX_MESSAGE_BYTES,
        cors_allowed_origins=guards.own_origin(config.public_url),
        ping_interval=10,
        ping_timeout=10,
    )
    app.wsgi_app = guards.on_the_way_in(app.wsgi_app, config.server.threads)  # type: ignore[assignment, method-assign]
    publisher = live.Live(socketio)
    sockets.register(socketio, publisher, guards.identified)
    return publisher


def connect_live(app: Flask, publisher: live.Live) -> None:
    """Let the publisher see the records, which it does from its own thread."""
    here: Clinic = app.extensions["clinic"]

    def look() -> int:
        with here.database.snapshot(at=here.now()) as reading:
            return reading.snapshot.version

    def standing(asked: set[Principal]) -> set[Principal]:
        with here.database.snapshot(at=here.now()) as reading:
            ids = {who.id for who in asked}
            left = stations.standing(reading, ids) | staff.standing(reading, ids)
        return {who for who in asked if who.id in left}

    def rounds(connected: set[str]) -> None:
        with app.app_context(), here.database.begin(at=here.now()) as tx:
            health.watch(tx, connected=connected, since=began)
            stations.painted(tx, publisher.take_painted())
            work.sweep(tx)
        dialogue.expire(here)

    began = here.now()
    publisher.look, publisher.standing, publisher.rounds = look, standing, rounds
    publisher.boards = lambda: render_boards(app)


def ask_payers(here: Clinic) -> None:
    """Take the questions about insurance to the clearing house, if the site has one."""
    settings = here.config.coverage
    if settings.clearing_house:
        asking = Asking(here.database, settings, open_clearing_house(settings), here.now)
        here.live.listeners.append(asking.hear)
        here.live.beside.append(asking)


def check_declared(app: Flask, publisher: live.Live) -> None:
    """Refuse to start with a route or event that nobody gave a role. Raises Undeclared."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    events = {event for events in publisher.socketio.server.handlers.values() for event in events} - {"*"}
    if missing := access.undeclared(endpoints | events):
        raise Undeclared(f"{', '.join(missing)}: say in kiosk/access.py who may use it.")
