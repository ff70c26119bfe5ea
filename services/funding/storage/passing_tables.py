"""Tables of what follows the awards: fund orders, county budget projects, treasury payments, seals of the ledger."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.funding.storage.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

fund_order = sa.Table(
    "fund_order",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("appropriation", sa.Text, sa.ForeignKey("appropriation.code"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("budget_division", sa.Text, nullable=False),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("running", sa.Integer, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.UniqueConstraint("fiscal_year", "division_code", "running"),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="state"),
    sa.CheckConstraint("state = 'approved' OR transfer_id IS NULL", name="moved_when_approved"),
    sa.Index(
        "ix_fund_order_document_number",
        "document_number",
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
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

finance_division = sa.Table(
    "finance_division",
    METADATA,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("finance_code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

budget_project = sa.Table(
    "budget_project",
    METADATA,
    sa.Column("county_code", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("appropriation", sa.Text, sa.ForeignKey("appropriation.code"), nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("use", sa.Text, nullable=False),
    sa.Column("consent_document_number", sa.Text, nullable=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name="amount_range"),
    sa.Index("ix_budget_project_quota", "appropriation", "county_code", "cluster"),
)

payment_batch = sa.Table(
    "payment_batch",
    METADATA,
    sa.Column("county_code", sa.Text, primary_key=True),
    sa.Column("file_number", sa.Text, primary_key=True),
    sa.Column("payments", sa.Integer, nullable=False),
    sa.Column("total_fen", sa.BigInteger, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

treasury_payment = sa.Table(
    "treasury_payment",
    METADATA,
    sa.Column("county_code", sa.Text, primary_key=True),
    sa.Column("bank_serial", sa.Text, primary_key=True),
    sa.Column("file_number", sa.Text, nullable=False),
    sa.Column("budget_project", sa.Text, nullable=False),
    sa.Column("requested_fen", sa.BigInteger, nullable=False),
    sa.Column("actual_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_on", sa.Date, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(
        ["county_code", "file_number"],
        ["payment_batch.county_code", "payment_batch.file_number"],
        name="fk_treasury_payment_batch",
    ),
    sa.ForeignKeyConstraint(
        ["county_code", "budget_project"],
        ["budget_project.county_code", "budget_project.code"],
        name="fk_treasury_payment_project",
    ),
    sa.CheckConstraint("actual_fen > 0 AND actual_fen <= requested_fen", name="amounts"),
    sa.Index("ix_treasury_payment_project", "county_code", "budget_project"),
)

treasury_return = sa.Table(
    "treasury_return",
    METADATA,
    sa.Column("county_code", sa.Text, primary_key=True),
    sa.Column("return_serial", sa.Text, primary_key=True),
    sa.Column("bank_serial", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("returned_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(
        ["county_code", "bank_serial"],
        ["treasury_payment.county_code", "treasury_payment.bank_serial"],
        name="fk_treasury_return_payment",
    ),
    sa.CheckConstraint("amount_fen > 0", name="amount_is_positive"),
    sa.Index("ix_treasury_return_payment", "county_code", "bank_serial"),
)

reconciliation = sa.Table(
    "reconciliation",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("county_code", sa.Text, nullable=False, index=True),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("to_day", sa.Date, nullable=False),
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("matched", sa.Integer, nullable=False),
    sa.Column("differences", JSONB, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

ledger_seal = sa.Table(
    "ledger_seal",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("transfers", sa.Integer, nullable=False),
    sa.Column("total_transfers", sa.BigInteger, nullable=False),
    sa.Column("total_debits_fen", sa.Numeric, nullable=False),
    sa.Column("sealed_by", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

transfer_seal = sa.Table(
    "transfer_seal",
    METADATA,
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), primary_key=True),
    sa.Column("seal", sa.Integer, sa.ForeignKey("ledger_seal.number"), nullable=False, index=True),
)
