"""Invented tickets, to look at the design in `[ticket]`: the same documents that device hosts are given."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel

from kiosk.checkin.ticket import paper
from kiosk.config import Config, load
from kiosk.queueing.waiting_time import Estimate

SECRET = "0123456789abcdefghjkmnpqrs"  # noqa: S105
"""As long as the end of a real address."""


def documents(config: Path, now: Callable[[], datetime]) -> Callable[[], dict[str, dict[str, Any]]]:
    """Return what reads kiosk.toml anew and gives a ticket for each language, and a copy."""
    app = Flask("kiosk")
    Babel(app)

    def read() -> dict[str, dict[str, Any]]:
        here = load(config)
        with app.app_context():
            tickets = {language: ticket(here, language, at=now()) for language in here.site.languages}
            return tickets | {"copy": ticket(here, here.site.languages[0], at=now(), copy=True)}

    return read


def ticket(config: Config, language: str, *, at: datetime, copy: bool = False) -> dict[str, Any]:
    """Return an invented ticket for the first service."""
    service = config.services[0]
    facts = paper.Facts(
        code=f"{service.letter}042",
        service=service.id,
        arrived=at.astimezone(config.site.zone),
        language=language,
        url=f"{config.public_url}/t/{SECRET}",
        estimate=Estimate(timedelta(minutes=10), timedelta(minutes=20)),
        copy=copy,
    )
    return paper.document(config, facts)
