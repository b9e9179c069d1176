"""Every table, by what it is for. A change here needs a migration: a test holds them against each other.

Years of history lie in these tables, and SQLite has no statistics: it takes an index that begins with `site`
for a good one, even when it holds one site. So what is not over yet has an index of its own (`…_open`,
`…_kept`), which stays as small as the day is; a test holds every statement of a working day against that.
"""

from kiosk.database.schema.access import device, pairing, staff, staff_session
from kiosk.database.schema.columns import EPOCH, MICROSECOND, Instant, metadata
from kiosk.database.schema.patients import (
    appointment,
    checkin,
    coverage,
    coverage_photo,
    failed_try,
    visit,
)
from kiosk.database.schema.queue import command, counter, event, open_desk, site, ticket
from kiosk.database.schema.work import job, task

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "Instant",
    "appointment",
    "checkin",
    "command",
    "counter",
    "coverage",
    "coverage_photo",
    "device",
    "event",
    "failed_try",
    "job",
    "metadata",
    "open_desk",
    "pairing",
    "site",
    "staff",
    "staff_session",
    "task",
    "ticket",
    "visit",
]
