"""Jobs that analyse how certain a release's ranks are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
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
