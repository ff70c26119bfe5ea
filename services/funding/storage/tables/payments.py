"""County budget projects, treasury payments, returns, and reconciliations."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.funding.storage.tables.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

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
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("split_from", sa.Text, nullable=True),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
    sa.CheckConstraint(
        f"amount_fen BETWEEN 0 AND {MAX_FEN} AND (amount_fen > 0 OR state = 'closed')", name="amount_range"
    ),
    sa.Index("ix_budget_project_quota", "appropriation", "county_code", "cluster"),
)

#: What was changed of a plan, and why: each field as it was, and as it is since.
budget_project_step = sa.Table(
    "budget_project_step",
    METADATA,
    sa.Column("county_code", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), nullable=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(
        ["county_code", "code"],
        ["budget_project.county_code", "budget_project.code"],
        name="fk_budget_project_step_project",
    ),
    sa.CheckConstraint("action IN ('changed', 'split', 'closed', 'cut')", name="action"),
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
    # in the order in which payments became visible: see `storage/payments/recording_order.py`
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
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
    sa.Index("ix_treasury_payment_county_code_number", "county_code", "number"),
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
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("county_code", sa.Text, nullable=False),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("to_day", sa.Date, nullable=False),
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("matched", sa.Integer, nullable=False),
    sa.Column("file_paid_fen", sa.BigInteger, nullable=False),
    sa.Column("file_returned_fen", sa.BigInteger, nullable=False),
    sa.Column("recorded_paid_fen", sa.BigInteger, nullable=False),
    sa.Column("recorded_returned_fen", sa.BigInteger, nullable=False),
    sa.Column("difference_count", sa.Integer, nullable=False),
    sa.Column("differences", JSONB, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Index("ix_reconciliation_county_code_number", "county_code", "number"),
)
