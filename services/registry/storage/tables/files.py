"""Tables of uploads and imports."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.storage.tables.metadata import METADATA

upload = sa.Table(
    "upload",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("kind", sa.Text),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("division", sa.Text, nullable=False),
    sa.Column("uploaded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("completed_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("purpose IN ('import', 'evidence')", name="purpose"),
    sa.CheckConstraint("bytes > 0", name="bytes"),
    sa.CheckConstraint("(completed_at IS NULL) = (kind IS NULL)", name="completed"),
)

upload_part = sa.Table(
    "upload_part",
    METADATA,
    sa.Column("upload_id", sa.Uuid, sa.ForeignKey("upload.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
)

import_run = sa.Table(
    "import_run",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
    sa.Column("upload_id", sa.Uuid, sa.ForeignKey("upload.id"), nullable=False),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("result", JSONB, nullable=False),
    sa.Column("division", sa.Text, nullable=False),
    sa.Column("imported_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("mode IN ('check', 'apply')", name="mode"),
    sa.CheckConstraint("state IN ('checked', 'refused', 'applied')", name="state"),
)

import_problem = sa.Table(
    "import_problem",
    METADATA,
    sa.Column("import_id", sa.Uuid, sa.ForeignKey("import_run.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("column_zh", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
)
