"""Awards of before the system, entered by openings, and openings that were reversed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from shared.data.migrations import make_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MAX_FEN = 2**53 - 1


def upgrade() -> None:
    op.create_table(
        "opened_award",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=False),
        sa.Column("assessment_year", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("county_name", sa.Text(), nullable=False),
        sa.Column("division_path", ARRAY(sa.Text()), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_opened_award_amount_range")),
        sa.ForeignKeyConstraint(
            ["appropriation"],
            ["appropriation.code"],
            name=op.f("fk_opened_award_appropriation_appropriation"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_opened_award_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "cluster", name=op.f("pk_opened_award")),
    )
    op.create_index(op.f("ix_opened_award_appropriation"), "opened_award", ["appropriation"])
    op.create_table(
        "opening_reversal",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_opening_reversal_fund_order_fund_order")
        ),
        sa.ForeignKeyConstraint(
            ["opening"], ["fund_order.number"], name=op.f("fk_opening_reversal_opening_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", name=op.f("pk_opening_reversal")),
        sa.UniqueConstraint("opening", name=op.f("uq_opening_reversal_opening")),
    )
    for table in ("opened_award", "opening_reversal"):
        make_append_only(op, table)
