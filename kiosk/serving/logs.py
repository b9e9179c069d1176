"""What the server writes to its log: one structured line a fact, about requests and never about people.

Lines of libraries (gunicorn, alembic) come out the same way. Exceptions are written by
`kiosk.errors.described`, which leaves out messages that may quote what somebody typed.
"""

import logging
import sys
from typing import Any

import structlog
from gunicorn.glogging import Logger

from kiosk.errors import described


def configure(style: str) -> None:
    """Write `json` (for a journal) or `text` (for a person) to standard output."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.processors.JSONRenderer() if style == "json" else _text()
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _text() -> Any:
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=18)


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's own lines, among ours. Addresses of failed requests stay out: they may hold a secret."""

    def setup(self, cfg: Any) -> None:
        """Leave everything to the root logger."""
        self.error_log.setLevel(logging.WARNING)

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        """Write what failed, without the request."""
        error = sys.exc_info()[1]
        structlog.get_logger().error("server.failed", **(described(error) if error else {}))
