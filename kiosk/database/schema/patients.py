"""Who is expected, who is here, what they showed. Personal data stands in these rows only, and sealed."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from kiosk.database.schema.columns import (
    Instant,
    autonumber,
    id_column,
    index_of_few,
    metadata,
    site_column,
)

appointment = Table(
    "appointment",
    metadata,
    id_column(),
    site_column(),
    Column("day", sa.Date, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("services", String(400), nullable=False, doc="service ids, in order, separated by spaces"),
    Column("status", String(12), nullable=False, doc="booked arrived cancelled"),
    Column("cancelled_by", String(64), doc="null: the import said so, and may take it back"),
    Column("reference", String(32), nullable=False, doc="random, in the signed booking code"),
    Column("source", String(120), doc="whose id this is, for a repeated import"),
    Column("sealed", LargeBinary, doc="names, birth date, insurance on file: JSON, AES-256-GCM"),
    Column("birth_date_hash", LargeBinary(32), doc="keyed: finds, does not tell"),
    Column("purged_at", Instant),
    UniqueConstraint("site", "reference"),
    UniqueConstraint("site", "source"),
    Index("ix_appointment_lookup", "site", "day", "birth_date_hash"),
    index_of_few("ix_appointment_kept", "site", "slot", where="purged_at is null"),
)

visit = Table(
    "visit",
    metadata,
    id_column(),
    site_column(),
    Column("day", sa.Date, nullable=False),
    Column("station", String(64)),
    Column("appointment", String(32), ForeignKey("appointment.id")),
    Column("sealed", LargeBinary, doc="name, birth date: JSON, AES-256-GCM"),
    Column("link_hash", LargeBinary(32), doc="keyed hash of the phone page's secret"),
    Column("created_at", Instant, nullable=False),
    Column("purged_at", Instant),
    UniqueConstraint("link_hash"),
    Index("ix_visit_day", "day", "site"),
    Index("ix_visit_appointment", "appointment"),
    index_of_few("ix_visit_kept", "site", "created_at", where="purged_at is null"),
)

checkin = Table(
    "checkin",
    metadata,
    id_column(),
    site_column(),
    Column("station", String(64), nullable=False),
    Column("step", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False, doc="the dialogue so far: JSON, AES-256-GCM"),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("site", "station"),
)

failed_try = Table(
    "failed_try",
    metadata,
    autonumber(),
    site_column(),
    Column("day", sa.Date, nullable=False),
    Column("subject", LargeBinary(32), nullable=False, doc="keyed hash of what was scanned or typed"),
    Column("station", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_failed_try_subject", "site", "day", "subject"),
    Index("ix_failed_try_station", "site", "station", "at"),
)

coverage = Table(
    "coverage",
    metadata,
    id_column(),
    site_column(),
    Column("visit", String(32), ForeignKey("visit.id"), nullable=False),
    Column("finding", String(16), nullable=False),
    Column("sealed", LargeBinary, doc="the card shown and the one on file: JSON, AES-256-GCM"),
    Column("shown_at", Instant, nullable=False),
    Column("job", sa.BigInteger().with_variant(Integer, "sqlite"), doc="the latest question"),
    Column("answer", LargeBinary, doc="what the payer said: JSON, AES-256-GCM"),
    Column("answered_at", Instant),
    Column("checked_at", Instant),
    Column("checked_by", String(64)),
    Index("ix_coverage_visit", "visit"),
    index_of_few("ix_coverage_kept", "site", where="sealed is not null"),
)

coverage_photo = Table(
    "coverage_photo",
    metadata,
    Column("coverage", String(32), ForeignKey("coverage.id"), primary_key=True),
    Column("side", String(8), primary_key=True, doc="front back"),
    Column("sealed", LargeBinary, nullable=False, doc="JPEG in base64, AES-256-GCM"),
)
