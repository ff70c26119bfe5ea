"""Progress notes on the tasks of a programme, which stand in its document."""

import sqlalchemy as sa

from services.registry.storage.tables.metadata import METADATA

task_note = sa.Table(
    "task_note",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("task", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("noted_on", sa.Date, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("percent", sa.SmallInteger),
    sa.Column("state", sa.Text),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("written_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    sa.CheckConstraint("state IN ('in_progress', 'stuck', 'done')", name="state"),
    sa.CheckConstraint("standing IN ('lead', 'joint', 'province')", name="standing"),
    sa.CheckConstraint("percent IS NOT NULL OR state IS NOT NULL", name="tells_progress"),
    sa.CheckConstraint("(state = 'done') = (percent = 100)", name="done_is_all"),
)
