"""Tables of the registers.

``register_fact`` keeps every entry of every register with two times: ``valid_from``/``valid_to`` say when the
fact holds, ``recorded_at``/``superseded_at`` when the registry believed so. Rows are never deleted and change
only by being superseded, once. ``attested_aggregate`` holds what a department states in place of figures of firms.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage.tables.metadata import METADATA

LIVE = sa.text("superseded_at IS NULL")

register_batch = sa.Table(
    "register_batch",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("register", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("upload_id", sa.Uuid, sa.ForeignKey("upload.id")),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('edit', 'import', 'withdrawal')", name="kind"),
)

register_fact = sa.Table(
    "register_fact",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("register", sa.Text, nullable=False),
    sa.Column("key", sa.Text(collation="C"), nullable=False),
    sa.Column("county_code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
    sa.Column("initials", sa.Text, nullable=False),
    sa.Column("grams", ARRAY(sa.Text), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("provenance", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("batch_id", sa.Uuid, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("superseded_at", sa.DateTime(timezone=True)),
    sa.Column("superseded_by", sa.Uuid),
    sa.CheckConstraint("valid_to > valid_from", name="interval"),
    sa.CheckConstraint("(superseded_at IS NULL) = (superseded_by IS NULL)", name="superseded"),
    sa.CheckConstraint("provenance IN ('reported', 'published', 'synthetic', 'derived')", name="provenance"),
    sa.Index("uq_register_fact_start", "register", "key", "valid_from", unique=True, postgresql_where=LIVE),
    sa.Index(
        "uq_register_fact_open", "register", "key", unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
    ),
    sa.Index("ix_register_fact_sort", "register", "sort_key", "key", postgresql_where=LIVE),
    sa.Index("ix_register_fact_county", "county_code", "register", postgresql_where=LIVE),
    sa.Index(
        "ix_register_fact_cluster", sa.text("(data ->> 'cluster')"), "register",
        postgresql_where=sa.text("superseded_at IS NULL AND (data ->> 'cluster') IS NOT NULL"),
    ),
    sa.Index("ix_register_fact_batch", "batch_id"),
    sa.Index("ix_register_fact_grams", "grams", postgresql_using="gin", postgresql_where=LIVE),
)  # fmt: skip

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
