"""An import from the file's bytes to the book: read whole, then written in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kiosk.appointments import records
from kiosk.appointments.records import Loaded
from kiosk.appointments.rules import Import, Terms, services_by_name
from kiosk.appointments.table_file import read_table
from kiosk.config import Config
from kiosk.database import Database


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file that was taken over."""

    loaded: Loaded
    past: int
    read_as: str
    unused: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The report in words."""
        counts = [
            (self.loaded.added, "{} added."),
            (self.loaded.changed, "{} changed."),
            (self.loaded.unchanged, "{} as they were."),
            (self.loaded.arrived, "{} had arrived already and stay as they are."),
            (self.loaded.kept_cancelled, "{} were cancelled here and stay cancelled."),
            (self.past, "{} of days past were left out."),
        ]
        said = [words.format(count) for count, words in counts if count] or ["Nothing to do."]
        if self.read_as:
            said.append(f"The file was read as {self.read_as}: look whether names with accents are right.")
        if self.unused:
            said.append(f"Columns that were not used: {', '.join(self.unused)}.")
        return said


def terms(config: Config, at: datetime) -> Terms:
    """What rows are held against at this site, now."""
    names = {service.id: tuple(service.name.values()) for service in config.services}
    return Terms(config.site.zone, services_by_name(names), at.astimezone(config.site.zone).date())


def take_over(database: Database, config: Config, data: bytes, *, at: datetime, by: str) -> Report:
    """Import a CSV or ICS file. Raises Refused, and then nothing was taken over."""
    found = _reader(data)(data, terms(config, at))
    with database.begin(at=at) as tx:
        loaded = records.load(tx, found.entries)
        if loaded.added or loaded.changed:
            tx.record("appointments_loaded", by=by)
    return Report(loaded, found.past, found.read_as, found.unused)


def is_calendar(data: bytes) -> bool:
    """Tell a calendar file from a table."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def _reader(data: bytes) -> Callable[[bytes, Terms], Import]:
    if not is_calendar(data):
        return read_table
    from kiosk.appointments.calendar_file import read_calendar  # megabytes of library, for a rare file

    return read_calendar
