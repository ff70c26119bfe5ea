"""A round may rest on several final releases of its year; each is kept as evidence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# An array has no foreign keys of its own.
KEPT = """
CREATE FUNCTION check_further_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(NEW.further_releases) AS named (sha256)
        WHERE NOT EXISTS (SELECT FROM evidence e WHERE e.sha256 = named.sha256 AND e.kind = 'release')
    ) THEN
        RAISE EXCEPTION 'a release of the round is not kept' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER further_releases_are_kept BEFORE INSERT ON round "
    "FOR EACH ROW EXECUTE FUNCTION check_further_releases()"
)


def upgrade() -> None:
    op.add_column(
        "round", sa.Column("further_releases", ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_round_releases_differ"), "round", "NOT release_sha256 = ANY (further_releases)"
    )
    op.execute(KEPT)
    op.execute(TRIGGER)
