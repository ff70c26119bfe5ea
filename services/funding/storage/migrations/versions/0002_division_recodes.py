"""Recodes of divisions: which code follows a retired one, and under which its things are kept."""

from alembic import op

from shared.data.migrations import create_division_recodes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_division_recodes(op)
