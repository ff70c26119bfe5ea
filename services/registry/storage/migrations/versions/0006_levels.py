"""Designations and titles have a level of their programme. Until now all were provincial, and all titles national."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, level in (("designation_entry", "provincial"), ("national_title", "national")):
        op.add_column(table, sa.Column("level", sa.Text(), nullable=False, server_default=level))
        op.alter_column(table, "level", server_default=None)
