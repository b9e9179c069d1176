"""The whole app with patients in its waiting room."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest

from kiosk.clinic import Clinic
from kiosk.database import schema
from tests.cast import Clock
from tests.integration.shell.conftest import as_role

__all__ = ["as_role"]


@dataclass
class WaitingRoom:
    """Lets patients in and calls them, at the clock's time."""

    here: Clinic
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        with self.here.database.begin(at=self.clock()) as tx:
            for desk in self.here.database.rules.desks:
                tx.room.open_desk(desk, at=tx.at, by="test")

    def arrive(self, service: str = "laboratory", language: str = "en") -> tuple[str, str]:
        """A patient arrives; return the ticket's id and the address of their phone page."""
        visit, ticket = uuid.uuid4().hex, uuid.uuid4().hex
        with self.here.database.begin(at=self.clock()) as tx:
            secret = tx.vault.link_secret(visit)
            row = {"id": visit, "site": tx.site, "day": self.here.local(tx.at).date(), "created_at": tx.at,
                   "sealed": tx.vault.seal({"family_name": "Garcia"}, f"visit:{visit}"),
                   "link_hash": tx.vault.lookup("link", secret)}  # fmt: skip
            tx.connection.execute(schema.visit.insert().values(row))
            tx.room.issue(
                ticket_id=ticket, visit=visit, services=[service], at=tx.at, by="test", language=language
            )
        return ticket, f"/t/{secret}"

    def act(self, action: str, *arguments: str) -> None:
        """Do what the coordinator would."""
        with self.here.database.begin(at=self.clock()) as tx:
            getattr(tx.room, action)(*arguments, at=tx.at, by="test")


@pytest.fixture
def room(here: Clinic, clock: Clock) -> WaitingRoom:
    """All desks are open, nobody has come yet."""
    return WaitingRoom(here, clock)
