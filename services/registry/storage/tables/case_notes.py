"""Case notes of clusters."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage.tables.metadata import METADATA

case_note = sa.Table(
    "case_note",
    METADATA,
    sa.Column("code", sa.Text(collation="C"), primary_key=True),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("what_was_done", sa.Text, nullable=False),
    sa.Column("figures", JSONB, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("makers", ARRAY(sa.Text), nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("published_on", sa.Date),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("cluster_code", "number"),
    sa.CheckConstraint("state IN ('submitted', 'sent_back', 'published', 'withdrawn')", name="state"),
    sa.CheckConstraint(
        "(state IN ('published', 'withdrawn')) = (published_on IS NOT NULL)", name="published"
    ),
    sa.CheckConstraint("state NOT IN ('sent_back', 'withdrawn') OR reason IS NOT NULL", name="reason"),
    sa.CheckConstraint(
        "state NOT IN ('published', 'sent_back') OR reviewed_by <> ALL (makers)", name="reviewer_is_no_maker"
    ),
    sa.Index(
        "ix_case_note_published",
        "published_on",
        "code",
        postgresql_where=sa.text("state = 'published'"),
    ),
)
