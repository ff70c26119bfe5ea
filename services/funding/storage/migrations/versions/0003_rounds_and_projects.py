"""Incentive rules, appropriations, evidence, rounds, awards, award lists, projects, priority."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.data.migrations import make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MAX_FEN = 2**53 - 1

# What a round was opened on never changes, and its state moves along its life only.
ROUND_GUARD = """
CREATE FUNCTION refuse_round_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' - 'reserve_transfer' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'reserve_transfer'
       OR (OLD.state, NEW.state) NOT IN (
            ('draft', 'allocated'), ('allocated', 'proposed'), ('proposed', 'reviewed'), ('proposed', 'allocated'),
            ('reviewed', 'issued'), ('draft', 'withdrawn'), ('allocated', 'withdrawn'), ('proposed', 'withdrawn'),
            ('reviewed', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'a round cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

APPEND_ONLY = (
    "incentive_version",
    "appropriation",
    "evidence",
    "allocation",
    "award",
    "round_step",
    "award_list",
    "award_list_number",
    "project",
    "priority_result",
)


def upgrade() -> None:
    _rules_and_appropriations()
    _rounds()
    _awards()
    _projects()
    for table in APPEND_ONLY:
        make_append_only(op, table)
    op.execute(ROUND_GUARD)
    op.execute(
        "CREATE TRIGGER round_is_fixed BEFORE UPDATE ON round FOR EACH ROW EXECUTE FUNCTION refuse_round_change()"
    )
    for name, occasion in (("round_stays", "DELETE"), ("round_stays_truncate", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {occasion} ON round FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _rules_and_appropriations() -> None:
    op.create_table(
        "incentive_version",
        sa.Column("incentive", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("incentive", "version", name=op.f("pk_incentive_version")),
    )
    op.create_table(
        "appropriation",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("division_code", sa.Text, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("document_number", sa.Text, nullable=False),
        sa.Column("effective_at", sa.Date, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_appropriation")),
        sa.UniqueConstraint("document_number", name=op.f("uq_appropriation_document_number")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_appropriation_transfer_id_transfer")
        ),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_appropriation_amount_range")),
    )
    op.create_table(
        "evidence",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.Text, nullable=True),
        sa.Column("key_id", sa.Text, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence")),
        sa.CheckConstraint("kind IN ('release', 'designation_set')", name=op.f("ck_evidence_kind")),
        sa.CheckConstraint(
            "(kind = 'release') = (signature IS NOT NULL)", name=op.f("ck_evidence_release_is_signed")
        ),
    )


def _rounds() -> None:
    op.create_table(
        "round",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("division_code", sa.Text, nullable=False),
        sa.Column("assessment_year", sa.SmallInteger, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("appropriation", sa.Text, nullable=False),
        sa.Column("incentive", sa.Text, nullable=False),
        sa.Column("incentive_version", sa.Text, nullable=False),
        sa.Column("release_sha256", sa.Text, nullable=False),
        sa.Column("designations_sha256", sa.Text, nullable=False),
        sa.Column("pool_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reserve_transfer", sa.Uuid, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_round")),
        sa.UniqueConstraint(
            "programme",
            "fiscal_year",
            "purpose",
            "number",
            name=op.f("uq_round_programme_fiscal_year_purpose_number"),
        ),
        sa.ForeignKeyConstraint(
            ["appropriation"], ["appropriation.code"], name=op.f("fk_round_appropriation_appropriation")
        ),
        sa.ForeignKeyConstraint(
            ["incentive", "incentive_version"],
            ["incentive_version.incentive", "incentive_version.version"],
            name=op.f("fk_round_incentive_rules"),
        ),
        sa.ForeignKeyConstraint(
            ["release_sha256"], ["evidence.sha256"], name=op.f("fk_round_release_sha256_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["designations_sha256"], ["evidence.sha256"], name=op.f("fk_round_designations_sha256_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["reserve_transfer"], ["transfer.id"], name=op.f("fk_round_reserve_transfer_transfer")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'allocated', 'proposed', 'reviewed', 'issued', 'withdrawn')",
            name=op.f("ck_round_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR reserve_transfer IS NOT NULL",
            name=op.f("ck_round_money_is_held"),
        ),
        sa.CheckConstraint(f"pool_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_round_pool_range")),
    )
    op.create_index(
        "ix_round_one_live",
        "round",
        ["programme", "fiscal_year", "purpose"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "round_step",
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_round_step")),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_round_step_round_round")),
    )


def _awards() -> None:
    op.create_table(
        "allocation",
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("reserve_fen", sa.BigInteger, nullable=False),
        sa.Column("awarded_fen", sa.BigInteger, nullable=False),
        sa.Column("unallocated_fen", sa.BigInteger, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("round", name=op.f("pk_allocation")),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_allocation_round_round")),
        sa.CheckConstraint(
            "disposition IN ('reserve', 'return', 'carry_over')", name=op.f("ck_allocation_disposition")
        ),
    )
    op.create_table(
        "award",
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("county_name", sa.Text, nullable=False),
        sa.Column("division_path", ARRAY(sa.Text), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("round", "serial", name=op.f("pk_award")),
        sa.UniqueConstraint("round", "cluster", name=op.f("uq_award_round_cluster")),
        sa.ForeignKeyConstraint(["round"], ["allocation.round"], name=op.f("fk_award_round_allocation")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_award_amount_is_positive")),
    )
    op.create_table(
        "award_list",
        sa.Column("list_number", sa.Text, nullable=False),
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("list_number", name=op.f("pk_award_list")),
        sa.UniqueConstraint("round", name=op.f("uq_award_list_round")),
        sa.UniqueConstraint("sha256", name=op.f("uq_award_list_sha256")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_award_list_fiscal_year_number")),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_award_list_round_round")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_award_list_transfer_id_transfer")
        ),
    )
    op.create_table(
        "award_list_number",
        sa.Column("list_number", sa.Text, nullable=False),
        sa.Column("document_number", sa.Text, nullable=False),
        sa.Column("issued_by_office_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("list_number", name=op.f("pk_award_list_number")),
        sa.UniqueConstraint("document_number", name=op.f("uq_award_list_number_document_number")),
        sa.ForeignKeyConstraint(
            ["list_number"],
            ["award_list.list_number"],
            name=op.f("fk_award_list_number_list_number_award_list"),
        ),
    )


def _projects() -> None:
    op.create_table(
        "project",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("code", name=op.f("pk_project")),
        sa.CheckConstraint(
            f"investment_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_project_investment_range")
        ),
    )
    op.create_index(op.f("ix_project_county_code"), "project", ["county_code"])
    op.create_table(
        "priority_result",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("release_sha256", sa.Text, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("assessment_year", sa.SmallInteger, nullable=False),
        sa.Column("designations_sha256", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("project", "instrument", "release_sha256", name=op.f("pk_priority_result")),
        sa.ForeignKeyConstraint(
            ["project"], ["project.code"], name=op.f("fk_priority_result_project_project")
        ),
        sa.ForeignKeyConstraint(
            ["release_sha256"], ["evidence.sha256"], name=op.f("fk_priority_result_release_sha256_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["designations_sha256"],
            ["evidence.sha256"],
            name=op.f("fk_priority_result_designations"),
        ),
        sa.ForeignKeyConstraint(
            ["incentive", "incentive_version"],
            ["incentive_version.incentive", "incentive_version.version"],
            name=op.f("fk_priority_result_incentive_rules"),
        ),
        sa.CheckConstraint(
            "listed = (valid_from IS NOT NULL AND valid_to IS NOT NULL AND cluster_rank IS NOT NULL)",
            name=op.f("ck_priority_result_listed_is_valid"),
        ),
    )
    op.create_index(
        op.f("ix_priority_result_release_sha256_instrument"),
        "priority_result",
        ["release_sha256", "instrument"],
    )
