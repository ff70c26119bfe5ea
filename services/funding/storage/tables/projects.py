"""Projects, and their results under an instrument."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.funding.storage.tables.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

project = sa.Table(
    "project",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("county_code", sa.Text, nullable=False, index=True),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
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
    sa.Column("negative_list", sa.Text, nullable=True),
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

#: Projects that had priority before the system, by the approved order that entered them; a reversed order's count no
#: longer. They come from no release and no test.
earlier_listing = sa.Table(
    "earlier_listing",
    METADATA,
    sa.Column("fund_order", sa.Text, sa.ForeignKey("fund_order.number"), primary_key=True),
    sa.Column("project_code", sa.Text, primary_key=True),
    sa.Column("instrument", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("county_code", sa.Text, nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("investment_fen", sa.BigInteger, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("document_date", sa.Date, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint(f"investment_fen BETWEEN 1 AND {MAX_FEN}", name="investment_range"),
    sa.CheckConstraint("document_date <= valid_from AND valid_from <= valid_to", name="days_in_order"),
    sa.Index("ix_earlier_listing_programme_instrument", "programme", "instrument"),
)
