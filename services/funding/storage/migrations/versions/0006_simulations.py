"""Simulations of a round: kept as they were answered, nothing held."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.data.migrations import make_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulation",
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("result", JSONB, nullable=False),
        sa.Column("simulated_by", sa.Text, nullable=False),
        sa.Column("simulated_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_simulation")),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_simulation_round_round")),
    )
    make_append_only(op, "simulation")
