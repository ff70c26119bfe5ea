"""Tables of what is decided on accepted values: snapshots, releases received, designations."""

import sqlalchemy as sa

from services.registry.storage.tables.metadata import METADATA

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
    sa.Column("round_code", sa.Text, sa.ForeignKey("filing_round.code")),
    sa.UniqueConstraint(
        "programme", "assessment_year", "kind", "round_code", postgresql_nulls_not_distinct=True
    ),
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
