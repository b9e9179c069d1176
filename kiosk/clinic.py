"""The running clinic: what every page needs, put together once by `kiosk.app` and handed over by Flask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app

from kiosk.config import Config
from kiosk.database import Database
from kiosk.speech.voices import Voices

if TYPE_CHECKING:
    from kiosk.live import Live


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clinic:
    """One site being served."""

    config: Config
    database: Database
    live: "Live"
    voices: Voices
    now: Callable[[], datetime] = utc_now

    def local(self, at: datetime) -> datetime:
        """The instant on the clinic's clock."""
        return at.astimezone(self.config.site.zone)


def clinic() -> Clinic:
    """Return the clinic that this request is for."""
    return cast(Clinic, current_app.extensions["clinic"])
