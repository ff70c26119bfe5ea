"""Fund orders, deductions that variations leave, and finance's own codes of divisions."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.funding.storage.tables.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

fund_order = sa.Table(
    "fund_order",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    # of a new line, before it is approved, a line that is not there yet; null where it is about no line
    sa.Column("appropriation", sa.Text, nullable=True, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("budget_division", sa.Text, nullable=False),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("running", sa.Integer, nullable=False),
    sa.Column("document_number", sa.Text, nullable=True),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=True),
    sa.Column("division_path", ARRAY(sa.Text), nullable=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.UniqueConstraint("fiscal_year", "division_code", "running"),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="state"),
    sa.CheckConstraint("(kind = 'grant') = (division_path IS NOT NULL)", name="grant_has_path"),
    sa.CheckConstraint("state = 'approved' OR transfer_id IS NULL", name="moved_when_approved"),
    sa.Column(
        "line",
        sa.Text,
        sa.Computed(
            "CASE WHEN (kind <> 'appropriation'::text) THEN appropriation ELSE NULL::text END", persisted=True
        ),
        sa.ForeignKey("appropriation.code"),
    ),
    sa.Index(
        "ix_fund_order_document_number",
        "document_number",
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    ),
    sa.Index(
        "ix_fund_order_new_line",
        "appropriation",
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved') AND kind = 'appropriation'"),
    ),
)

fund_order_step = sa.Table(
    "fund_order_step",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

#: What a cluster's county owes from a variation, to be deducted from an award of a later fiscal year.
deduction = sa.Table(
    "deduction",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("cluster", sa.Text, nullable=False, index=True),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name="amount_range"),
)

deduction_made = sa.Table(
    "deduction_made",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("deduction", sa.Text, sa.ForeignKey("deduction.fund_order"), primary_key=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount_fen > 0", name="amount_is_positive"),
)

#: Finance's own code of each division that an order passed quota down to, as it was at the approval.
quota_notice_code = sa.Table(
    "quota_notice_code",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("finance_code", sa.Text, nullable=False),
)

finance_division = sa.Table(
    "finance_division",
    METADATA,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("finance_code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    # at the end of the transaction: one order may let two divisions change their codes
    sa.UniqueConstraint("finance_code", deferrable=True, initially="DEFERRED"),
)

#: Awards of before the system, by the approved order that entered them; a reversed order's count no longer.
opened_award = sa.Table(
    "opened_award",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("cluster", sa.Text, primary_key=True),
    sa.Column("appropriation", sa.Text, sa.ForeignKey("appropriation.code"), nullable=False, index=True),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("county_code", sa.Text, nullable=False),
    sa.Column("county_name", sa.Text, nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("document_date", sa.Date, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name="amount_range"),
)

opening_reversal = sa.Table(
    "opening_reversal",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("opening", sa.Text, sa.ForeignKey("fund_order.number"), nullable=False, unique=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
)
