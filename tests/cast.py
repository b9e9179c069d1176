"""The small clinic and the synthetic people that all tests share. Nobody here is real."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.config import Config

NINE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""A Monday, nine in the morning at the clinic (New York)."""


class Clock:
    """A clock that stands until somebody moves it."""

    def __init__(self, at: datetime = NINE) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


CLINIC: dict[str, Any] = {
    "site": {
        "id": "riverside",
        "name": "Riverside Clinic",
        "timezone": "America/New_York",
        "languages": ["en", "es", "ar"],
    },
    "services": [
        {"id": "registration", "letter": "A", "name": {"en": "Registration", "es": "Registro"}},
        {"id": "laboratory", "letter": "B", "name": {"en": "Laboratory", "es": "Laboratorio"}},
        {
            "id": "consultation",
            "letter": "C",
            "name": {"en": "Consultation", "es": "Consulta"},
            "walk_in": False,
        },
    ],
    "desks": [
        {"id": "room-1", "name": "Room 1", "services": ["registration", "laboratory"]},
        {"id": "room-2", "name": "Room 2", "services": ["laboratory"]},
        {"id": "room-3", "name": "Room 3", "services": ["consultation"]},
    ],
    "stations": [{"id": "front", "name": "Front door"}],
    "boards": [{"id": "lobby", "name": "Lobby"}],
    "priorities": [{"id": "assistance", "name": "Needs assistance", "head_start_minutes": 15}],
}


def config(data: Path, **tables: Any) -> Config:
    """The clinic, keeping its files in `data`."""
    server = {"data": str(data), "log": "text", **tables.pop("server", {})}
    return Config.from_dict({**CLINIC, "server": server, **tables})


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)
