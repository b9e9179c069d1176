"""A year of history is walked through by nobody: what is not over yet has an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_visit_site_day", "visit")
    op.create_index("ix_visit_day", "visit", ["day", "site"])
    _of_few("ix_visit_kept", "visit", ["site", "created_at"], "purged_at is null")
    _of_few("ix_appointment_kept", "appointment", ["site", "slot"], "purged_at is null")
    _of_few("ix_coverage_kept", "coverage", ["site"], "sealed is not null")
    op.drop_index("ix_ticket_site_state", "ticket")
    op.drop_index("ix_ticket_site_day", "ticket")
    op.create_index("ix_ticket_site_closed_at", "ticket", ["site", "closed_at"])
    op.create_index("ix_ticket_visit", "ticket", ["visit"])
    op.drop_index("ix_job_target", "job")
    op.create_index("ix_job_target", "job", ["target", "created_at"])
    _of_few("ix_job_open", "job", ["site", "target"], "finished_at is null")


def _of_few(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
