"""Tables of filings: values, waivers and history, and what lies beside a filing."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage.tables.metadata import METADATA

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

on_site_check = sa.Table(
    "on_site_check",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("filing_code", sa.Text, sa.ForeignKey("filing.code"), nullable=False, index=True),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("data_year", sa.SmallInteger, nullable=False),
    sa.Column("original", sa.Numeric),
    sa.Column("confirmed", sa.Numeric, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("checked_by", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)

evidence = sa.Table(
    "evidence",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("filing_code", sa.Text, sa.ForeignKey("filing.code"), nullable=False, index=True),
    sa.Column("upload_id", sa.Uuid, sa.ForeignKey("upload.id"), nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("indicator", sa.Text),
    sa.Column("data_year", sa.SmallInteger),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
        "kind IN ('stamped_scan', 'table', 'contract', 'certificate', 'photo', 'other')", name="kind"
    ),
)
