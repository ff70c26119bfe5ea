"""All tables of the registry: the common ones, reference data, programmes, files, filings, registers, decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.storage.migrations.register_guards import CHECK_BATCH, SUPERSEDE_ONLY
from shared.data.migrations import create_plumbing, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT, CODE, INTEGER, SMALL = sa.Text(), sa.Text(collation="C"), sa.Integer(), sa.SmallInteger()
BYTES, UUID, DAY, MOMENT = sa.LargeBinary(), sa.Uuid(), sa.Date(), sa.DateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")

APPEND_ONLY = (
    "programme_version",
    "catalogue_version",
    "upload_part",
    "import_run",
    "import_problem",
    "filing_step",
    "on_site_check",
    "evidence",
    "register_batch",
    "attested_aggregate",
    "snapshot",
    "received_release",
    "designation",
)


def upgrade() -> None:
    create_plumbing(op)
    _reference()
    _programmes()
    _files()
    _filings()
    _registers()
    _decisions()
    for statement in (*SUPERSEDE_ONLY, *CHECK_BATCH):
        op.execute(statement)
    for table in APPEND_ONLY:
        make_append_only(op, table)


def _reference() -> None:
    """Divisions with their history, industries."""
    op.create_table(
        "division",
        column("code", TEXT), column("name", TEXT), column("level", TEXT), column("kind", TEXT),
        column("parent_code", TEXT, null=True), column("pinyin", TEXT),
        column("longitude", sa.Numeric(9, 5), null=True), column("latitude", sa.Numeric(9, 5), null=True),
        column("area_km2", INTEGER, null=True), column("valid_from", DAY, null=True),
        column("valid_to", DAY, null=True), column("successor_code", TEXT, null=True),
        check("division", "level", "level IN ('province', 'prefecture', 'county')"),
        check("division", "parent", "(parent_code IS NULL) = (level = 'province')"),
        points_to("division", ["parent_code"], "division", ["code"], late=True),
        points_to("division", ["successor_code"], "division", ["code"], late=True),
        key("division", "code"),
    )  # fmt: skip
    op.create_table(
        "industry",
        column("code", TEXT), column("name", TEXT), column("level", SMALL), column("parent_code", TEXT, null=True),
        key("industry", "code"),
    )  # fmt: skip


def _programmes() -> None:
    """Published documents, rounds, clusters."""
    op.create_table(
        "programme_version",
        column("programme", TEXT), column("version", TEXT), column("division_code", TEXT), column("document", JSONB),
        column("sha256", TEXT),
        column("published_at", MOMENT),
        key("programme_version", "programme", "version"),
    )  # fmt: skip
    op.create_table(
        "catalogue_version",
        column("programme", TEXT), column("version", TEXT), column("document", JSONB), column("sha256", TEXT),
        column("published_at", MOMENT),
        points_to("catalogue_version", ["programme", "version"], "programme_version", ["programme", "version"]),
        key("catalogue_version", "programme", "version"),
    )  # fmt: skip
    op.create_table(
        "filing_round",
        column("code", TEXT), column("programme", TEXT), column("version", TEXT), column("kind", TEXT),
        check("filing_round", "kind", "kind IN ('application', 'assessment')"),
        points_to("filing_round", ["programme", "version"], "programme_version", ["programme", "version"]),
        key("filing_round", "code"),
    )  # fmt: skip
    op.create_table(
        "cluster",
        column("code", TEXT), column("county_code", TEXT), column("name", TEXT), column("leading_industry", TEXT),
        column("class_51020", TEXT, null=True), column("industry_codes", ARRAY(TEXT)), column("in_focus", sa.Boolean),
        column("waiver_reason", TEXT, null=True), column("registered_by", TEXT), column("registered_on", sa.Date),
        column("recorded_at", MOMENT),
        points_to("cluster", ["county_code"], "division", ["code"]), unique("cluster", ["county_code", "name"]),
        key("cluster", "code"),
    )  # fmt: skip


def _files() -> None:
    """Files in parts, and imports of them."""
    op.create_table(
        "upload",
        column("id", UUID), column("file_name", TEXT), column("bytes", sa.BigInteger), column("sha256", TEXT),
        column("kind", TEXT, null=True), column("purpose", TEXT), column("division", TEXT),
        column("uploaded_by", TEXT), column("recorded_at", MOMENT), column("completed_at", MOMENT, null=True),
        check("upload", "bytes", "bytes > 0"),
        check("upload", "completed", "(completed_at IS NULL) = (kind IS NULL)"),
        check("upload", "purpose", "purpose IN ('import', 'evidence')"),
        key("upload", "id"),
    )  # fmt: skip
    op.create_table(
        "upload_part",
        column("upload_id", UUID), column("number", INTEGER, autoincrement=False), column("content", BYTES),
        check("upload_part", "number", "number >= 1"),
        points_to("upload_part", ["upload_id"], "upload", ["id"]),
        key("upload_part", "upload_id", "number"),
    )  # fmt: skip
    op.create_table(
        "import_run",
        column("id", UUID), column("target", TEXT), column("mode", TEXT), column("state", TEXT),
        column("rows", INTEGER), column("errors", INTEGER), column("warnings", INTEGER), column("upload_id", UUID),
        column("batch_id", UUID, null=True), column("result", JSONB), column("division", TEXT),
        column("imported_by", TEXT), column("recorded_at", MOMENT),
        check("import_run", "mode", "mode IN ('check', 'apply')"),
        check("import_run", "state", "state IN ('checked', 'refused', 'applied')"),
        points_to("import_run", ["upload_id"], "upload", ["id"]),
        key("import_run", "id"),
    )  # fmt: skip
    op.create_table(
        "import_problem",
        column("import_id", UUID), column("number", INTEGER, autoincrement=False), column("row", INTEGER),
        column("field", TEXT), column("column_zh", TEXT), column("rule", TEXT), column("severity", TEXT),
        column("zh", TEXT), column("en", TEXT),
        points_to("import_problem", ["import_id"], "import_run", ["id"]),
        key("import_problem", "import_id", "number"),
    )  # fmt: skip


def _filings() -> None:
    """Filings with their history, and what lies beside them."""
    op.create_table(
        "filing",
        column("code", TEXT), column("kind", TEXT), column("round_code", TEXT), column("cluster_code", TEXT),
        column("division_path", ARRAY(TEXT)), column("state", TEXT), column("version", INTEGER),
        column("content_hash", TEXT), column("facts", JSONB), column("prepared_by", TEXT),
        column("signed_off_by", TEXT, null=True), column("signed_off_hash", TEXT, null=True),
        check("filing", "kind", "kind IN ('application', 'annual_return')"),
        check("filing", "sign_off_is_for_this_content",
              "state IN ('draft', 'accepted') OR signed_off_hash = content_hash"),
        check("filing", "signer_is_not_preparer", "signed_off_by <> prepared_by"),
        check("filing", "state", "state IN ('draft', 'signed_off', 'recommended', 'confirmed', 'accepted')"),
        points_to("filing", ["cluster_code"], "cluster", ["code"]),
        points_to("filing", ["round_code"], "filing_round", ["code"]),
        unique("filing", ["round_code", "cluster_code"]),
        key("filing", "code"),
    )  # fmt: skip
    op.create_table(
        "filing_value",
        column("filing_code", TEXT), column("indicator", TEXT), column("data_year", SMALL, autoincrement=False),
        column("state", TEXT), column("value", sa.Numeric, null=True), column("definition", TEXT),
        column("provenance", TEXT), column("source", TEXT), column("confirmed_by", TEXT, null=True),
        check("filing_value", "value_fits_state", "(state IN ('value', 'zero')) = (value IS NOT NULL)"),
        check("filing_value", "zero_is_zero", "state <> 'zero' OR value = 0"),
        points_to("filing_value", ["filing_code"], "filing", ["code"]),
        key("filing_value", "filing_code", "indicator", "data_year"),
    )  # fmt: skip
    op.create_table(
        "filing_waiver",
        column("filing_code", TEXT), column("rule", TEXT), column("indicator", TEXT),
        column("data_year", SMALL, autoincrement=False), column("reason", TEXT),
        points_to("filing_waiver", ["filing_code"], "filing", ["code"]),
        key("filing_waiver", "filing_code", "rule", "indicator", "data_year"),
    )  # fmt: skip
    op.create_table(
        "filing_step",
        column("filing_code", TEXT), column("number", INTEGER, autoincrement=False), column("step", TEXT),
        column("actor", TEXT), column("unit", TEXT), column("content_hash", TEXT),
        column("content", JSONB, null=True), column("note", TEXT, null=True), column("reasons", JSONB),
        column("business_date", DAY), column("recorded_at", MOMENT),
        points_to("filing_step", ["filing_code"], "filing", ["code"]),
        key("filing_step", "filing_code", "number"),
    )  # fmt: skip
    op.create_table(
        "on_site_check",
        column("id", UUID), column("filing_code", TEXT), column("indicator", TEXT), column("data_year", SMALL),
        column("original", sa.Numeric, null=True), column("confirmed", sa.Numeric), column("note", TEXT),
        column("checked_by", TEXT), column("unit", TEXT), column("business_date", DAY), column("recorded_at", MOMENT),
        points_to("on_site_check", ["filing_code"], "filing", ["code"]),
        key("on_site_check", "id"),
    )  # fmt: skip
    op.create_index("ix_on_site_check_filing_code", "on_site_check", ["filing_code"])
    op.create_table(
        "evidence",
        column("id", UUID), column("filing_code", TEXT), column("upload_id", UUID), column("kind", TEXT),
        column("title", TEXT), column("indicator", TEXT, null=True), column("data_year", SMALL, null=True),
        column("added_by", TEXT), column("recorded_at", MOMENT),
        check("evidence", "kind", "kind IN ('stamped_scan', 'table', 'contract', 'certificate', 'photo', 'other')"),
        points_to("evidence", ["filing_code"], "filing", ["code"]),
        points_to("evidence", ["upload_id"], "upload", ["id"]), unique("evidence", ["upload_id"]),
        key("evidence", "id"),
    )  # fmt: skip
    op.create_index("ix_evidence_filing_code", "evidence", ["filing_code"])


def _registers() -> None:
    """Entries with two times, and aggregates in place of figures of firms."""
    op.create_table(
        "register_batch",
        column("id", UUID), column("register", TEXT), column("kind", TEXT), column("actor", TEXT),
        column("unit", TEXT), column("note", TEXT, null=True), column("added", INTEGER), column("changed", INTEGER),
        column("unchanged", INTEGER), column("upload_id", UUID, null=True), column("business_date", DAY),
        column("recorded_at", MOMENT),
        check("register_batch", "kind", "kind IN ('edit', 'import', 'withdrawal')"),
        points_to("register_batch", ["upload_id"], "upload", ["id"]),
        key("register_batch", "id"),
    )  # fmt: skip
    op.create_table(
        "register_fact",
        column("id", sa.BigInteger, identity=True), column("register", TEXT), column("key", CODE),
        column("county_code", TEXT), column("name", TEXT), column("sort_key", CODE), column("initials", TEXT),
        column("grams", ARRAY(TEXT)), column("valid_from", DAY), column("valid_to", DAY, null=True),
        column("source", TEXT), column("period", TEXT), column("definition", TEXT), column("provenance", TEXT),
        column("data", JSONB), column("batch_id", UUID), column("recorded_at", MOMENT),
        column("superseded_at", MOMENT, null=True), column("superseded_by", UUID, null=True),
        check("register_fact", "interval", "valid_to > valid_from"),
        check("register_fact", "provenance", "provenance IN ('reported', 'published', 'synthetic', 'derived')"),
        check("register_fact", "superseded", "(superseded_at IS NULL) = (superseded_by IS NULL)"),
        key("register_fact", "id"),
    )  # fmt: skip
    for wide in (
        "grams",
        "data",
        "initials",
        "definition",
        "source",
    ):  # never estimated by, and slow to sample
        op.execute(f"ALTER TABLE register_fact ALTER COLUMN {wide} SET STATISTICS 0")
    op.create_index("ix_register_fact_batch", "register_fact", ["batch_id"])
    op.create_index(
        "ix_register_fact_cluster",
        "register_fact",
        [sa.text("(data ->> 'cluster')"), "register"],
        postgresql_where=sa.text("superseded_at IS NULL AND (data ->> 'cluster') IS NOT NULL"),
    )
    op.create_index(
        "ix_register_fact_county", "register_fact", ["county_code", "register"], postgresql_where=LIVE
    )
    op.create_index(
        "ix_register_fact_grams", "register_fact", ["grams"], postgresql_using="gin", postgresql_where=LIVE
    )
    op.create_index(
        "ix_register_fact_sort", "register_fact", ["register", "sort_key", "key"], postgresql_where=LIVE
    )
    op.create_index(
        "uq_register_fact_open",
        "register_fact",
        ["register", "key"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
    )
    op.create_index(
        "uq_register_fact_start",
        "register_fact",
        ["register", "key", "valid_from"],
        unique=True,
        postgresql_where=LIVE,
    )
    op.create_table(
        "attested_aggregate",
        column("id", UUID), column("cluster_code", TEXT), column("indicator", TEXT), column("data_year", SMALL),
        column("value", sa.Numeric), column("department", TEXT), column("document_number", TEXT),
        column("note", TEXT, null=True), column("attested_by", TEXT), column("recorded_at", MOMENT),
        points_to("attested_aggregate", ["cluster_code"], "cluster", ["code"]),
        key("attested_aggregate", "id"),
    )  # fmt: skip
    op.create_index(
        "ix_attested_aggregate_cluster_code", "attested_aggregate", ["cluster_code", "indicator", "data_year"]
    )


def _decisions() -> None:
    """What is decided on accepted values."""
    op.create_table(
        "snapshot",
        column("sha256", TEXT), column("round_code", TEXT), column("document", BYTES), column("number", INTEGER),
        column("frozen_by", TEXT), column("recorded_at", MOMENT),
        points_to("snapshot", ["round_code"], "filing_round", ["code"]), unique("snapshot", ["round_code", "number"]),
        key("snapshot", "sha256"),
    )  # fmt: skip
    op.create_index("ix_snapshot_round_code", "snapshot", ["round_code"])
    op.create_table(
        "received_release",
        column("sha256", TEXT), column("document", BYTES), column("signature", TEXT), column("key_id", TEXT),
        column("programme", TEXT), column("assessment_year", SMALL), column("kind", TEXT),
        column("recorded_at", MOMENT),
        unique("received_release", ["programme", "assessment_year", "kind"]),
        key("received_release", "sha256"),
    )  # fmt: skip
    op.create_table(
        "designation",
        column("cluster_code", TEXT), column("release_sha256", TEXT), column("programme", TEXT),
        column("programme_version", TEXT), column("status", TEXT), column("level", TEXT),
        column("document_number", TEXT), column("effective_from", DAY), column("recorded_at", MOMENT),
        check("designation", "status", "status IN ('designated', 'cultivated', 'refused', 'rectification', 'removed')"),
        points_to("designation", ["cluster_code"], "cluster", ["code"]),
        points_to("designation", ["release_sha256"], "received_release", ["sha256"]),
        key("designation", "cluster_code", "release_sha256"),
    )  # fmt: skip
    op.create_index("ix_designation_effective_from", "designation", ["effective_from"])


def column(name, kind, *, null=False, identity=False, **more):
    extra = [sa.Identity(always=True)] if identity else []
    return sa.Column(name, kind, *extra, nullable=null, **more)


def key(table, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table, columns):
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def check(table, name, rule):
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def points_to(table, columns, target, its, *, late=False):
    more = {"deferrable": True, "initially": "DEFERRED"} if late else {}
    name = f"fk_{table}_{'_'.join(columns)}_{target}"
    return sa.ForeignKeyConstraint(columns, [f"{target}.{code}" for code in its], name=name, **more)
