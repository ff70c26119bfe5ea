"""Incentive rules and evidence, both as the bytes that were hashed; nothing in them is read by SQL."""

import sqlalchemy as sa

from services.funding.storage.tables.metadata import METADATA, MOMENT

incentive_version = sa.Table(
    "incentive_version",
    METADATA,
    sa.Column("incentive", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
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
