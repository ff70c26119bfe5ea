"""Registers with two times, uploads in parts, imports with their problems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.data.migrations import make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT, INTEGER, MOMENT = sa.Text(), sa.Integer(), sa.DateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")


def column(name, kind, *, null=False, identity=False, **more):
    extra = [sa.Identity(always=True)] if identity else []
    return sa.Column(name, kind, *extra, nullable=null, **more)


def check(table, name, rule):
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _uploads()
    _registers()
    _imports()
    for statement in (*SUPERSEDE_ONLY, *CHECK_BATCH):
        op.execute(statement)
    for table in ("register_batch", "import_run", "import_problem", "upload_part"):
        make_append_only(op, table)


def _uploads() -> None:
    op.create_table(
        "upload",
        column("id", sa.Uuid()), column("file_name", TEXT), column("bytes", sa.BigInteger()),
        column("sha256", TEXT), column("kind", TEXT, null=True), column("purpose", TEXT), column("division", TEXT),
        column("uploaded_by", TEXT), column("recorded_at", MOMENT), column("completed_at", MOMENT, null=True),
        check("upload", "purpose", "purpose IN ('import', 'evidence')"),
        check("upload", "bytes", "bytes > 0"),
        check("upload", "completed", "(completed_at IS NULL) = (kind IS NULL)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )  # fmt: skip
    op.create_table(
        "upload_part",
        column("upload_id", sa.Uuid()), column("number", INTEGER, autoincrement=False),
        column("content", sa.LargeBinary()),
        check("upload_part", "number", "number >= 1"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id_upload")),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_upload_part")),
    )  # fmt: skip


def _registers() -> None:
    op.create_table(
        "register_batch",
        column("id", sa.Uuid()), column("register", TEXT), column("kind", TEXT), column("actor", TEXT),
        column("unit", TEXT), column("note", TEXT, null=True), column("added", INTEGER), column("changed", INTEGER),
        column("unchanged", INTEGER), column("upload_id", sa.Uuid(), null=True), column("business_date", sa.Date()),
        column("recorded_at", MOMENT),
        check("register_batch", "kind", "kind IN ('edit', 'import', 'withdrawal')"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_register_batch_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_batch")),
    )  # fmt: skip
    op.create_table(
        "register_fact",
        column("id", sa.BigInteger(), identity=True), column("register", TEXT), column("key", sa.Text(collation="C")),
        column("county_code", TEXT), column("name", TEXT), column("sort_key", sa.Text(collation="C")),
        column("initials", TEXT), column("grams", postgresql.ARRAY(TEXT)), column("valid_from", sa.Date()),
        column("valid_to", sa.Date(), null=True), column("source", TEXT), column("period", TEXT),
        column("definition", TEXT), column("provenance", TEXT), column("data", postgresql.JSONB()),
        column("batch_id", sa.Uuid()), column("recorded_at", MOMENT), column("superseded_at", MOMENT, null=True),
        column("superseded_by", sa.Uuid(), null=True),
        check("register_fact", "interval", "valid_to > valid_from"),
        check("register_fact", "superseded", "(superseded_at IS NULL) = (superseded_by IS NULL)"),
        check("register_fact", "provenance", "provenance IN ('reported', 'published', 'synthetic', 'derived')"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_fact")),
    )  # fmt: skip
    for wide in (
        "grams",
        "data",
        "initials",
        "definition",
        "source",
    ):  # never estimated by, and slow to sample
        op.execute(f"ALTER TABLE register_fact ALTER COLUMN {wide} SET STATISTICS 0")
    where = {"postgresql_where": LIVE}
    op.create_index(
        "uq_register_fact_start", "register_fact", ["register", "key", "valid_from"], unique=True, **where
    )
    op.create_index(
        "uq_register_fact_open", "register_fact", ["register", "key"], unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
    )  # fmt: skip
    op.create_index("ix_register_fact_sort", "register_fact", ["register", "sort_key", "key"], **where)
    op.create_index("ix_register_fact_county", "register_fact", ["county_code", "register"], **where)
    op.create_index(
        "ix_register_fact_cluster", "register_fact", [sa.text("(data ->> 'cluster')"), "register"],
        postgresql_where=sa.text("superseded_at IS NULL AND (data ->> 'cluster') IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_register_fact_batch", "register_fact", ["batch_id"])
    op.create_index("ix_register_fact_grams", "register_fact", ["grams"], postgresql_using="gin", **where)


def _imports() -> None:
    op.create_table(
        "import_run",
        column("id", sa.Uuid()), column("target", TEXT), column("mode", TEXT), column("state", TEXT),
        column("rows", INTEGER), column("errors", INTEGER), column("warnings", INTEGER), column("upload_id", sa.Uuid()),
        column("batch_id", sa.Uuid(), null=True), column("result", postgresql.JSONB()), column("division", TEXT),
        column("imported_by", TEXT), column("recorded_at", MOMENT),
        check("import_run", "mode", "mode IN ('check', 'apply')"),
        check("import_run", "state", "state IN ('checked', 'refused', 'applied')"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_import_run_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )  # fmt: skip
    op.create_table(
        "import_problem",
        column("import_id", sa.Uuid()), column("number", INTEGER, autoincrement=False), column("row", INTEGER),
        column("field", TEXT), column("column_zh", TEXT), column("rule", TEXT), column("severity", TEXT),
        column("zh", TEXT), column("en", TEXT),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_problem_import_id_import_run")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_problem")),
    )  # fmt: skip


#: An entry changes only by being superseded, once; it is never deleted.
SUPERSEDE_ONLY = (
    """
CREATE TRIGGER supersede_only BEFORE UPDATE ON register_fact FOR EACH ROW
WHEN (OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL OR
      (OLD.id, OLD.register, OLD.key, OLD.county_code, OLD.name, OLD.valid_from, OLD.valid_to, OLD.source, OLD.period,
       OLD.definition, OLD.provenance, OLD.data, OLD.batch_id, OLD.recorded_at)
      IS DISTINCT FROM
      (NEW.id, NEW.register, NEW.key, NEW.county_code, NEW.name, NEW.valid_from, NEW.valid_to, NEW.source, NEW.period,
       NEW.definition, NEW.provenance, NEW.data, NEW.batch_id, NEW.recorded_at))
EXECUTE FUNCTION refuse_change()
""",
    "CREATE TRIGGER never_deleted BEFORE DELETE ON register_fact FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER never_truncated BEFORE TRUNCATE ON register_fact "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

#: Once per batch, when it commits: no key has two entries at one time, and the shares of a firm that several
#: clusters count add up to exactly 1. Rows of the same firm are locked, so two batches at once take turns.
CHECK_BATCH = (
    """
CREATE FUNCTION check_register_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong text;
BEGIN
    SELECT min(n.key) INTO wrong FROM register_fact n JOIN register_fact o
        ON o.register = n.register AND o.key = n.key AND o.id <> n.id AND o.superseded_at IS NULL
        AND o.valid_from < coalesce(n.valid_to, 'infinity') AND n.valid_from < coalesce(o.valid_to, 'infinity')
    WHERE n.batch_id = NEW.id AND n.superseded_at IS NULL; -- min, not LIMIT 1: none is what is expected
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'two entries of % at one time in %', wrong, NEW.register USING ERRCODE = 'exclusion_violation';
    END IF;
    IF NEW.register <> 'cluster-memberships' THEN RETURN NULL; END IF;
    PERFORM 1 FROM register_fact e WHERE e.register = 'enterprises' AND e.superseded_at IS NULL AND e.key IN
        (SELECT data->>'enterprise' FROM register_fact WHERE batch_id = NEW.id OR superseded_by = NEW.id)
        ORDER BY e.id FOR UPDATE;
    SELECT enterprise INTO wrong FROM register_shares_off(NEW.id) LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the shares of % do not add up to 1', wrong USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION register_shares_off(batch uuid) RETURNS TABLE (enterprise text, on_day date, total numeric)
LANGUAGE sql STABLE AS $$
    WITH firm AS (
        SELECT DISTINCT data->>'enterprise' AS code FROM register_fact
        WHERE register = 'cluster-memberships' AND (batch_id = batch OR superseded_by = batch)
    ), share AS (
        SELECT firm.code, f.valid_from, coalesce(f.valid_to, 'infinity'::date) AS valid_to,
            (f.data->>'split')::numeric AS split
        FROM firm JOIN register_fact f ON f.register = 'cluster-memberships' AND f.superseded_at IS NULL
            AND f.key >= firm.code || '|' AND f.key < firm.code || '}'
    ), day AS (
        SELECT code, valid_from AS day FROM share UNION SELECT code, valid_to FROM share WHERE valid_to < 'infinity'
    )
    SELECT day.code, day.day, sum(share.split) FROM day JOIN share
        ON share.code = day.code AND share.valid_from <= day.day AND day.day < share.valid_to
    GROUP BY day.code, day.day HAVING sum(share.split) <> 1
$$
""",
    """
CREATE CONSTRAINT TRIGGER checked_at_commit AFTER INSERT ON register_batch DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_register_batch()
""",
)
