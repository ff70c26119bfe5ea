"""The tables of funding. Documents are kept as the bytes that were hashed; nothing in them is read by SQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.funding.storage import passing_tables  # noqa: F401 - same metadata
from services.funding.storage.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

__all__ = ["METADATA"]

account = sa.Table(
    "account",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("appropriation", sa.Text, nullable=False, index=True),
    sa.Column("cluster", sa.Text, nullable=True),
    sa.Column("holder", sa.Text, nullable=True),
    sa.Column("minimum", sa.BigInteger, nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint(f"balance >= minimum AND balance <= {MAX_FEN}", name="balance_within_limits"),
    sa.CheckConstraint(f"minimum BETWEEN -{MAX_FEN} AND 0", name="minimum_range"),
    sa.Index("ix_account_holder", "holder", postgresql_where=sa.text("holder IS NOT NULL")),
)

transfer = sa.Table(
    "transfer",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("reverses", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=True, unique=True),
    sa.Column("effective_at", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("line_count", sa.Integer, nullable=False),
    sa.Column("transaction_id", sa.BigInteger, nullable=False),
)

entry = sa.Table(
    "entry",
    METADATA,
    # account and transfer are checked once for a statement (`check_entries`), not row by row as foreign keys are
    sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account_version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("transfer_id", sa.Uuid, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("balance_after", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("transfer_id", "line"),
    sa.CheckConstraint("amount <> 0", name="amount_moves"),
    sa.CheckConstraint("line >= 1 AND account_version >= 1", name="numbers_from_one"),
)

incentive_version = sa.Table(
    "incentive_version",
    METADATA,
    sa.Column("incentive", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

appropriation = sa.Table(
    "appropriation",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False, unique=True),
    sa.Column("effective_at", sa.Date, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False),
    sa.Column("predecessor", sa.Text, nullable=True),
    sa.Column("budget_approved_on", sa.Date, nullable=True),
    sa.Column("codes", JSONB, nullable=True),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name="amount_range"),
)

evidence = sa.Table(
    "evidence",
    METADATA,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.Text, nullable=True),
    sa.Column("key_id", sa.Text, nullable=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("kind IN ('release', 'designation_set')", name="kind"),
    sa.CheckConstraint("(kind = 'release') = (signature IS NOT NULL)", name="release_is_signed"),
)

round_ = sa.Table(
    "round",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("appropriation", sa.Text, sa.ForeignKey("appropriation.code"), nullable=False),
    sa.Column("incentive", sa.Text, nullable=False),
    sa.Column("incentive_version", sa.Text, nullable=False),
    sa.Column("release_sha256", sa.Text, sa.ForeignKey("evidence.sha256"), nullable=False),
    sa.Column("designations_sha256", sa.Text, sa.ForeignKey("evidence.sha256"), nullable=False),
    sa.Column("pool_fen", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reserve_transfer", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.UniqueConstraint("programme", "fiscal_year", "purpose", "number"),
    sa.ForeignKeyConstraint(
        ["incentive", "incentive_version"],
        ["incentive_version.incentive", "incentive_version.version"],
        name="fk_round_incentive_rules",
    ),
    sa.CheckConstraint(
        "state IN ('draft', 'simulated', 'allocated', 'proposed', 'reviewed', 'issued', 'passed_down', 'closed', "
        "'withdrawn')",
        name="state",
    ),
    sa.CheckConstraint(
        "state IN ('draft', 'simulated', 'withdrawn') OR reserve_transfer IS NOT NULL", name="money_is_held"
    ),
    sa.CheckConstraint(f"pool_fen BETWEEN 1 AND {MAX_FEN}", name="pool_range"),
    sa.Index(
        "ix_round_one_live",
        "programme",
        "fiscal_year",
        "purpose",
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    ),
    sa.Index(
        "ix_round_one_live_of_line",
        "appropriation",
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    ),
)

round_step = sa.Table(
    "round_step",
    METADATA,
    sa.Column("round", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=True),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

simulation = sa.Table(
    "simulation",
    METADATA,
    sa.Column("round", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=True),
    sa.Column("result", JSONB, nullable=False),
    sa.Column("simulated_by", sa.Text, nullable=False),
    sa.Column("simulated_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

allocation = sa.Table(
    "allocation",
    METADATA,
    sa.Column("round", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
    sa.Column("reserve_fen", sa.BigInteger, nullable=False),
    sa.Column("awarded_fen", sa.BigInteger, nullable=False),
    sa.Column("unallocated_fen", sa.BigInteger, nullable=False),
    sa.Column("disposition", sa.Text, nullable=False),
    sa.Column("steps", JSONB, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("disposition IN ('reserve', 'return', 'carry_over')", name="disposition"),
)

award = sa.Table(
    "award",
    METADATA,
    sa.Column("round", sa.Text, sa.ForeignKey("allocation.round"), primary_key=True),
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("county_code", sa.Text, nullable=False),
    sa.Column("county_name", sa.Text, nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("clause", sa.Text, nullable=False),
    sa.UniqueConstraint("round", "cluster"),
    sa.CheckConstraint("amount_fen > 0", name="amount_is_positive"),
)

award_list = sa.Table(
    "award_list",
    METADATA,
    sa.Column("list_number", sa.Text, primary_key=True),
    sa.Column("round", sa.Text, sa.ForeignKey("round.code"), nullable=False, unique=True),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.UniqueConstraint("fiscal_year", "number"),
)

award_list_number = sa.Table(
    "award_list_number",
    METADATA,
    sa.Column("list_number", sa.Text, sa.ForeignKey("award_list.list_number"), primary_key=True),
    sa.Column("document_number", sa.Text, nullable=False, unique=True),
    sa.Column("issued_by_office_on", sa.Date, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

project = sa.Table(
    "project",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("county_code", sa.Text, nullable=False, index=True),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("investment_fen", sa.BigInteger, nullable=False),
    sa.Column("use", sa.Text, nullable=False),
    sa.Column("consent_document_number", sa.Text, nullable=True),
    sa.Column("revenue_cover", sa.Numeric, nullable=True),
    sa.Column("approvals", JSONB, nullable=False),
    sa.Column("classification", sa.Text, nullable=True),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"investment_fen BETWEEN 1 AND {MAX_FEN}", name="investment_range"),
)

priority_result = sa.Table(
    "priority_result",
    METADATA,
    sa.Column("project", sa.Text, sa.ForeignKey("project.code"), primary_key=True),
    sa.Column("instrument", sa.Text, primary_key=True),
    sa.Column("release_sha256", sa.Text, sa.ForeignKey("evidence.sha256"), primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column(
        "designations_sha256",
        sa.Text,
        sa.ForeignKey("evidence.sha256", name="fk_priority_result_designations"),
        nullable=False,
    ),
    sa.Column("incentive", sa.Text, nullable=False),
    sa.Column("incentive_version", sa.Text, nullable=False),
    sa.Column("cluster_rank", sa.Integer, nullable=True),
    sa.Column("listed", sa.Boolean, nullable=False),
    sa.Column("reasons", JSONB, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=True),
    sa.Column("valid_to", sa.Date, nullable=True),
    sa.Column("tested_by", sa.Text, nullable=False),
    sa.Column("tested_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(
        ["incentive", "incentive_version"],
        ["incentive_version.incentive", "incentive_version.version"],
        name="fk_priority_result_incentive_rules",
    ),
    sa.CheckConstraint(
        "listed = (valid_from IS NOT NULL AND valid_to IS NOT NULL AND cluster_rank IS NOT NULL)",
        name="listed_is_valid",
    ),
    sa.Index("ix_priority_result_release_sha256_instrument", "release_sha256", "instrument"),
)
