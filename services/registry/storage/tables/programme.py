"""Tables of programmes: published documents, calendars with their rounds, and the clusters of the counties."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage.tables.metadata import METADATA

programme_version = sa.Table(
    "programme_version",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
)

catalogue_version = sa.Table(
    "catalogue_version",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["programme", "version"], ["programme_version.programme", "programme_version.version"]
    ),
)

calendar_version = sa.Table(
    "calendar_version",
    METADATA,
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("assessment_year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("programme_version", sa.Text, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("programme", "assessment_year", "number"),
    sa.ForeignKeyConstraint(
        ["programme", "programme_version"],
        ["programme_version.programme", "programme_version.version"],
        name="fk_calendar_version_programme_version",
    ),
)

#: ``version`` is the programme's, under which the round runs; ``calendar_version`` the calendar's that made it. The
#: days stand in the newest calendar of its year.
filing_round = sa.Table(
    "filing_round",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("assessment_year", sa.SmallInteger, nullable=False),
    sa.Column("calendar_version", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["programme", "version"], ["programme_version.programme", "programme_version.version"]
    ),
    sa.ForeignKeyConstraint(
        ["programme", "assessment_year", "calendar_version"],
        ["calendar_version.programme", "calendar_version.assessment_year", "calendar_version.version"],
        name="fk_filing_round_calendar_version",
    ),
    sa.CheckConstraint("kind IN ('application', 'assessment')", name="kind"),
)

cluster = sa.Table(
    "cluster",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("county_code", sa.Text, sa.ForeignKey("division.code"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("leading_industry", sa.Text, nullable=False),
    sa.Column("class_51020", sa.Text),
    sa.Column("industry_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("in_focus", sa.Boolean, nullable=False),
    sa.Column("waiver_reason", sa.Text),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("county_code", "name"),
)
