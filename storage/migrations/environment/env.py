"""Alembic runs this to reach the connection that ``storage.schema.migrate`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
