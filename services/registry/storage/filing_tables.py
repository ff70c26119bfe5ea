"""Tables beside a filing: on-site checks, attested aggregates of departments, evidence files."""

import sqlalchemy as sa

from services.registry.storage.metadata import METADATA

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

attested_aggregate = sa.Table(
    "attested_aggregate",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("data_year", sa.SmallInteger, nullable=False),
    sa.Column("value", sa.Numeric, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("attested_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_attested_aggregate_cluster_code", "cluster_code", "indicator", "data_year"),
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
