"""Common tables: events, idempotency, business clock."""

from alembic import op

from shared.data.migrations import create_plumbing_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_plumbing_v1(op)
