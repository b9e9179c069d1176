"""The queue: the site with its counters, the tickets, and all that happened to them. No personal data."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from kiosk.database.schema.columns import Instant, id_column, index_of_few, metadata, site_column

site = Table(
    "site",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False, default=0),
    Column("serial", Integer, nullable=False, default=0),
)

counter = Table(
    "counter",
    metadata,
    Column("site", String(64), ForeignKey("site.id"), primary_key=True),
    Column("day", sa.Date, primary_key=True),
    Column("letter", String(4), primary_key=True),
    Column("number", Integer, nullable=False),
)

open_desk = Table(
    "open_desk",
    metadata,
    Column("site", String(64), ForeignKey("site.id"), primary_key=True),
    Column("desk", String(64), primary_key=True),
)

OPEN_STATES = "state in ('waiting', 'called', 'serving', 'held', 'no_show')"

ticket = Table(
    "ticket",
    metadata,
    id_column(),
    site_column(),
    Column("visit", String(32), ForeignKey("visit.id"), nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("code", String(12), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("service", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("arrived", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("slot", Instant),
    Column("priority", String(64)),
    Column("route", String(400), nullable=False, default=""),
    Column("language", String(12), nullable=False),
    Column("desk", String(64)),
    Column("calls", Integer, nullable=False, default=0),
    Column("called_at", Instant),
    Column("announced_at", Instant),
    Column("started_at", Instant),
    Column("closed_at", Instant),
    UniqueConstraint("site", "day", "code"),
    UniqueConstraint("site", "serial"),
    Index("ix_ticket_site_closed_at", "site", "closed_at"),
    Index("ix_ticket_visit", "visit"),
    index_of_few("uq_ticket_open_visit", "visit", unique=True, where=OPEN_STATES),
    index_of_few("uq_ticket_called_desk", "site", "desk", unique=True, where="state = 'called'"),
)

event = Table(
    "event",
    metadata,
    Column("site", String(64), ForeignKey("site.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("ticket", String(32)),
    Column("desk", String(64)),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", sa.Text, nullable=False, default="{}"),
    Column("after", sa.Text, nullable=False, default="{}"),
    Column("undoes", Integer),
    Index("ix_event_ticket", "ticket", "seq"),
)

command = Table(
    "command",
    metadata,
    Column("site", String(64), ForeignKey("site.id"), primary_key=True),
    Column("id", String(64), primary_key=True, doc="made by the client: a retry finds its first answer"),
    Column("result", sa.Text, nullable=False),
    Column("at", Instant, nullable=False),
)
