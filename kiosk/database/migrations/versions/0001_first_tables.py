"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("services", sa.String(length=400), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("cancelled_by", sa.String(length=64)),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=120)),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("birth_date_hash", sa.LargeBinary(length=32)),
        sa.Column("purged_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_appointment_site"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
        sa.UniqueConstraint("site", "reference", name="uq_appointment_site_reference"),
        sa.UniqueConstraint("site", "source", name="uq_appointment_site_source"),
    )
    op.create_index("ix_appointment_lookup", "appointment", ["site", "day", "birth_date_hash"])
    op.create_table(
        "checkin",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_checkin_site"),
        sa.PrimaryKeyConstraint("id", name="pk_checkin"),
        sa.UniqueConstraint("site", "station", name="uq_checkin_site_station"),
    )
    op.create_table(
        "command",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_command_site"),
        sa.PrimaryKeyConstraint("site", "id", name="pk_command"),
    )
    op.create_table(
        "counter",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_counter_site"),
        sa.PrimaryKeyConstraint("site", "day", "letter", name="pk_counter"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("old_token_hash", sa.LargeBinary(length=32)),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("paired_at", sa.BigInteger(), nullable=False),
        sa.Column("paired_by", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.BigInteger()),
        sa.Column("lost_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("health", sa.Text()),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_device_site"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("old_token_hash", name="uq_device_old_token_hash"),
        sa.UniqueConstraint("token_hash", name="uq_device_token_hash"),
    )
    op.create_index("ix_device_site_kind_name", "device", ["site", "kind", "name"])
    op.create_table(
        "event",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.String(length=32)),
        sa.Column("desk", sa.String(length=64)),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_event_site"),
        sa.PrimaryKeyConstraint("site", "seq", name="pk_event"),
    )
    op.create_index("ix_event_ticket", "event", ["ticket", "seq"])
    op.create_table(
        "failed_try",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_failed_try_site"),
        sa.PrimaryKeyConstraint("id", name="pk_failed_try"),
    )
    op.create_index("ix_failed_try_station", "failed_try", ["site", "station", "at"])
    op.create_index("ix_failed_try_subject", "failed_try", ["site", "day", "subject"])
    op.create_table(
        "job",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.String(length=200)),
        sa.Column("finished_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_job_site"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_target", "job", ["site", "target", "state", "not_before"])
    op.create_table(
        "open_desk",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_open_desk_site"),
        sa.PrimaryKeyConstraint("site", "desk", name="pk_open_desk"),
    )
    op.create_table(
        "pairing",
        sa.Column("claim_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("wanted", sa.String(length=64)),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("approved_name", sa.String(length=64)),
        sa.Column("approved_by", sa.String(length=64)),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_pairing_site"),
        sa.PrimaryKeyConstraint("claim_hash", name="pk_pairing"),
    )
    op.create_index("ix_pairing_address", "pairing", ["site", "address", "kind"])
    op.create_index("ix_pairing_code_hash", "pairing", ["site", "code_hash"])
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.Column("disabled_at", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_staff_site"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("site", "username", name="uq_staff_site_username"),
    )
    op.create_table(
        "task",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.String(length=64)),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_task_site"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index(
        "uq_task_open",
        "task",
        ["site", "kind", "station", "ticket", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at is null"),
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_staff_session_staff"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_session"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("station", sa.String(length=64)),
        sa.Column("appointment", sa.String(length=32)),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("link_hash", sa.LargeBinary(length=32)),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("purged_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["appointment"], ["appointment.id"], name="fk_visit_appointment"),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_visit_site"),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.UniqueConstraint("link_hash", name="uq_visit_link_hash"),
    )
    op.create_index("ix_visit_appointment", "visit", ["appointment"])
    op.create_index("ix_visit_site_day", "visit", ["site", "day"])
    op.create_table(
        "coverage",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.String(length=32), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("checked_by", sa.String(length=64)),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_coverage_site"),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name="fk_coverage_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_coverage"),
    )
    op.create_index("ix_coverage_visit", "coverage", ["visit"])
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger()),
        sa.Column("priority", sa.String(length=64)),
        sa.Column("route", sa.String(length=400), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("desk", sa.String(length=64)),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.BigInteger()),
        sa.Column("announced_at", sa.BigInteger()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_ticket_site"),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name="fk_ticket_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("site", "day", "code", name="uq_ticket_site_day_code"),
        sa.UniqueConstraint("site", "serial", name="uq_ticket_site_serial"),
    )
    op.create_index("ix_ticket_site_day", "ticket", ["site", "day"])
    op.create_index("ix_ticket_site_state", "ticket", ["site", "state"])
    op.create_index(
        "uq_ticket_called_desk",
        "ticket",
        ["site", "desk"],
        unique=True,
        sqlite_where=sa.text("state = 'called'"),
        postgresql_where=sa.text("state = 'called'"),
    )
    op.create_index(
        "uq_ticket_open_visit",
        "ticket",
        ["visit"],
        unique=True,
        sqlite_where=sa.text("state in ('waiting', 'called', 'serving', 'held', 'no_show')"),
        postgresql_where=sa.text("state in ('waiting', 'called', 'serving', 'held', 'no_show')"),
    )
    op.create_table(
        "coverage_photo",
        sa.Column("coverage", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["coverage"], ["coverage.id"], name="fk_coverage_photo_coverage"),
        sa.PrimaryKeyConstraint("coverage", "side", name="pk_coverage_photo"),
    )
