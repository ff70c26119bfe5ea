"""The tables of scoring. Documents are kept as the bytes that were hashed; nothing in them is read by SQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

import shared.data.business_clock
import shared.data.division_recodes
import shared.data.events
import shared.data.revoked_tokens
import shared.web.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.data.database import service_metadata

METADATA = service_metadata()
MOMENT = sa.DateTime(timezone=True)

scheme_version = sa.Table(
    "scheme_version",
    METADATA,
    sa.Column("scheme", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("division", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("drafted_by", sa.Text, nullable=False),
    sa.Column("published_by", sa.Text, nullable=True),
    sa.Column("published_on", sa.Date, nullable=True),
    sa.Column("retired_on", sa.Date, nullable=True),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
)

snapshot = sa.Table(
    "snapshot",
    METADATA,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

assessment = sa.Table(
    "assessment",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.Integer, nullable=False),
    sa.Column("data_year", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("division", sa.Text, nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("scheme_version", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("current_sha256", sa.Text, nullable=False),
    sa.Column("final_sha256", sa.Text, nullable=True),
    sa.Column("repeat_notice", sa.Boolean, nullable=False),
    sa.Column("run_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("cut_off", sa.Date, nullable=False),
    sa.ForeignKeyConstraint(
        ["scheme", "scheme_version"], [scheme_version.c.scheme, scheme_version.c.version]
    ),
    sa.CheckConstraint(
        "state IN ('proposed', 'decided', 'under_notice', 'final', 'withdrawn')", name="state"
    ),
    sa.CheckConstraint("(state = 'final') = (final_sha256 IS NOT NULL)", name="final_has_release"),
    sa.Index(
        "uq_assessment_live",
        "programme",
        "assessment_year",
        "kind",
        "cut_off",
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    ),
)

release = sa.Table(
    "release",
    METADATA,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("assessment", sa.Text, sa.ForeignKey(assessment.c.id), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("supersedes", sa.Text, nullable=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.UniqueConstraint("assessment", "stage", "number"),
    sa.CheckConstraint("stage IN ('proposed', 'final')", name="stage"),
)

release_unit = sa.Table(
    "release_unit",
    METADATA,
    sa.Column("release", sa.Text, sa.ForeignKey(release.c.sha256), primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("division_path", ARRAY(sa.Text), nullable=False),
    sa.Column("part", JSONB, nullable=False),
    sa.Column("explanation", JSONB, nullable=False),
    sa.UniqueConstraint("release", "position"),
)

decision = sa.Table(
    "decision",
    METADATA,
    sa.Column("release", sa.Text, sa.ForeignKey(release.c.sha256), primary_key=True),
    sa.Column("assessment", sa.Text, sa.ForeignKey(assessment.c.id), nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("minutes", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

public_notice = sa.Table(
    "public_notice",
    METADATA,
    sa.Column("assessment", sa.Text, sa.ForeignKey(assessment.c.id), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("release", sa.Text, sa.ForeignKey(release.c.sha256), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("day_kind", sa.Text, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("ends_on >= starts_on", name="period"),
)

objection = sa.Table(
    "objection",
    METADATA,
    sa.Column("assessment", sa.Text, sa.ForeignKey(assessment.c.id), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),
    sa.Column("objector_name", sa.Text, nullable=False),
    sa.Column("objector_contact", sa.Text, nullable=False),
    sa.Column("filed_by", sa.Text, nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

ruling = sa.Table(
    "ruling",
    METADATA,
    sa.Column("assessment", sa.Text, primary_key=True),
    sa.Column("objection", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ruling", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=True),
    sa.Column("release", sa.Text, sa.ForeignKey(release.c.sha256), nullable=True),
    sa.Column("ruled_by", sa.Text, nullable=False),
    sa.Column("ruled_on", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["assessment", "objection"], [objection.c.assessment, objection.c.number]),
    sa.CheckConstraint("ruling IN ('upheld', 'rejected')", name="ruling"),
    sa.CheckConstraint("(ruling = 'upheld') = (release IS NOT NULL)", name="upheld_has_release"),
)

robustness_job = sa.Table(
    "robustness_job",
    METADATA,
    sa.Column("release", sa.Text, sa.ForeignKey(release.c.sha256), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("held_until", MOMENT, nullable=True),
    sa.Column("result", JSONB(none_as_null=True), nullable=True),
    sa.Column("problem", sa.Text, nullable=True),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
    sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name="done_has_result"),
)
