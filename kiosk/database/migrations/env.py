"""Run by Alembic with the connection that `migrate` holds."""

from alembic import context

from kiosk.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
