"""The registry's tables."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage import filing_tables, register_tables  # noqa: F401 - same metadata
from services.registry.storage.metadata import METADATA

__all__ = ["METADATA"]

division = sa.Table(
    "division",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent_code", sa.Text, sa.ForeignKey("division.code", deferrable=True, initially="DEFERRED")),
    sa.Column("pinyin", sa.Text, nullable=False),
    sa.Column("longitude", sa.Numeric(9, 5)),
    sa.Column("latitude", sa.Numeric(9, 5)),
    sa.Column("area_km2", sa.Integer),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column(
        "successor_code", sa.Text, sa.ForeignKey("division.code", deferrable=True, initially="DEFERRED")
    ),
    sa.CheckConstraint("level IN ('province', 'prefecture', 'county')", name="level"),
    sa.CheckConstraint("(parent_code IS NULL) = (level = 'province')", name="parent"),
)

industry = sa.Table(
    "industry",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("parent_code", sa.Text),
)

programme_version = sa.Table(
    "programme_version",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
)

catalogue_version = sa.Table(
    "catalogue_version",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["programme", "version"], ["programme_version.programme", "programme_version.version"]
    ),
)

filing_round = sa.Table(
    "filing_round",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["programme", "version"], ["programme_version.programme", "programme_version.version"]
    ),
    sa.CheckConstraint("kind IN ('application', 'assessment')", name="kind"),
)

cluster = sa.Table(
    "cluster",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("county_code", sa.Text, sa.ForeignKey("division.code"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("leading_industry", sa.Text, nullable=False),
    sa.Column("class_51020", sa.Text),
    sa.Column("industry_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("in_focus", sa.Boolean, nullable=False),
    sa.Column("waiver_reason", sa.Text),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("county_code", "name"),
)

filing = sa.Table(
    "filing",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("round_code", sa.Text, sa.ForeignKey("filing_round.code"), nullable=False),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("prepared_by", sa.Text, nullable=False),
    sa.Column("signed_off_by", sa.Text),
    sa.Column("signed_off_hash", sa.Text),
    sa.UniqueConstraint("round_code", "cluster_code"),
    sa.CheckConstraint("kind IN ('application', 'annual_return')", name="kind"),
    sa.CheckConstraint(
        "state IN ('draft', 'signed_off', 'recommended', 'confirmed', 'accepted')", name="state"
    ),
    sa.CheckConstraint("signed_off_by <> prepared_by", name="signer_is_not_preparer"),
    sa.CheckConstraint(
        "state IN ('draft', 'accepted') OR signed_off_hash = content_hash",
        name="sign_off_is_for_this_content",
    ),
)

filing_value = sa.Table(
    "filing_value",
    METADATA,
    sa.Column("filing_code", sa.Text, sa.ForeignKey("filing.code"), primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("data_year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("value", sa.Numeric),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("provenance", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("confirmed_by", sa.Text),
    sa.CheckConstraint("(state IN ('value', 'zero')) = (value IS NOT NULL)", name="value_fits_state"),
    sa.CheckConstraint("state <> 'zero' OR value = 0", name="zero_is_zero"),
)

filing_waiver = sa.Table(
    "filing_waiver",
    METADATA,
    sa.Column("filing_code", sa.Text, sa.ForeignKey("filing.code"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("data_year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
)

filing_step = sa.Table(
    "filing_step",
    METADATA,
    sa.Column("filing_code", sa.Text, sa.ForeignKey("filing.code"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=True),
    sa.Column("note", sa.Text),
    sa.Column("reasons", JSONB, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)

snapshot = sa.Table(
    "snapshot",
    METADATA,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("round_code", sa.Text, sa.ForeignKey("filing_round.code"), nullable=False, index=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("frozen_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("round_code", "number"),
)

received_release = sa.Table(
    "received_release",
    METADATA,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("programme", "assessment_year", "kind"),
)

designation = sa.Table(
    "designation",
    METADATA,
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True),
    sa.Column("release_sha256", sa.Text, sa.ForeignKey("received_release.sha256"), primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("programme_version", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False, index=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "status IN ('designated', 'cultivated', 'refused', 'rectification', 'removed')", name="status"
    ),
)
