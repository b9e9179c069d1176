"""The production server: gunicorn with threads, started from here. One process unless there is Redis.

A WebSocket holds a thread, so there are more threads than screens (`server.threads`). The publisher of
nudges starts in the worker, after the fork.
"""

import gc
import logging
import os
import socket
import struct
import sys
import threading
from importlib import import_module
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from kiosk.config import Config, ConfigError
from kiosk.logs import described
from kiosk.serving import alive

GRACE_S = 3
"""How long answers under way may take when the server is told to stop."""
READS_FOR = struct.pack("ll", 10, 0)
"""Ten seconds without a byte end a request that is half sent: a phone that left would keep its thread."""
CONNECTIONS = 10_000
"""gunicorn's own limit of 1,000 stalls the server at 1,000 screens."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that lets go of its sockets when told to stop, instead of waiting for them."""

    def load_wsgi(self) -> None:
        """Load the app, start telling the screens, and tell systemd as long as all goes well."""
        super().load_wsgi()
        self.live = self.wsgi.extensions["clinic"].live
        self.live.start()
        if (systemd := self.app.systemd) is not None:
            watch = (systemd, self.well, self.live.stopped)
            threading.Thread(target=alive.watch, args=watch, name="alive", daemon=True).start()

    def well(self) -> bool:
        """Tell whether the publisher goes round and requests are answered."""
        server = self.app.config.server
        return alive.goes_round(self.live) and alive.answers(server.host, server.port)

    def notify(self) -> None:
        """Tell gunicorn that this worker lives, unless its publisher hangs: then gunicorn replaces it."""
        if alive.goes_round(self.live):
            super().notify()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop: sockets first, outside the signal handler."""
        threading.Thread(target=self.wsgi.extensions["clinic"].live.stop, daemon=True).start()
        super().handle_exit(sig, frame)


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's own lines, among ours. Addresses of failed requests stay out: they may hold a secret."""

    def setup(self, cfg: Any) -> None:
        """Leave everything to the root logger."""
        self.error_log.setLevel(logging.WARNING)

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        """Write what failed, without the request."""
        error = sys.exc_info()[1]
        if isinstance(error, BlockingIOError):
            self.warning(msg)  # a request that stood still: whoever sent it has left
            return
        structlog.get_logger().error("server.failed", **(described(error) if error else {}))

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Write a warning; of a request that is no HTTP, what is the matter with it and not what it says."""
        if (error := sys.exc_info()[1]) is None:
            super().warning(msg, *args, **kwargs)
        else:
            structlog.get_logger().warning("server.refused", error=type(error).__qualname__)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured by kiosk.toml and nothing else."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.systemd = alive.Systemd.taken_from(os.environ)
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve."""
        server = self.config.server
        settings = {
            "bind": server.place,
            "workers": server.processes,
            "worker_class": Worker,
            "threads": server.threads,
            "worker_connections": CONNECTIONS,
            "graceful_timeout": GRACE_S,
            "keepalive": 30,
            "accesslog": None,
            "logger_class": ServerLog,
            "proc_name": "kiosk",
            "control_socket_disable": True,
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "when_ready": limit_silence,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app, in the worker."""
        from kiosk.app import create_app

        return create_app(self.config)


def limit_silence(arbiter: Any) -> None:
    """Let every connection inherit from its listener how long a request may stand still."""
    for listener in arbiter.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, READS_FOR)


def serve(config: Config) -> None:
    """Serve until told to stop."""
    from kiosk.app import ROOMS

    for room in ROOMS:
        import_module(room)
    gc.freeze()  # what is imported before the fork stays shared: a third less memory, and a quicker worker
    print(f"{config.site.name} is open at {config.public_url}", flush=True)
    Server(config).run()


def check_address(config: Config) -> None:
    """Raise ConfigError when nothing can listen there, before gunicorn tries five times."""
    with socket.socket(socket.AF_INET6 if ":" in config.server.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.server.host, config.server.port))
        except OSError as error:
            raise ConfigError(
                f"{config.server.host} port {config.server.port} cannot be used: {error.strerror}. "
                "Choose another with --port or server.port."
            ) from None
