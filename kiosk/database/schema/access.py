"""Who may come in: devices with their tokens, screens that ask to be paired, staff and their sessions."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from kiosk.database.schema.columns import Instant, id_column, metadata, site_column

device = Table(
    "device",
    metadata,
    id_column(),
    site_column(),
    Column("kind", String(12), nullable=False, doc="host, kiosk or board"),
    Column("name", String(64), nullable=False, doc="the station's or board's id in kiosk.toml"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("old_token_hash", LargeBinary(32), unique=True, doc="good until the new token is seen"),
    Column("renewed_at", Instant, nullable=False),
    Column("paired_at", Instant, nullable=False),
    Column("paired_by", String(64), nullable=False),
    Column("seen_at", Instant),
    Column("lost_at", Instant, doc="since when it is known to be silent"),
    Column("revoked_at", Instant),
    Column("health", sa.Text, doc="JSON: what the host last said of its devices"),
    Index("ix_device_site_kind_name", "site", "kind", "name"),
)

pairing = Table(
    "pairing",
    metadata,
    Column("claim_hash", LargeBinary(32), primary_key=True),
    site_column(),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("wanted", String(64), doc="the station or board whose address was opened"),
    Column("address", String(64), nullable=False, doc="the network address that asks"),
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
    id_column(),
    site_column(),
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
