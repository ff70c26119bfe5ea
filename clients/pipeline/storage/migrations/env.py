"""Alembic's entry: the pipeline's tables against the connection that ``shared.data.migrations`` gives."""

from alembic import context

from clients.pipeline.storage.tables import METADATA
from shared.data.migrations import run_migrations

run_migrations(context, METADATA)
