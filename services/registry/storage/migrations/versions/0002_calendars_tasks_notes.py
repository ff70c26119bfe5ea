"""Calendars apart from programmes; tasks with codes and progress notes; case notes that are reviewed.

What a programme's document said of its rounds becomes calendars of their years, and its responsibilities get codes by
their places. A published document is immutable; here its form changes, not what it says. So each version keeps its
number, its hash is that of its new form, and an event tells both hashes.

Entries of the register of case notes, which nobody reviewed, become case notes that wait for their review.
"""

import json
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.data.migrations import make_append_only
from shared.documents.canonical import document_hash

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT, INTEGER, SMALL, MOMENT = sa.Text(), sa.Integer(), sa.SmallInteger(), sa.DateTime(timezone=True)
BY = "migration-0002"
#: What no programme said before.
_OF_TARGET = {"tolerance": None, "path": None, "projection": "linear", "measure": None}
_DESIGNATION_RULES = (
    "places",
    "county_cap",
    "rectification",
    "silent_holders",
    "cultivation",
    "re_entry",
    "approval",
)


def upgrade() -> None:
    _calendars()
    _rounds()
    _releases()
    _tasks()
    _case_notes()


def _calendars() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("assessment_year", SMALL, nullable=False, autoincrement=False),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("programme_version", TEXT, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("programme", "assessment_year", "version", name="pk_calendar_version"),
        sa.UniqueConstraint(
            "programme",
            "assessment_year",
            "number",
            name="uq_calendar_version_programme_assessment_year_number",
        ),
        sa.ForeignKeyConstraint(
            ["programme", "programme_version"],
            ["programme_version.programme", "programme_version.version"],
            name="fk_calendar_version_programme_version",
        ),
    )
    make_append_only(op, "calendar_version")


def _rounds() -> None:
    """Each round points to the calendar that made it."""
    for name, kind in (("assessment_year", SMALL), ("calendar_version", TEXT)):
        op.add_column("filing_round", sa.Column(name, kind, nullable=True))
    _move_calendars()
    for name in ("assessment_year", "calendar_version"):
        op.alter_column("filing_round", name, nullable=False)
    op.create_foreign_key(
        "fk_filing_round_calendar_version",
        "filing_round",
        "calendar_version",
        ["programme", "assessment_year", "calendar_version"],
        ["programme", "assessment_year", "version"],
    )


def _move_calendars() -> None:
    connection = op.get_bind()
    published = connection.execute(
        sa.text(
            "SELECT programme, version, document, sha256, published_at FROM programme_version "
            "ORDER BY published_at, programme, version"
        )
    ).all()
    op.execute("ALTER TABLE programme_version DISABLE TRIGGER append_only")
    rounds: dict[tuple[str, int], list[dict[str, object]]] = {}
    numbers: dict[tuple[str, int], int] = {}
    for row in published:
        document = dict(row.document)
        calendar = document.pop("calendar")
        document["responsibilities"] = [
            {**rule, "code": f"task-{place:02d}", "due_on": None}
            for place, rule in enumerate(document["responsibilities"], start=1)
        ]
        document["targets"] = [{**_OF_TARGET, **target} for target in document["targets"]]
        document |= {"tiers": [], "county_lines": [], "designation": dict.fromkeys(_DESIGNATION_RULES)}
        _restate(connection, row, document)
        years = sorted({entry["assessment_year"] for entry in calendar})
        for year in years:
            of_year = rounds.setdefault((row.programme, year), [])
            own = [_without_year(entry) for entry in calendar if entry["assessment_year"] == year]
            of_year += own
            numbers[row.programme, year] = numbers.get((row.programme, year), 0) + 1
            made = {
                "programme": row.programme,
                "assessment_year": year,
                "version": row.version,
                "document_number": document["document_number"],
                "published_on": document["published_on"],
                "rounds": list(of_year),
            }
            connection.execute(
                sa.text(
                    "INSERT INTO calendar_version VALUES (:programme, :year, :version, :number, :version, "
                    "cast(:document AS jsonb), :sha256, :published_at)"
                ),
                {
                    "programme": row.programme,
                    "year": year,
                    "version": row.version,
                    "number": numbers[row.programme, year],
                    "document": json.dumps(made, ensure_ascii=False),
                    "sha256": document_hash(made),
                    "published_at": row.published_at,
                },
            )
            connection.execute(
                sa.text(
                    "UPDATE filing_round SET assessment_year = :year, calendar_version = :version "
                    "WHERE code = ANY(:codes)"
                ),
                {"year": year, "version": row.version, "codes": [entry["code"] for entry in own]},
            )
    op.execute("ALTER TABLE programme_version ENABLE TRIGGER append_only")


def _without_year(entry: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in entry.items() if name != "assessment_year"}


def _restate(connection, row, document) -> None:
    """The same document in its new form; an event tells both hashes."""
    sha256 = document_hash(document)
    connection.execute(
        sa.text(
            "UPDATE programme_version SET document = cast(:document AS jsonb), sha256 = :sha256 "
            "WHERE programme = :programme AND version = :version"
        ),
        {
            "document": json.dumps(document, ensure_ascii=False),
            "sha256": sha256,
            "programme": row.programme,
            "version": row.version,
        },
    )
    data = {"version": row.version, "sha256_before": row.sha256, "sha256": sha256}
    connection.execute(
        sa.text(
            "INSERT INTO event VALUES (:id, 'programme.restated', :programme, :by, :by, cast(:data AS jsonb), :now)"
        ),
        {
            "id": uuid4(),
            "programme": row.programme,
            "by": BY,
            "data": json.dumps(data),
            "now": datetime.now(UTC),
        },
    )


def _releases() -> None:
    """One release for a round, where a year has several rounds of one kind: by the round of its snapshot."""
    op.add_column("received_release", sa.Column("round_code", TEXT, nullable=True))
    op.create_foreign_key(
        "fk_received_release_round_code_filing_round",
        "received_release",
        "filing_round",
        ["round_code"],
        ["code"],
    )
    op.execute("ALTER TABLE received_release DISABLE TRIGGER append_only")
    op.execute(
        "UPDATE received_release r SET round_code = s.round_code FROM snapshot s "
        "WHERE s.sha256 = convert_from(r.document, 'UTF8')::jsonb ->> 'snapshot_sha256'"
    )
    op.execute("ALTER TABLE received_release ENABLE TRIGGER append_only")
    op.drop_constraint("uq_received_release_programme_assessment_year_kind", "received_release")
    op.create_unique_constraint(
        "uq_received_release_programme_assessment_year_kind_round_code",
        "received_release",
        ["programme", "assessment_year", "kind", "round_code"],
        postgresql_nulls_not_distinct=True,
    )


def _tasks() -> None:
    op.create_table(
        "task_note",
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("task", TEXT, nullable=False),
        sa.Column("number", INTEGER, nullable=False, autoincrement=False),
        sa.Column("noted_on", sa.Date, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("percent", SMALL, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("standing", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("written_by", TEXT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("programme", "task", "number", name="pk_task_note"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="ck_task_note_percent"),
        sa.CheckConstraint("state IN ('in_progress', 'stuck', 'done')", name="ck_task_note_state"),
        sa.CheckConstraint("standing IN ('lead', 'joint', 'province')", name="ck_task_note_standing"),
        sa.CheckConstraint("percent IS NOT NULL OR state IS NOT NULL", name="ck_task_note_tells_progress"),
        sa.CheckConstraint("(state = 'done') = (percent = 100)", name="ck_task_note_done_is_all"),
    )
    make_append_only(op, "task_note")


def _case_notes() -> None:
    op.create_table(
        "case_note",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("cluster_code", TEXT, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("division_path", ARRAY(TEXT), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("what_was_done", TEXT, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("makers", ARRAY(TEXT), nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("reviewed_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("published_on", sa.Date, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_case_note"),
        sa.UniqueConstraint("cluster_code", "number", name="uq_case_note_cluster_code_number"),
        sa.ForeignKeyConstraint(["cluster_code"], ["cluster.code"], name="fk_case_note_cluster_code_cluster"),
        sa.CheckConstraint(
            "state IN ('submitted', 'sent_back', 'published', 'withdrawn')", name="ck_case_note_state"
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_on IS NOT NULL)",
            name="ck_case_note_published",
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent_back', 'withdrawn') OR reason IS NOT NULL", name="ck_case_note_reason"
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'sent_back') OR reviewed_by <> ALL (makers)",
            name="ck_case_note_reviewer_is_no_maker",
        ),
    )
    op.create_index(
        "ix_case_note_published",
        "case_note",
        ["published_on", "code"],
        postgresql_where=sa.text("state = 'published'"),
    )
    for statement in _FROM_REGISTER:
        op.execute(statement)


#: What the register held becomes notes that wait for their review; the register's history keeps the entries.
_FROM_REGISTER = (
    """
WITH RECURSIVE above AS (
    SELECT code AS county, code, parent_code, ARRAY[code] AS path FROM division
    UNION ALL
    SELECT a.county, d.code, d.parent_code, d.code || a.path FROM above a JOIN division d ON d.code = a.parent_code
), entry AS (
    SELECT c.code AS cluster, f.data, f.source, b.actor, b.unit, f.recorded_at, a.path,
        row_number() OVER (PARTITION BY c.code ORDER BY f.valid_from, f.id) AS number
    FROM register_fact f JOIN register_batch b ON b.id = f.batch_id JOIN cluster c ON c.code = f.data ->> 'cluster'
        JOIN above a ON a.county = c.county_code AND a.parent_code IS NULL
    WHERE f.register = 'case-notes' AND f.superseded_at IS NULL AND f.valid_to IS NULL
)
INSERT INTO case_note (code, cluster_code, number, division_path, state, version, title, text, what_was_done, figures,
    source, makers, unit, recorded_at)
SELECT cluster || '.' || number, cluster, number, path, 'submitted', 1, data ->> 'title', data ->> 'summary', '见正文',
    '[]', source, ARRAY[actor], unit, recorded_at
FROM entry
""",
    """
WITH moved AS (
    INSERT INTO register_batch (id, register, kind, actor, unit, note, added, changed, unchanged, business_date,
        recorded_at)
    SELECT gen_random_uuid(), 'case-notes', 'withdrawal', 'migration-0002', 'migration-0002', '转为待审核的典型经验',
        0, count(*), 0, current_date, now()
    FROM register_fact WHERE register = 'case-notes' AND superseded_at IS NULL HAVING count(*) > 0
    RETURNING id
)
UPDATE register_fact f SET superseded_at = now(), superseded_by = moved.id FROM moved
WHERE f.register = 'case-notes' AND f.superseded_at IS NULL
""",
)
