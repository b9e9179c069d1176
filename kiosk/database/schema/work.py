"""What is still to be done: by a program (jobs) or by a person (tasks). No personal data."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table

from kiosk.database.schema.columns import Instant, autonumber, index_of_few, metadata, site_column

job = Table(
    "job",
    metadata,
    autonumber(),
    site_column(),
    Column("target", String(80), nullable=False, doc="who does it: station:front"),
    Column("kind", String(32), nullable=False),
    Column("payload", sa.Text, nullable=False, doc="JSON: opaque ids only"),
    Column("state", String(12), nullable=False, doc="queued claimed sending done failed unknown expired"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("holder", String(32), nullable=False, default="", doc="whose lease it is: a device's id"),
    Column("lease_until", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("last_error", String(200)),
    Column("finished_at", Instant),
    Index("ix_job_target", "target", "created_at"),
    index_of_few("ix_job_open", "site", "target", where="finished_at is null"),
)

task = Table(
    "task",
    metadata,
    autonumber(),
    site_column(),
    Column("kind", String(32), nullable=False),
    Column("station", String(64), nullable=False, default="", doc="or board; never null, for the index"),
    Column("ticket", String(32), nullable=False, default=""),
    Column("subject", String(120), nullable=False, default="", doc="device or code; no personal data"),
    Column("cause", String(20), nullable=False, default="", doc="why the device fails, as it stands now"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),
    index_of_few(
        "uq_task_open",
        *("site", "kind", "station", "ticket", "subject"),
        unique=True,
        where="closed_at is null",
    ),
)
