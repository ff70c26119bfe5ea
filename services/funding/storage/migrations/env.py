"""Alembic's entry: funding's tables against the connection that ``shared.data.migrations`` gives."""

from alembic import context

from services.funding.storage.tables import METADATA
from shared.data.migrations import run_migrations

run_migrations(context, METADATA)
