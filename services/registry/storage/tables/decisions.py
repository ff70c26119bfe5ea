"""Tables of what is decided on accepted values: snapshots, releases received, designation decisions."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

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
)

designation_decision = sa.Table(
    "designation_decision",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("programme_version", sa.Text, nullable=False),
    sa.Column("running", sa.Integer, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text),
    sa.Column("request_document_number", sa.Text),
    sa.Column("approved_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("programme", "running"),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="state"),
    sa.CheckConstraint(
        "(state = 'approved') = (document_number IS NOT NULL) AND (state = 'approved') = (approved_at IS NOT NULL)",
        name="approved",
    ),
    sa.Index(
        "uq_designation_decision_open",
        "programme",
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    ),
)

designation_decision_step = sa.Table(
    "designation_decision_step",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)

designation_decision_release = sa.Table(
    "designation_decision_release",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("release_sha256", sa.Text, sa.ForeignKey("received_release.sha256"), primary_key=True),
)

designation_entry = sa.Table(
    "designation_entry",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True, index=True),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("release_sha256", sa.Text, sa.ForeignKey("received_release.sha256")),
    sa.Column("before", sa.Text),
    sa.Column("by_rule", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("reasons", JSONB, nullable=False),
    sa.Column("reminded", sa.Boolean, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("ground", sa.Text),
    sa.Column("since", sa.Date),
    sa.Column("document_number", sa.Text),
    sa.CheckConstraint(
        "basis IN ('application', 'assessment', 'silent', 'succession', 'earlier')", name="basis"
    ),
    sa.CheckConstraint(
        "(basis IN ('application', 'assessment')) = (release_sha256 IS NOT NULL)", name="release"
    ),
    sa.CheckConstraint(
        "(basis = 'earlier') = (since IS NOT NULL) AND (basis = 'earlier') = (document_number IS NOT NULL)",
        name="earlier",
    ),
    sa.CheckConstraint(
        "status IN ('designated', 'cultivated', 'refused', 'dropped', 'rectification', 'removed', 'succeeded')",
        name="status",
    ),
)

cluster_name = sa.Table(
    "cluster_name",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True, index=True),
    sa.Column("name", sa.Text, nullable=False),
)

cluster_succession = sa.Table(
    "cluster_succession",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("ending", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True),
    sa.Column("into", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True),
    sa.Column("ground", sa.Text, nullable=False),
)

national_title = sa.Table(
    "national_title",
    METADATA,
    sa.Column("decision", sa.Text, sa.ForeignKey("designation_decision.code"), primary_key=True),
    sa.Column("cluster_code", sa.Text, sa.ForeignKey("cluster.code"), primary_key=True, index=True),
    sa.Column("title", sa.Text, primary_key=True),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("ministry", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("awarded_on", sa.Date, nullable=False),
)
