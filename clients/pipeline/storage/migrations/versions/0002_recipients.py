"""To how many a notice was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("recipients", sa.SmallInteger, nullable=True))
