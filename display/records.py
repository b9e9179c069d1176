"""The display's only SQL: it reads, and never writes."""

from datetime import datetime

import sqlalchemy as sa

from kiosk.database import Reading
from kiosk.database.schema import visit


def visit_of(reading: Reading, secret: str, since: datetime) -> str | None:
    """Return the visit whose phone page has this secret, if it began later than `since`."""
    query = sa.select(visit.c.id).where(
        visit.c.site == reading.site,
        visit.c.link_hash == reading.vault.lookup("link", secret),
        visit.c.created_at > since,
        visit.c.purged_at.is_(None),
    )
    return reading.connection.execute(query).scalar()
