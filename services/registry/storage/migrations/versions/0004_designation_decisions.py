"""Designation decisions with entries, steps and national titles, in the place of bare designations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.data.migrations import make_append_only

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT, DAY, MOMENT = sa.Text(), sa.Date(), sa.DateTime(timezone=True)
STATES = "state IN ('proposed', 'approved', 'rejected', 'withdrawn')"
APPROVED = "(state = 'approved') = (document_number IS NOT NULL) AND (state = 'approved') = (approved_at IS NOT NULL)"
STATUSES = (
    "status IN ('designated', 'cultivated', 'refused', 'dropped', 'rectification', 'removed', 'succeeded')"
)
BASES = "basis IN ('application', 'assessment', 'silent', 'succession', 'earlier')"
RELEASED = "(basis IN ('application', 'assessment')) = (release_sha256 IS NOT NULL)"
EARLIER = "(basis = 'earlier') = (since IS NOT NULL) AND (basis = 'earlier') = (document_number IS NOT NULL)"

#: What was designated before had one release each, and no proposal of its own.
DECISIONS = """
INSERT INTO designation_decision (code, programme, programme_version, running, assessment_year, effective_from, state,
    document_number, approved_at)
SELECT DISTINCT ON (r.sha256) r.programme || '-' || extract(year FROM d.effective_from) || '-designation-'
        || dense_rank() OVER (PARTITION BY r.programme ORDER BY r.recorded_at, r.sha256),
    r.programme, d.programme_version,
    dense_rank() OVER (PARTITION BY r.programme ORDER BY r.recorded_at, r.sha256),
    r.assessment_year, d.effective_from, 'approved', d.document_number, d.recorded_at
FROM received_release r JOIN designation d ON d.release_sha256 = r.sha256
"""
RELEASES = """
INSERT INTO designation_decision_release (decision, release_sha256)
SELECT p.code, r.sha256
FROM designation_decision p JOIN (
    SELECT sha256, programme, dense_rank() OVER (PARTITION BY programme ORDER BY recorded_at, sha256) AS running
    FROM received_release WHERE sha256 IN (SELECT release_sha256 FROM designation)
) r USING (programme, running)
"""
ENTRIES = """
INSERT INTO designation_entry (decision, cluster_code, basis, release_sha256, by_rule, status, reasons, reminded)
SELECT p.decision, d.cluster_code, r.kind, d.release_sha256, d.status, d.status, '[]', false
FROM designation d JOIN received_release r ON r.sha256 = d.release_sha256
JOIN designation_decision_release p ON p.release_sha256 = d.release_sha256
"""


def upgrade() -> None:
    _decisions()
    _what_they_give()
    for statement in (DECISIONS, RELEASES, ENTRIES):
        op.execute(statement)
    op.drop_table("designation")
    op.drop_constraint("uq_received_release_programme_assessment_year_kind_round_code", "received_release")
    for table in (
        "designation_decision_step",
        "designation_decision_release",
        "designation_entry",
        "cluster_name",
        "cluster_succession",
        "national_title",
    ):
        make_append_only(op, table)


def _decisions() -> None:
    op.create_table(
        "designation_decision",
        column("code", TEXT), column("programme", TEXT), column("programme_version", TEXT),
        column("running", sa.Integer()), column("assessment_year", sa.SmallInteger(), null=True),
        column("effective_from", DAY), column("state", TEXT), column("document_number", TEXT, null=True),
        column("request_document_number", TEXT, null=True), column("approved_at", MOMENT, null=True),
        sa.UniqueConstraint("programme", "running", name="uq_designation_decision_programme_running"),
        sa.CheckConstraint(STATES, name=op.f("ck_designation_decision_state")),
        sa.CheckConstraint(APPROVED, name=op.f("ck_designation_decision_approved")),
        sa.PrimaryKeyConstraint("code", name="pk_designation_decision"),
    )  # fmt: skip
    op.create_index(
        "uq_designation_decision_open",
        "designation_decision",
        ["programme"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "designation_decision_step",
        column("decision", TEXT), column("number", sa.Integer()), column("action", TEXT), column("subject", TEXT),
        column("unit", TEXT), column("note", TEXT), column("business_date", DAY), column("recorded_at", MOMENT),
        points_to("designation_decision_step", "decision", "designation_decision", "code"),
        sa.PrimaryKeyConstraint("decision", "number", name="pk_designation_decision_step"),
    )  # fmt: skip
    op.create_table(
        "designation_decision_release",
        column("decision", TEXT), column("release_sha256", TEXT),
        points_to("designation_decision_release", "decision", "designation_decision", "code"),
        points_to("designation_decision_release", "release_sha256", "received_release", "sha256"),
        sa.PrimaryKeyConstraint("decision", "release_sha256", name="pk_designation_decision_release"),
    )  # fmt: skip


def _what_they_give() -> None:
    op.create_table(
        "designation_entry",
        column("decision", TEXT), column("cluster_code", TEXT), column("basis", TEXT),
        column("release_sha256", TEXT, null=True), column("before", TEXT, null=True), column("by_rule", TEXT),
        column("status", TEXT), column("reasons", JSONB()), column("reminded", sa.Boolean()),
        column("due_on", DAY, null=True), column("ground", TEXT, null=True), column("since", DAY, null=True),
        column("document_number", TEXT, null=True),
        sa.CheckConstraint(BASES, name=op.f("ck_designation_entry_basis")),
        sa.CheckConstraint(RELEASED, name=op.f("ck_designation_entry_release")),
        sa.CheckConstraint(EARLIER, name=op.f("ck_designation_entry_earlier")),
        sa.CheckConstraint(STATUSES, name=op.f("ck_designation_entry_status")),
        points_to("designation_entry", "decision", "designation_decision", "code"),
        points_to("designation_entry", "cluster_code", "cluster", "code"),
        points_to("designation_entry", "release_sha256", "received_release", "sha256"),
        sa.PrimaryKeyConstraint("decision", "cluster_code", name="pk_designation_entry"),
    )  # fmt: skip
    op.create_index("ix_designation_entry_cluster_code", "designation_entry", ["cluster_code"])
    op.create_table(
        "cluster_name",
        column("decision", TEXT), column("cluster_code", TEXT), column("name", TEXT),
        points_to("cluster_name", "decision", "designation_decision", "code"),
        points_to("cluster_name", "cluster_code", "cluster", "code"),
        sa.PrimaryKeyConstraint("decision", "cluster_code", name="pk_cluster_name"),
    )  # fmt: skip
    op.create_index("ix_cluster_name_cluster_code", "cluster_name", ["cluster_code"])
    op.create_table(
        "cluster_succession",
        column("decision", TEXT), column("ending", TEXT), column("into", TEXT), column("ground", TEXT),
        points_to("cluster_succession", "decision", "designation_decision", "code"),
        points_to("cluster_succession", "ending", "cluster", "code"),
        points_to("cluster_succession", "into", "cluster", "code"),
        sa.PrimaryKeyConstraint("decision", "ending", "into", name="pk_cluster_succession"),
    )  # fmt: skip
    op.create_table(
        "national_title",
        column("decision", TEXT), column("cluster_code", TEXT), column("title", TEXT), column("ministry", TEXT),
        column("document_number", TEXT), column("awarded_on", DAY),
        points_to("national_title", "decision", "designation_decision", "code"),
        points_to("national_title", "cluster_code", "cluster", "code"),
        sa.PrimaryKeyConstraint("decision", "cluster_code", "title", name="pk_national_title"),
    )  # fmt: skip
    op.create_index("ix_national_title_cluster_code", "national_title", ["cluster_code"])


def column(name, kind, *, null=False):
    return sa.Column(name, kind, nullable=null)


def points_to(table, column_name, target, its):
    name = f"fk_{table}_{column_name}_{target}"
    return sa.ForeignKeyConstraint([column_name], [f"{target}.{its}"], name=name)
