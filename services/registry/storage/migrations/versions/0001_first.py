"""The first schema: common tables, reference data, programme, clusters, filings, snapshots, designations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.data.migrations import create_plumbing_v1, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "programme_version",
    "catalogue_version",
    "filing_step",
    "snapshot",
    "received_release",
    "designation",
)


def upgrade() -> None:
    create_plumbing_v1(op)
    op.create_table(
        "division",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Numeric(precision=9, scale=5), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=9, scale=5), nullable=True),
        sa.Column("area_km2", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(), nullable=True),
        sa.CheckConstraint("(parent_code IS NULL) = (level = 'province')", name=op.f("ck_division_parent")),
        sa.CheckConstraint("level IN ('province', 'prefecture', 'county')", name=op.f("ck_division_level")),
        sa.ForeignKeyConstraint(
            ["parent_code"],
            ["division.code"],
            name=op.f("fk_division_parent_code_division"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["successor_code"],
            ["division.code"],
            name=op.f("fk_division_successor_code_division"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_table(
        "industry",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_industry")),
    )
    op.create_table(
        "programme_version",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme", "version", name=op.f("pk_programme_version")),
    )
    op.create_table(
        "received_release",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("assessment_year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_received_release")),
        sa.UniqueConstraint(
            "programme",
            "assessment_year",
            "kind",
            name=op.f("uq_received_release_programme_assessment_year_kind"),
        ),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "version"],
            ["programme_version.programme", "programme_version.version"],
            name=op.f("fk_catalogue_version_programme_version_programme_version"),
        ),
        sa.PrimaryKeyConstraint("programme", "version", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "cluster",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leading_industry", sa.Text(), nullable=False),
        sa.Column("class_51020", sa.Text(), nullable=True),
        sa.Column("industry_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("in_focus", sa.Boolean(), nullable=False),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["division.code"], name=op.f("fk_cluster_county_code_division")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cluster")),
        sa.UniqueConstraint("county_code", "name", name=op.f("uq_cluster_county_code_name")),
    )
    op.create_table(
        "filing_round",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('application', 'assessment')", name=op.f("ck_filing_round_kind")),
        sa.ForeignKeyConstraint(
            ["programme", "version"],
            ["programme_version.programme", "programme_version.version"],
            name=op.f("fk_filing_round_programme_version_programme_version"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_filing_round")),
    )
    op.create_table(
        "designation",
        sa.Column("cluster_code", sa.Text(), nullable=False),
        sa.Column("release_sha256", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('designated', 'cultivated', 'refused', 'rectification', 'removed')",
            name=op.f("ck_designation_status"),
        ),
        sa.ForeignKeyConstraint(
            ["cluster_code"], ["cluster.code"], name=op.f("fk_designation_cluster_code_cluster")
        ),
        sa.ForeignKeyConstraint(
            ["release_sha256"],
            ["received_release.sha256"],
            name=op.f("fk_designation_release_sha256_received_release"),
        ),
        sa.PrimaryKeyConstraint("cluster_code", "release_sha256", name=op.f("pk_designation")),
    )
    op.create_index(op.f("ix_designation_effective_from"), "designation", ["effective_from"], unique=False)
    op.create_table(
        "filing",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round_code", sa.Text(), nullable=False),
        sa.Column("cluster_code", sa.Text(), nullable=False),
        sa.Column("division_path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("signed_off_by", sa.Text(), nullable=True),
        sa.Column("signed_off_hash", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('application', 'annual_return')", name=op.f("ck_filing_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'accepted') OR signed_off_hash = content_hash",
            name=op.f("ck_filing_sign_off_is_for_this_content"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'signed_off', 'recommended', 'confirmed', 'accepted')",
            name=op.f("ck_filing_state"),
        ),
        sa.CheckConstraint("signed_off_by <> prepared_by", name=op.f("ck_filing_signer_is_not_preparer")),
        sa.ForeignKeyConstraint(
            ["cluster_code"], ["cluster.code"], name=op.f("fk_filing_cluster_code_cluster")
        ),
        sa.ForeignKeyConstraint(
            ["round_code"], ["filing_round.code"], name=op.f("fk_filing_round_code_filing_round")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_filing")),
        sa.UniqueConstraint("round_code", "cluster_code", name=op.f("uq_filing_round_code_cluster_code")),
    )
    op.create_table(
        "snapshot",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("round_code", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_code"], ["filing_round.code"], name=op.f("fk_snapshot_round_code_filing_round")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("round_code", "number", name=op.f("uq_snapshot_round_code_number")),
    )
    op.create_index(op.f("ix_snapshot_round_code"), "snapshot", ["round_code"], unique=False)
    op.create_table(
        "filing_step",
        sa.Column("filing_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_code"], ["filing.code"], name=op.f("fk_filing_step_filing_code_filing")
        ),
        sa.PrimaryKeyConstraint("filing_code", "number", name=op.f("pk_filing_step")),
    )
    op.create_table(
        "filing_value",
        sa.Column("filing_code", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("data_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('value', 'zero')) = (value IS NOT NULL)",
            name=op.f("ck_filing_value_value_fits_state"),
        ),
        sa.CheckConstraint("state <> 'zero' OR value = 0", name=op.f("ck_filing_value_zero_is_zero")),
        sa.ForeignKeyConstraint(
            ["filing_code"], ["filing.code"], name=op.f("fk_filing_value_filing_code_filing")
        ),
        sa.PrimaryKeyConstraint("filing_code", "indicator", "data_year", name=op.f("pk_filing_value")),
    )
    op.create_table(
        "filing_waiver",
        sa.Column("filing_code", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("data_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_code"], ["filing.code"], name=op.f("fk_filing_waiver_filing_code_filing")
        ),
        sa.PrimaryKeyConstraint(
            "filing_code", "rule", "indicator", "data_year", name=op.f("pk_filing_waiver")
        ),
    )
    for table in APPEND_ONLY:
        make_append_only(op, table)
