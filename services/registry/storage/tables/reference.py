"""Tables of reference data: divisions and industries."""

import sqlalchemy as sa

from services.registry.storage.tables.metadata import METADATA

division = sa.Table(
    "division",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent_code", sa.Text, sa.ForeignKey("division.code", deferrable=True, initially="DEFERRED")),
    sa.Column("pinyin", sa.Text, nullable=False),
    sa.Column("longitude", sa.Numeric(9, 5)),
    sa.Column("latitude", sa.Numeric(9, 5)),
    sa.Column("area_km2", sa.Integer),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column(
        "successor_code", sa.Text, sa.ForeignKey("division.code", deferrable=True, initially="DEFERRED")
    ),
    sa.CheckConstraint("level IN ('province', 'prefecture', 'county')", name="level"),
    sa.CheckConstraint("(parent_code IS NULL) = (level = 'province')", name="parent"),
)

industry = sa.Table(
    "industry",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("parent_code", sa.Text),
)
