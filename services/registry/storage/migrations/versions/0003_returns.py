"""On-site checks, attested aggregates, evidence files."""

import sqlalchemy as sa
from alembic import op

from shared.data.migrations import make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT, YEAR, MOMENT = sa.Text(), sa.SmallInteger(), sa.DateTime(timezone=True)


def column(name, kind, *, null=False):
    return sa.Column(name, kind, nullable=null)


def points_to(table, name, target):
    return sa.ForeignKeyConstraint(
        [name], [f"{target}"], name=op.f(f"fk_{table}_{name}_{target.split('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "on_site_check",
        column("id", sa.Uuid()), column("filing_code", TEXT), column("indicator", TEXT), column("data_year", YEAR),
        column("original", sa.Numeric(), null=True), column("confirmed", sa.Numeric()), column("note", TEXT),
        column("checked_by", TEXT), column("unit", TEXT), column("business_date", sa.Date()),
        column("recorded_at", MOMENT),
        points_to("on_site_check", "filing_code", "filing.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_site_check")),
    )  # fmt: skip
    op.create_index("ix_on_site_check_filing_code", "on_site_check", ["filing_code"])
    op.create_table(
        "attested_aggregate",
        column("id", sa.Uuid()), column("cluster_code", TEXT), column("indicator", TEXT), column("data_year", YEAR),
        column("value", sa.Numeric()), column("department", TEXT), column("document_number", TEXT),
        column("note", TEXT, null=True), column("attested_by", TEXT), column("recorded_at", MOMENT),
        points_to("attested_aggregate", "cluster_code", "cluster.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attested_aggregate")),
    )  # fmt: skip
    op.create_index(
        "ix_attested_aggregate_cluster_code", "attested_aggregate", ["cluster_code", "indicator", "data_year"]
    )
    op.create_table(
        "evidence",
        column("id", sa.Uuid()), column("filing_code", TEXT), column("upload_id", sa.Uuid()), column("kind", TEXT),
        column("title", TEXT), column("indicator", TEXT, null=True), column("data_year", YEAR, null=True),
        column("added_by", TEXT), column("recorded_at", MOMENT),
        sa.CheckConstraint(
            "kind IN ('stamped_scan', 'table', 'contract', 'certificate', 'photo', 'other')",
            name=op.f("ck_evidence_kind"),
        ),
        points_to("evidence", "filing_code", "filing.code"),
        points_to("evidence", "upload_id", "upload.id"),
        sa.UniqueConstraint("upload_id", name=op.f("uq_evidence_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )  # fmt: skip
    op.create_index("ix_evidence_filing_code", "evidence", ["filing_code"])
    for table in ("on_site_check", "attested_aggregate", "evidence"):
        make_append_only(op, table)
