"""All tables of scoring: the common ones, schemes, assessments, releases, decisions, notices, objections, jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.data.migrations import create_plumbing, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

# A published scheme keeps its bytes for ever, and a state never goes back.
SCHEME_VERSION_GUARD = """
CREATE FUNCTION refuse_scheme_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE'
       OR (NEW.scheme, NEW.version, NEW.programme, NEW.sha256, NEW.document, NEW.drafted_by)
          IS DISTINCT FROM (OLD.scheme, OLD.version, OLD.programme, OLD.sha256, OLD.document, OLD.drafted_by)
       OR (OLD.state, NEW.state) NOT IN
          (('draft', 'published'), ('draft', 'retired'), ('published', 'retired'))
    THEN
        RAISE EXCEPTION 'a scheme version is immutable: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    create_plumbing(op)
    _schemes()
    _assessments()
    _releases()
    _decisions_and_notices()
    _objections()
    _robustness_jobs()
    for table in (
        "snapshot",
        "release",
        "release_unit",
        "decision",
        "public_notice",
        "objection",
        "ruling",
    ):
        make_append_only(op, table)


def _schemes() -> None:
    op.create_table(
        "scheme_version",
        sa.Column("scheme", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("scheme", "version", name="pk_scheme_version"),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="ck_scheme_version_state"),
    )
    op.execute(SCHEME_VERSION_GUARD)
    op.execute(
        "CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scheme_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_scheme_change()"
    )
    op.execute(
        "CREATE TRIGGER immutable_truncate BEFORE TRUNCATE ON scheme_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _assessments() -> None:
    op.create_table(
        "snapshot",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_snapshot"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.ForeignKeyConstraint(
            ["scheme", "scheme_version"],
            ["scheme_version.scheme", "scheme_version.version"],
            name="fk_assessment_scheme_scheme_version_scheme_version",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'decided', 'under_notice', 'final', 'withdrawn')",
            name="ck_assessment_state",
        ),
        sa.CheckConstraint(
            "(state = 'final') = (final_sha256 IS NOT NULL)", name="ck_assessment_final_has_release"
        ),
    )
    op.create_index(
        "uq_assessment_live",
        "assessment",
        ["programme", "assessment_year", "kind"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def _releases() -> None:
    op.create_table(
        "release",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("assessment", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.Text, nullable=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_release"),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_release_assessment_assessment"),
        sa.UniqueConstraint("assessment", "stage", "number", name="uq_release_assessment_stage_number"),
        sa.CheckConstraint("stage IN ('proposed', 'final')", name="ck_release_stage"),
    )
    op.create_table(
        "release_unit",
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("division_path", ARRAY(sa.Text), nullable=False),
        sa.Column("part", JSONB, nullable=False),
        sa.Column("explanation", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("release", "unit", name="pk_release_unit"),
        sa.ForeignKeyConstraint(["release"], ["release.sha256"], name="fk_release_unit_release_release"),
        sa.UniqueConstraint("release", "position", name="uq_release_unit_release_position"),
    )


def _decisions_and_notices() -> None:
    op.create_table(
        "decision",
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("assessment", sa.Text, nullable=False),
        sa.Column("document_number", sa.Text, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("release", name="pk_decision"),
        sa.ForeignKeyConstraint(["release"], ["release.sha256"], name="fk_decision_release_release"),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_decision_assessment_assessment"),
    )
    op.create_table(
        "public_notice",
        sa.Column("assessment", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("day_kind", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment", "number", name="pk_public_notice"),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessment.id"], name="fk_public_notice_assessment_assessment"
        ),
        sa.ForeignKeyConstraint(["release"], ["release.sha256"], name="fk_public_notice_release_release"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_public_notice_period"),
    )


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("assessment", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("objector_name", sa.Text, nullable=False),
        sa.Column("objector_contact", sa.Text, nullable=False),
        sa.Column("filed_by", sa.Text, nullable=False),
        sa.Column("filed_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment", "number", name="pk_objection"),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_objection_assessment_assessment"),
    )
    op.create_table(
        "ruling",
        sa.Column("assessment", sa.Text, nullable=False),
        sa.Column("objection", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("ruling", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=True),
        sa.Column("release", sa.Text, nullable=True),
        sa.Column("ruled_by", sa.Text, nullable=False),
        sa.Column("ruled_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment", "objection", name="pk_ruling"),
        sa.ForeignKeyConstraint(
            ["assessment", "objection"],
            ["objection.assessment", "objection.number"],
            name="fk_ruling_assessment_objection_objection",
        ),
        sa.ForeignKeyConstraint(["release"], ["release.sha256"], name="fk_ruling_release_release"),
        sa.CheckConstraint("ruling IN ('upheld', 'rejected')", name="ck_ruling_ruling"),
        sa.CheckConstraint(
            "(ruling = 'upheld') = (release IS NOT NULL)", name="ck_ruling_upheld_has_release"
        ),
    )


def _robustness_jobs() -> None:
    op.create_table(
        "robustness_job",
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("problem", sa.Text, nullable=True),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("release", name="pk_robustness_job"),
        sa.ForeignKeyConstraint(["release"], ["release.sha256"], name="fk_robustness_job_release_release"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name="ck_robustness_job_state"
        ),
        sa.CheckConstraint(
            "(state = 'done') = (result IS NOT NULL)", name="ck_robustness_job_done_has_result"
        ),
    )
