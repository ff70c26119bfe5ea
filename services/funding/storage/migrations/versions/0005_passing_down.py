"""Fund orders, county budget projects, treasury payments, seals; rounds that are passed down and closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.data.migrations import make_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MAX_FEN = 2**53 - 1

ROUND_GUARD = """
CREATE OR REPLACE FUNCTION refuse_round_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' - 'reserve_transfer' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'reserve_transfer'
       OR (OLD.state, NEW.state) NOT IN (
            ('draft', 'simulated'), ('draft', 'allocated'), ('simulated', 'allocated'), ('allocated', 'proposed'),
            ('proposed', 'reviewed'), ('proposed', 'allocated'), ('reviewed', 'issued'), ('issued', 'passed_down'),
            ('passed_down', 'closed'), ('draft', 'withdrawn'), ('simulated', 'withdrawn'),
            ('allocated', 'withdrawn'), ('proposed', 'withdrawn'), ('reviewed', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'a round cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# An order's content is fixed; it leaves the state "proposed" once.
ORDER_GUARD = """
CREATE FUNCTION refuse_order_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' - 'transfer_id' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'transfer_id'
       OR OLD.state <> 'proposed' OR NEW.state NOT IN ('approved', 'rejected', 'withdrawn')
    THEN
        RAISE EXCEPTION 'a fund order cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

APPEND_ONLY = (
    "fund_order_step",
    "deduction",
    "deduction_made",
    "budget_project",
    "payment_batch",
    "treasury_payment",
    "treasury_return",
    "reconciliation",
    "ledger_seal",
    "transfer_seal",
)


def upgrade() -> None:
    for column in (
        sa.Column("predecessor", sa.Text, nullable=True),
        sa.Column("budget_approved_on", sa.Date, nullable=True),
        sa.Column("codes", JSONB, nullable=True),
    ):
        op.add_column("appropriation", column)
    _rounds()
    _orders()
    _payments()
    _seals()
    for table in APPEND_ONLY:
        make_append_only(op, table)
    op.execute(ORDER_GUARD)
    op.execute(
        "CREATE TRIGGER fund_order_is_fixed BEFORE UPDATE ON fund_order "
        "FOR EACH ROW EXECUTE FUNCTION refuse_order_change()"
    )
    for name, occasion in (("fund_order_stays", "DELETE"), ("fund_order_stays_truncate", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {occasion} ON fund_order "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _rounds() -> None:
    op.execute(ROUND_GUARD)
    for name, rule in (
        (
            "ck_round_state",
            "state IN ('draft', 'simulated', 'allocated', 'proposed', 'reviewed', 'issued', 'passed_down', 'closed', "
            "'withdrawn')",
        ),
        (
            "ck_round_money_is_held",
            "state IN ('draft', 'simulated', 'withdrawn') OR reserve_transfer IS NOT NULL",
        ),
    ):
        op.drop_constraint(op.f(name), "round", type_="check")
        op.create_check_constraint(op.f(name), "round", rule)
    op.create_index(
        "ix_round_one_live_of_line",
        "round",
        ["appropriation"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def _orders() -> None:
    op.create_table(
        "fund_order",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("appropriation", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("division_code", sa.Text, nullable=False),
        sa.Column("budget_division", sa.Text, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("running", sa.Integer, nullable=False),
        sa.Column("document_number", sa.Text, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state = 'approved' OR transfer_id IS NULL", name=op.f("ck_fund_order_moved_when_approved")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name=op.f("ck_fund_order_state")
        ),
        sa.ForeignKeyConstraint(
            ["appropriation"], ["appropriation.code"], name=op.f("fk_fund_order_appropriation_appropriation")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_fund_order_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fund_order")),
        sa.UniqueConstraint(
            "fiscal_year",
            "division_code",
            "running",
            name=op.f("uq_fund_order_fiscal_year_division_code_running"),
        ),
    )
    op.create_index(op.f("ix_fund_order_appropriation"), "fund_order", ["appropriation"])
    op.create_index(
        "ix_fund_order_document_number",
        "fund_order",
        ["document_number"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )
    op.create_table(
        "fund_order_step",
        sa.Column("fund_order", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_fund_order_step_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "number", name=op.f("pk_fund_order_step")),
    )
    op.create_table(
        "deduction",
        sa.Column("fund_order", sa.Text, nullable=False),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_deduction_amount_range")),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_deduction_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", name=op.f("pk_deduction")),
    )
    op.create_index(op.f("ix_deduction_cluster"), "deduction", ["cluster"])
    op.create_table(
        "deduction_made",
        sa.Column("fund_order", sa.Text, nullable=False),
        sa.Column("deduction", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_deduction_made_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["deduction"], ["deduction.fund_order"], name=op.f("fk_deduction_made_deduction_deduction")
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_deduction_made_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "deduction", name=op.f("pk_deduction_made")),
    )
    op.create_table(
        "finance_division",
        sa.Column("division_code", sa.Text, nullable=False),
        sa.Column("finance_code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("division_code", name=op.f("pk_finance_division")),
        sa.UniqueConstraint("finance_code", name=op.f("uq_finance_division_finance_code")),
    )


def _payments() -> None:
    op.create_table(
        "budget_project",
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("appropriation", sa.Text, nullable=False),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("use", sa.Text, nullable=False),
        sa.Column("consent_document_number", sa.Text, nullable=True),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("registered_by", sa.Text, nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_budget_project_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["appropriation"],
            ["appropriation.code"],
            name=op.f("fk_budget_project_appropriation_appropriation"),
        ),
        sa.PrimaryKeyConstraint("county_code", "code", name=op.f("pk_budget_project")),
    )
    op.create_index("ix_budget_project_quota", "budget_project", ["appropriation", "county_code", "cluster"])
    op.create_table(
        "payment_batch",
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("file_number", sa.Text, nullable=False),
        sa.Column("payments", sa.Integer, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "file_number", name=op.f("pk_payment_batch")),
    )
    op.create_table(
        "treasury_payment",
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("bank_serial", sa.Text, nullable=False),
        sa.Column("file_number", sa.Text, nullable=False),
        sa.Column("budget_project", sa.Text, nullable=False),
        sa.Column("requested_fen", sa.BigInteger, nullable=False),
        sa.Column("actual_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "actual_fen > 0 AND actual_fen <= requested_fen", name=op.f("ck_treasury_payment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "budget_project"],
            ["budget_project.county_code", "budget_project.code"],
            name="fk_treasury_payment_project",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "file_number"],
            ["payment_batch.county_code", "payment_batch.file_number"],
            name="fk_treasury_payment_batch",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_treasury_payment_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("county_code", "bank_serial", name=op.f("pk_treasury_payment")),
    )
    op.create_index("ix_treasury_payment_project", "treasury_payment", ["county_code", "budget_project"])
    op.create_table(
        "treasury_return",
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("return_serial", sa.Text, nullable=False),
        sa.Column("bank_serial", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("returned_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_treasury_return_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["county_code", "bank_serial"],
            ["treasury_payment.county_code", "treasury_payment.bank_serial"],
            name="fk_treasury_return_payment",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_treasury_return_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("county_code", "return_serial", name=op.f("pk_treasury_return")),
    )
    op.create_index("ix_treasury_return_payment", "treasury_return", ["county_code", "bank_serial"])
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date, nullable=False),
        sa.Column("file_sha256", sa.Text, nullable=False),
        sa.Column("matched", sa.Integer, nullable=False),
        sa.Column("differences", JSONB, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_index(op.f("ix_reconciliation_county_code"), "reconciliation", ["county_code"])


def _seals() -> None:
    op.create_table(
        "ledger_seal",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("transfers", sa.Integer, nullable=False),
        sa.Column("total_transfers", sa.BigInteger, nullable=False),
        sa.Column("total_debits_fen", sa.Numeric, nullable=False),
        sa.Column("sealed_by", sa.Text, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_seal")),
    )
    op.create_table(
        "transfer_seal",
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("seal", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["seal"], ["ledger_seal.number"], name=op.f("fk_transfer_seal_seal_ledger_seal")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_seal_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer_seal")),
    )
    op.create_index(op.f("ix_transfer_seal_seal"), "transfer_seal", ["seal"])
