"""Appropriations, rounds with what they lead to, and issued lists as the bytes that were hashed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.funding.storage.tables.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

appropriation = sa.Table(
    "appropriation",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("effective_at", sa.Date, nullable=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False),
    sa.Column("predecessor", sa.Text, nullable=True),
    sa.Column("budget_approved_on", sa.Date, nullable=True),
    sa.Column("codes", JSONB, nullable=True),
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number", use_alter=True), nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name="amount_range"),
)

#: What a correction changed of a line: each field as it was, and as it is since.
appropriation_correction = sa.Table(
    "appropriation_correction",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("appropriation", sa.Text, sa.ForeignKey("appropriation.code"), nullable=False, index=True),
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("corrected_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
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
    sa.Column("further_releases", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("designations_sha256", sa.Text, sa.ForeignKey("evidence.sha256"), nullable=False),
    sa.Column("pool_fen", sa.BigInteger, nullable=False),
    sa.Column("second_reward_ground", sa.Text, nullable=True),
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
    sa.CheckConstraint("NOT release_sha256 = ANY (further_releases)", name="releases_differ"),
    sa.Index(
        "ix_round_one_live",
        "programme",
        "fiscal_year",
        "purpose",
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn' AND second_reward_ground IS NULL"),
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

#: The office's document number of a list; a later one corrects those before it.
award_list_number = sa.Table(
    "award_list_number",
    METADATA,
    sa.Column("list_number", sa.Text, sa.ForeignKey("award_list.list_number"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("issued_by_office_on", sa.Date, nullable=False),
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), nullable=False, unique=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
)
