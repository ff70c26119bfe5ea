"""One live assessment for a round: a year may have several rounds of one kind, told apart by their cut-offs."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = sa.text("state <> 'withdrawn'")


def upgrade() -> None:
    op.add_column("assessment", sa.Column("cut_off", sa.Date, nullable=True))
    _take_from_snapshots()
    op.alter_column("assessment", "cut_off", nullable=False)
    op.drop_index("uq_assessment_live", "assessment")
    op.create_index(
        "uq_assessment_live",
        "assessment",
        ["programme", "assessment_year", "kind", "cut_off"],
        unique=True,
        postgresql_where=LIVE,
    )


def _take_from_snapshots() -> None:
    """The cut-off of the snapshot that the assessment's release is of."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT a.id, r.document FROM assessment a JOIN release r ON r.sha256 = a.current_sha256")
    )
    for row in found.all():
        sha256 = json.loads(bytes(row.document))["snapshot_sha256"]
        connection.execute(
            sa.text(
                "UPDATE assessment SET cut_off = cast(convert_from(s.document, 'UTF8')::jsonb ->> 'cut_off' AS date) "
                "FROM snapshot s WHERE s.sha256 = :sha256 AND assessment.id = :id"
            ),
            {"sha256": sha256, "id": row.id},
        )
