"""Every table, on one page. Personal data: only sealed, in visit, checkin, appointment and coverage rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: exact, sortable and the same everywhere."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive datetimes: nobody can tell what instant they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An aware datetime is required.")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _site() -> Column[str]:
    return Column("site", String(64), ForeignKey("site.id"), nullable=False)


def _autonumber() -> Column[int]:
    return Column("id", sa.BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

visit = Table(
    "visit",
    metadata,
    _id(),
    _site(),
    Column("day", sa.Date, nullable=False),
    Column("station", String(64)),
    Column("appointment", String(32), ForeignKey("appointment.id")),
    Column("sealed", LargeBinary, comment="name, birth date: JSON, AES-256-GCM"),
    Column("link_hash", LargeBinary(32), comment="keyed hash of the phone page's secret"),
    Column("created_at", Instant, nullable=False),
    Column("purged_at", Instant),
    UniqueConstraint("link_hash"),
    Index("ix_visit_site_day", "site", "day"),
    Index("ix_visit_appointment", "appointment"),
)

OPEN_STATES = "state in ('waiting', 'called', 'serving', 'held', 'no_show')"

ticket = Table(
    "ticket",
    metadata,
    _id(),
    _site(),
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
    Index("ix_ticket_site_state", "site", "state"),
    Index("ix_ticket_site_day", "site", "day"),
    Index(
        "uq_ticket_open_visit", "visit", unique=True,
        sqlite_where=sa.text(OPEN_STATES), postgresql_where=sa.text(OPEN_STATES),
    ),
    Index(
        "uq_ticket_called_desk", "site", "desk", unique=True,
        sqlite_where=sa.text("state = 'called'"), postgresql_where=sa.text("state = 'called'"),
    ),
)  # fmt: skip

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
    Column("id", String(64), primary_key=True, comment="made by the client: a retry finds its first answer"),
    Column("result", sa.Text, nullable=False),
    Column("at", Instant, nullable=False),
)

job = Table(
    "job",
    metadata,
    _autonumber(),
    _site(),
    Column("target", String(80), nullable=False, comment="who does it: station:front"),
    Column("kind", String(32), nullable=False),
    Column("payload", sa.Text, nullable=False, comment="JSON: opaque ids only"),
    Column("state", String(12), nullable=False, comment="queued claimed sending done failed unknown expired"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("holder", String(32), nullable=False, default="", comment="whose lease it is: a device's id"),
    Column("lease_until", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("last_error", String(200)),
    Column("finished_at", Instant),
    Index("ix_job_target", "site", "target", "state", "not_before"),
)

task = Table(
    "task",
    metadata,
    _autonumber(),
    _site(),
    Column("kind", String(32), nullable=False),
    Column("station", String(64), nullable=False, default="", comment="or board; never null, for the index"),
    Column("ticket", String(32), nullable=False, default=""),
    Column("subject", String(120), nullable=False, default="", comment="device or code; no personal data"),
    Column("cause", String(20), nullable=False, default="", comment="why the device fails, as it stands now"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),
    Index(
        "uq_task_open", "site", "kind", "station", "ticket", "subject", unique=True,
        sqlite_where=sa.text("closed_at is null"), postgresql_where=sa.text("closed_at is null"),
    ),
)  # fmt: skip

appointment = Table(
    "appointment",
    metadata,
    _id(),
    _site(),
    Column("day", sa.Date, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("services", String(400), nullable=False, comment="service ids, in order, separated by spaces"),
    Column("status", String(12), nullable=False, comment="booked arrived cancelled"),
    Column("cancelled_by", String(64), comment="null: the import said so, and may take it back"),
    Column("reference", String(32), nullable=False, comment="random, in the signed booking code"),
    Column("source", String(120), comment="whose id this is, for a repeated import"),
    Column("sealed", LargeBinary, comment="names, birth date, insurance on file: JSON, AES-256-GCM"),
    Column("birth_date_hash", LargeBinary(32), comment="keyed: finds, does not tell"),
    Column("purged_at", Instant),
    UniqueConstraint("site", "reference"),
    UniqueConstraint("site", "source"),
    Index("ix_appointment_lookup", "site", "day", "birth_date_hash"),
)

coverage = Table(
    "coverage",
    metadata,
    _id(),
    _site(),
    Column("visit", String(32), ForeignKey("visit.id"), nullable=False),
    Column("finding", String(16), nullable=False),
    Column("sealed", LargeBinary, comment="the card shown and the one on file: JSON, AES-256-GCM"),
    Column("shown_at", Instant, nullable=False),
    Column("job", sa.BigInteger().with_variant(Integer, "sqlite"), comment="the latest question"),
    Column("answer", LargeBinary, comment="what the payer said: JSON, AES-256-GCM"),
    Column("answered_at", Instant),
    Column("checked_at", Instant),
    Column("checked_by", String(64)),
    Index("ix_coverage_visit", "visit"),
)

coverage_photo = Table(
    "coverage_photo",
    metadata,
    Column("coverage", String(32), ForeignKey("coverage.id"), primary_key=True),
    Column("side", String(8), primary_key=True, comment="front back"),
    Column("sealed", LargeBinary, nullable=False, comment="JPEG in base64, AES-256-GCM"),
)

checkin = Table(
    "checkin",
    metadata,
    _id(),
    _site(),
    Column("station", String(64), nullable=False),
    Column("step", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="the dialogue so far: JSON, AES-256-GCM"),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("site", "station"),
)

failed_try = Table(
    "failed_try",
    metadata,
    _autonumber(),
    _site(),
    Column("day", sa.Date, nullable=False),
    Column("subject", LargeBinary(32), nullable=False, comment="keyed hash of what was scanned or typed"),
    Column("station", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_failed_try_subject", "site", "day", "subject"),
    Index("ix_failed_try_station", "site", "station", "at"),
)

device = Table(
    "device",
    metadata,
    _id(),
    _site(),
    Column("kind", String(12), nullable=False, comment="host, kiosk or board"),
    Column("name", String(64), nullable=False, comment="the station's or board's id in kiosk.toml"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("old_token_hash", LargeBinary(32), unique=True, comment="good until the new token is seen"),
    Column("renewed_at", Instant, nullable=False),
    Column("paired_at", Instant, nullable=False),
    Column("paired_by", String(64), nullable=False),
    Column("seen_at", Instant),
    Column("lost_at", Instant, comment="since when it is known to be silent"),
    Column("revoked_at", Instant),
    Column("health", sa.Text, comment="JSON: what the host last said of its devices"),
    Index("ix_device_site_kind_name", "site", "kind", "name"),
)

pairing = Table(
    "pairing",
    metadata,
    Column("claim_hash", LargeBinary(32), primary_key=True),
    _site(),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("wanted", String(64), comment="the station or board whose address was opened"),
    Column("address", String(64), nullable=False, comment="the network address that asks"),
    Column("approved_name", String(64)),
    Column("approved_by", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_pairing_code_hash", "site", "code_hash"),
    Index("ix_pairing_address", "site", "address", "kind"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    _site(),
    Column("username", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Instant),
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("site", "username"),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("staff", String(32), ForeignKey("staff.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
