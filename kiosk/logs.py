"""What the server writes to its log: one structured line a fact, about requests and never about people.

Lines of libraries (gunicorn, alembic) come out the same way. An error is written as `described` tells it.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError


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


def described(error: BaseException) -> dict[str, str]:
    """The error for the log: kind and place, but not its message, which may quote what somebody typed."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    known = isinstance(cause, OSError) or isinstance(error, OperationalError)
    return {
        "error": type(error).__qualname__,
        "cause": str(cause) if known else type(cause).__qualname__,
        "trace": "".join(traceback.format_tb(error.__traceback__)),
    }
