"""Projects that had priority before the system."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from shared.data.migrations import make_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MAX_FEN = 2**53 - 1


def upgrade() -> None:
    op.create_table(
        "earlier_listing",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("division_path", ARRAY(sa.Text()), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("investment_fen", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"investment_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_earlier_listing_investment_range")
        ),
        sa.CheckConstraint(
            "document_date <= valid_from AND valid_from <= valid_to",
            name=op.f("ck_earlier_listing_days_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_earlier_listing_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "project_code", "instrument", name=op.f("pk_earlier_listing")),
    )
    op.create_index(
        op.f("ix_earlier_listing_programme_instrument"), "earlier_listing", ["programme", "instrument"]
    )
    make_append_only(op, "earlier_listing")
