"""The first schema: the ledger, rules, rounds, award lists, fund orders, payments, projects.

A transfer is posted by one call of ``post_transfer``. Entries are added in their transfer's own transaction only; at
commit one deferred check for each transfer (not for each line, which would be quadratic) finds the promised number of
lines and the sum zero. Transfers and entries are never changed; an account changes only together with a new entry.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.data.migrations import create_plumbing, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MAX_FEN = 2**53 - 1

# SQLSTATE: FL001 key reused, FL004 unbalanced or malformed, FL005 not the reverse of what it reverses, FL006 reversed
# already; that no balance leaves its limits is the account's own constraint. All accounts are locked in the order of
# their ids, so two transfers at once never wait for each other in a circle. Where accounts are not open yet, nothing is
# done and ``unopened`` is true: the caller opens them and posts again, so the usual call carries codes and amounts.
POST_TRANSFER = """
CREATE FUNCTION post_transfer(
    new_id uuid, new_kind text, new_key text, new_body_hash text, new_reverses uuid, new_effective_at date,
    new_description text, new_actor text, line_codes text[], line_amounts bigint[],
    OUT posted_id uuid, OUT replayed boolean, OUT unopened boolean
) LANGUAGE plpgsql AS $$
DECLARE
    known record;
    given record;
    line_count integer := coalesce(cardinality(line_codes), 0);
    locked integer;
BEGIN
    unopened := false;
    SELECT t.id, t.body_hash INTO known FROM transfer t WHERE t.idempotency_key = new_key;
    IF FOUND THEN
        IF known.body_hash <> new_body_hash THEN
            RAISE EXCEPTION 'the key % was used for another transfer', new_key USING ERRCODE = 'FL001';
        END IF;
        posted_id := known.id; replayed := true; RETURN;
    END IF;

    SELECT count(DISTINCT line.code) AS accounts, sum(line.amount) AS total, bool_or(line.amount = 0) AS idle
    INTO given
    FROM unnest(line_codes, line_amounts) AS line (code, amount);
    IF line_count < 2 OR line_count <> cardinality(line_amounts) OR given.accounts <> line_count
       OR given.total <> 0 OR given.idle THEN
        RAISE EXCEPTION 'a transfer has at least two lines, one for each account, that add up to zero'
            USING ERRCODE = 'FL004';
    END IF;
    PERFORM 1 FROM account a WHERE a.code = ANY (line_codes) ORDER BY a.id FOR UPDATE;
    GET DIAGNOSTICS locked = ROW_COUNT;
    IF locked < line_count THEN
        unopened := true; RETURN;
    END IF;
    IF new_reverses IS NOT NULL THEN
        PERFORM check_reversal(new_reverses, line_codes, line_amounts);
    END IF;

    INSERT INTO transfer (id, kind, idempotency_key, body_hash, reverses, effective_at, recorded_at, description,
                          actor, line_count, transaction_id)
    VALUES (new_id, new_kind, new_key, new_body_hash, new_reverses, new_effective_at, clock_timestamp(),
            new_description, new_actor, line_count, pg_current_xact_id()::text::bigint)
    ON CONFLICT (idempotency_key) DO NOTHING;
    IF NOT FOUND THEN
        SELECT t.id, t.body_hash INTO STRICT known FROM transfer t WHERE t.idempotency_key = new_key;
        IF known.body_hash <> new_body_hash THEN
            RAISE EXCEPTION 'the key % was used for another transfer', new_key USING ERRCODE = 'FL001';
        END IF;
        posted_id := known.id; replayed := true; RETURN;
    END IF;

    WITH moved AS (
        UPDATE account a SET balance = a.balance + line.amount, version = a.version + 1
        FROM unnest(line_codes, line_amounts) WITH ORDINALITY AS line (code, amount, number)
        WHERE a.code = line.code
        RETURNING a.id, a.version, a.balance, line.amount, line.number
    )
    INSERT INTO entry (transfer_id, line, account_id, account_version, amount, balance_after)
    SELECT new_id, moved.number, moved.id, moved.version, moved.amount, moved.balance FROM moved;
    posted_id := new_id; replayed := false;
END $$
"""

CHECK_REVERSAL = """
CREATE FUNCTION check_reversal(reversed uuid, line_codes text[], line_amounts bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM transfer t WHERE t.id = reversed AND t.reverses IS NULL;
    IF NOT FOUND OR EXISTS (
        SELECT 1
        FROM (
            SELECT a.code, -e.amount AS amount FROM entry e JOIN account a ON a.id = e.account_id
            WHERE e.transfer_id = reversed
        ) was
        FULL JOIN unnest(line_codes, line_amounts) AS now (code, amount)
            ON now.code = was.code AND now.amount = was.amount
        WHERE was.code IS NULL OR now.code IS NULL
    ) THEN
        RAISE EXCEPTION 'this is not the reverse of the transfer that it names' USING ERRCODE = 'FL005';
    END IF;
    PERFORM 1 FROM transfer t WHERE t.reverses = reversed;
    IF FOUND THEN
        RAISE EXCEPTION 'this transfer is reversed already' USING ERRCODE = 'FL006';
    END IF;
END $$
"""

OPEN_ACCOUNTS = """
CREATE FUNCTION open_accounts(
    codes text[], purposes text[], divisions text[], appropriations text[], clusters text[], holders text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM account a WHERE a.code = ANY (codes)) < cardinality(codes) THEN
        INSERT INTO account (code, purpose, division_code, appropriation, cluster, holder, minimum)
        SELECT new.code, new.purpose, new.division, new.appropriation, new.cluster, new.holder,
               CASE WHEN new.purpose = 'source' THEN -9007199254740991 ELSE 0 END
        FROM unnest(codes, purposes, divisions, appropriations, clusters, holders)
            AS new (code, purpose, division, appropriation, cluster, holder)
        ORDER BY new.code
        ON CONFLICT (code) DO NOTHING;
    END IF;
END $$
"""

# Once for each transfer, at commit.
CHECK_TRANSFER = """
CREATE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    total numeric;
BEGIN
    SELECT count(*), coalesce(sum(amount), 0) INTO lines, total FROM entry WHERE transfer_id = NEW.id;
    IF total <> 0 OR lines < 2 OR lines <> NEW.line_count THEN
        RAISE EXCEPTION 'the transfer % has % line(s) with the sum %', NEW.id, lines, total USING ERRCODE = 'FL004';
    END IF;
    RETURN NULL;
END $$
"""

# Once for each statement that adds entries: nothing joins a transfer of another transaction, no line goes beyond the
# number that the transfer promised (so the check at commit cannot be run early and then outlived), and the accounts
# exist: one check of a statement, where a foreign key would be checked row by row. Neither is ever deleted, so it holds
# for good. Each transfer is looked up by its key: a plan is made once for a connection, and a join that was planned on
# an empty ledger would go on to read all transfers at every post.
CHECK_ENTRIES = """
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_transaction bigint := pg_current_xact_id()::text::bigint;
    own record;
BEGIN
    FOR own IN SELECT a.transfer_id, max(a.line) AS last FROM added a GROUP BY a.transfer_id LOOP
        PERFORM 1 FROM transfer t
        WHERE t.id = own.transfer_id AND t.transaction_id = this_transaction AND t.line_count >= own.last;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entries are added in the transaction of their transfer only'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM account c WHERE c.id = a.account_id)) THEN
        RAISE EXCEPTION 'an entry names an account that does not exist' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""

# Once for each statement that touches accounts: a new one is empty, and a balance moves only together with the entry
# that says so. Nothing else of an account ever changes.
CHECK_NEW_ACCOUNTS = """
CREATE FUNCTION check_new_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM now WHERE balance <> 0 OR version <> 0) THEN
        RAISE EXCEPTION 'a new account is empty' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

CHECK_ACCOUNTS = """
CREATE FUNCTION check_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM now) <> (
        SELECT count(*)
        FROM now
        JOIN was ON was.id = now.id AND was.version + 1 = now.version
            AND (was.code, was.purpose, was.division_code, was.appropriation, was.minimum)
              = (now.code, now.purpose, now.division_code, now.appropriation, now.minimum)
            AND was.cluster IS NOT DISTINCT FROM now.cluster
            AND was.holder IS NOT DISTINCT FROM now.holder
        JOIN entry e ON e.account_id = now.id AND e.account_version = now.version
            AND e.balance_after = now.balance AND e.amount = now.balance - was.balance
    ) THEN
        RAISE EXCEPTION 'an account changes by entries only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

# What a round was opened on never changes, and its state moves along its life only.
ROUND_GUARD = """
CREATE FUNCTION refuse_round_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' - 'reserve_transfer' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'reserve_transfer'
       OR (OLD.state, NEW.state) NOT IN (
            ('draft', 'simulated'), ('draft', 'allocated'), ('simulated', 'allocated'), ('allocated', 'proposed'),
            ('proposed', 'reviewed'), ('proposed', 'allocated'), ('reviewed', 'issued'), ('issued', 'passed_down'),
            ('passed_down', 'closed'), ('draft', 'withdrawn'), ('simulated', 'withdrawn'),
            ('allocated', 'withdrawn'), ('proposed', 'withdrawn'), ('reviewed', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'a round cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# An order's content is fixed; it leaves the state "proposed" once.
ORDER_GUARD = """
CREATE FUNCTION refuse_order_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- "line" is computed after this
    IF to_jsonb(NEW) - 'state' - 'transfer_id' - 'line' IS DISTINCT FROM
       to_jsonb(OLD) - 'state' - 'transfer_id' - 'line'
       OR OLD.state <> 'proposed' OR NEW.state NOT IN ('approved', 'rejected', 'withdrawn')
    THEN
        RAISE EXCEPTION 'a fund order cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A line is whose it is under its code; what is corrected of it is kept beside it.
LINE_GUARD = """
CREATE FUNCTION refuse_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.division_code, NEW.fund_order, NEW.recorded_at)
       IS DISTINCT FROM (OLD.code, OLD.division_code, OLD.fund_order, OLD.recorded_at)
    THEN
        RAISE EXCEPTION 'an appropriation cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A plan stays a plan of its quota; what is closed stays closed.
PLAN_GUARD = """
CREATE FUNCTION refuse_plan_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.county_code, NEW.code, NEW.appropriation, NEW.cluster, NEW.split_from, NEW.registered_by,
        NEW.registered_on, NEW.recorded_at)
       IS DISTINCT FROM (OLD.county_code, OLD.code, OLD.appropriation, OLD.cluster, OLD.split_from, OLD.registered_by,
        OLD.registered_on, OLD.recorded_at)
       OR OLD.state = 'closed'
    THEN
        RAISE EXCEPTION 'a budget project cannot change like this' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

FUNCTIONS = (
    OPEN_ACCOUNTS,
    CHECK_REVERSAL,
    POST_TRANSFER,
    CHECK_TRANSFER,
    CHECK_ENTRIES,
    CHECK_NEW_ACCOUNTS,
    CHECK_ACCOUNTS,
    ROUND_GUARD,
    ORDER_GUARD,
    LINE_GUARD,
    PLAN_GUARD,
)

TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER transfer_is_balanced AFTER INSERT ON transfer DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION check_transfer()",
    "CREATE TRIGGER entries_of_own_transfer AFTER INSERT ON entry REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION check_entries()",
    "CREATE TRIGGER new_accounts_are_empty AFTER INSERT ON account REFERENCING NEW TABLE AS now "
    "FOR EACH STATEMENT EXECUTE FUNCTION check_new_accounts()",
    "CREATE TRIGGER accounts_follow_entries AFTER UPDATE ON account "
    "REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION check_accounts()",
    "CREATE TRIGGER round_is_fixed BEFORE UPDATE ON round FOR EACH ROW EXECUTE FUNCTION refuse_round_change()",
    "CREATE TRIGGER fund_order_is_fixed BEFORE UPDATE ON fund_order "
    "FOR EACH ROW EXECUTE FUNCTION refuse_order_change()",
    "CREATE TRIGGER appropriation_is_fixed BEFORE UPDATE ON appropriation "
    "FOR EACH ROW EXECUTE FUNCTION refuse_line_change()",
    "CREATE TRIGGER budget_project_is_fixed BEFORE UPDATE ON budget_project "
    "FOR EACH ROW EXECUTE FUNCTION refuse_plan_change()",
)

APPEND_ONLY = (
    "transfer", "transfer_number", "entry", "ledger_seal", "transfer_seal", "incentive_version", "evidence",
    "appropriation_correction", "round_step", "simulation", "allocation", "award", "award_list",
    "award_list_number", "fund_order_step", "deduction", "deduction_made", "budget_project_step", "payment_batch",
    "treasury_payment", "treasury_return", "reconciliation", "project", "priority_result", "quota_notice_code",
)  # fmt: skip


def upgrade() -> None:
    create_plumbing(op)
    _ledger()
    _rules()
    _rounds()
    _orders()
    _payments()
    _projects()
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    for table in APPEND_ONLY:
        make_append_only(op, table)
    for table in ("account", "round", "fund_order", "appropriation", "budget_project"):
        _keep_rows(table)


def _keep_rows(table: str) -> None:
    """Rows may change as a trigger of their own allows; none ever goes."""
    for name, occasion in ((f"{table}_stays", "DELETE"), (f"{table}_stays_truncate", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {occasion} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _ledger() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            f"balance >= minimum AND balance <= {MAX_FEN}", name=op.f("ck_account_balance_within_limits")
        ),
        sa.CheckConstraint(f"minimum BETWEEN -{MAX_FEN} AND 0", name=op.f("ck_account_minimum_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
    )
    op.create_index(op.f("ix_account_appropriation"), "account", ["appropriation"])
    op.create_index(
        "ix_account_holder", "account", ["holder"], postgresql_where=sa.text("holder IS NOT NULL")
    )
    # Room in each page for the next version of a balance, so that an update touches no index (it is "heap-only").
    op.execute("ALTER TABLE account SET (fillfactor = 40)")
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("effective_at", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["reverses"], ["transfer.id"], name=op.f("fk_transfer_reverses_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transfer_idempotency_key")),
        sa.UniqueConstraint("reverses", name=op.f("uq_transfer_reverses")),
    )
    op.create_table(
        "transfer_number",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_number_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transfer_number")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_transfer_number_transfer_id")),
    )
    op.create_table(
        "entry",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entry_amount_moves")),
        sa.CheckConstraint("line >= 1 AND account_version >= 1", name=op.f("ck_entry_numbers_from_one")),
        sa.PrimaryKeyConstraint("account_id", "account_version", name=op.f("pk_entry")),
        sa.UniqueConstraint("transfer_id", "line", name=op.f("uq_entry_transfer_id_line")),
    )
    op.create_table(
        "ledger_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("total_transfers", sa.BigInteger(), nullable=False),
        sa.Column("total_debits_fen", sa.Numeric(), nullable=False),
        sa.Column("sealed_by", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_seal")),
    )
    op.create_table(
        "transfer_seal",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("seal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seal"], ["ledger_seal.number"], name=op.f("fk_transfer_seal_seal_ledger_seal")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_seal_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer_seal")),
    )
    op.create_index(op.f("ix_transfer_seal_seal"), "transfer_seal", ["seal"])


def _rules() -> None:
    op.create_table(
        "incentive_version",
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("incentive", "version", name=op.f("pk_incentive_version")),
    )
    op.create_table(
        "evidence",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(kind = 'release') = (signature IS NOT NULL)", name=op.f("ck_evidence_release_is_signed")
        ),
        sa.CheckConstraint("kind IN ('release', 'designation_set')", name=op.f("ck_evidence_kind")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence")),
    )


def _rounds() -> None:
    op.create_table(
        "appropriation",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.Date(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("predecessor", sa.Text(), nullable=True),
        sa.Column("budget_approved_on", sa.Date(), nullable=True),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_appropriation_amount_range")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_appropriation_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_appropriation")),
    )
    op.create_table(
        "round",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("assessment_year", sa.SmallInteger(), nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=False),
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("incentive_version", sa.Text(), nullable=False),
        sa.Column("release_sha256", sa.Text(), nullable=False),
        sa.Column("designations_sha256", sa.Text(), nullable=False),
        sa.Column("pool_fen", sa.BigInteger(), nullable=False),
        sa.Column("second_reward_ground", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserve_transfer", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'simulated', 'allocated', 'proposed', 'reviewed', 'issued', 'passed_down', 'closed', "
            "'withdrawn')",
            name=op.f("ck_round_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'simulated', 'withdrawn') OR reserve_transfer IS NOT NULL",
            name=op.f("ck_round_money_is_held"),
        ),
        sa.CheckConstraint(f"pool_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_round_pool_range")),
        sa.ForeignKeyConstraint(
            ["appropriation"], ["appropriation.code"], name=op.f("fk_round_appropriation_appropriation")
        ),
        sa.ForeignKeyConstraint(
            ["designations_sha256"], ["evidence.sha256"], name=op.f("fk_round_designations_sha256_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["incentive", "incentive_version"],
            ["incentive_version.incentive", "incentive_version.version"],
            name="fk_round_incentive_rules",
        ),
        sa.ForeignKeyConstraint(
            ["release_sha256"], ["evidence.sha256"], name=op.f("fk_round_release_sha256_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["reserve_transfer"], ["transfer.id"], name=op.f("fk_round_reserve_transfer_transfer")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_round")),
        sa.UniqueConstraint(
            "programme",
            "fiscal_year",
            "purpose",
            "number",
            name=op.f("uq_round_programme_fiscal_year_purpose_number"),
        ),
    )
    op.create_index(
        "ix_round_one_live",
        "round",
        ["programme", "fiscal_year", "purpose"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn' AND second_reward_ground IS NULL"),
    )
    op.create_index(
        "ix_round_one_live_of_line",
        "round",
        ["appropriation"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "round_step",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_round_step_round_round")),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_round_step")),
    )
    op.create_table(
        "simulation",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("simulated_by", sa.Text(), nullable=False),
        sa.Column("simulated_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_simulation_round_round")),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_simulation")),
    )
    op.create_table(
        "allocation",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("reserve_fen", sa.BigInteger(), nullable=False),
        sa.Column("awarded_fen", sa.BigInteger(), nullable=False),
        sa.Column("unallocated_fen", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "disposition IN ('reserve', 'return', 'carry_over')", name=op.f("ck_allocation_disposition")
        ),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_allocation_round_round")),
        sa.PrimaryKeyConstraint("round", name=op.f("pk_allocation")),
    )
    op.create_table(
        "award",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("county_name", sa.Text(), nullable=False),
        sa.Column("division_path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_award_amount_is_positive")),
        sa.ForeignKeyConstraint(["round"], ["allocation.round"], name=op.f("fk_award_round_allocation")),
        sa.PrimaryKeyConstraint("round", "serial", name=op.f("pk_award")),
        sa.UniqueConstraint("round", "cluster", name=op.f("uq_award_round_cluster")),
    )
    op.create_table(
        "award_list",
        sa.Column("list_number", sa.Text(), nullable=False),
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.code"], name=op.f("fk_award_list_round_round")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_award_list_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("list_number", name=op.f("pk_award_list")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_award_list_fiscal_year_number")),
        sa.UniqueConstraint("round", name=op.f("uq_award_list_round")),
        sa.UniqueConstraint("sha256", name=op.f("uq_award_list_sha256")),
    )


def _orders() -> None:
    op.create_table(
        "fund_order",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("budget_division", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("division_path", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(kind = 'grant') = (division_path IS NOT NULL)", name=op.f("ck_fund_order_grant_has_path")
        ),
        sa.CheckConstraint(
            "state = 'approved' OR transfer_id IS NULL", name=op.f("ck_fund_order_moved_when_approved")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name=op.f("ck_fund_order_state")
        ),
        sa.Column(
            "line",
            sa.Text(),
            sa.Computed(
                "CASE WHEN (kind <> 'appropriation'::text) THEN appropriation ELSE NULL::text END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["line"], ["appropriation.code"], name=op.f("fk_fund_order_line_appropriation")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_fund_order_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fund_order")),
        sa.UniqueConstraint(
            "fiscal_year",
            "division_code",
            "running",
            name=op.f("uq_fund_order_fiscal_year_division_code_running"),
        ),
    )
    op.create_index(op.f("ix_fund_order_appropriation"), "fund_order", ["appropriation"])
    op.create_index(
        "ix_fund_order_document_number",
        "fund_order",
        ["document_number"],
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )
    op.create_index(
        "ix_fund_order_new_line",
        "fund_order",
        ["appropriation"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved') AND kind = 'appropriation'"),
    )
    op.create_foreign_key(
        op.f("fk_appropriation_fund_order_fund_order"),
        "appropriation",
        "fund_order",
        ["fund_order"],
        ["number"],
    )
    op.create_table(
        "appropriation_correction",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["appropriation"],
            ["appropriation.code"],
            name=op.f("fk_appropriation_correction_appropriation_appropriation"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"],
            ["fund_order.number"],
            name=op.f("fk_appropriation_correction_fund_order_fund_order"),
        ),
        sa.PrimaryKeyConstraint("fund_order", name=op.f("pk_appropriation_correction")),
    )
    op.create_index(
        op.f("ix_appropriation_correction_appropriation"), "appropriation_correction", ["appropriation"]
    )
    op.create_table(
        "award_list_number",
        sa.Column("list_number", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("issued_by_office_on", sa.Date(), nullable=False),
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["list_number"],
            ["award_list.list_number"],
            name=op.f("fk_award_list_number_list_number_award_list"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_award_list_number_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("list_number", "number", name=op.f("pk_award_list_number")),
        sa.UniqueConstraint("fund_order", name=op.f("uq_award_list_number_fund_order")),
    )
    op.create_table(
        "fund_order_step",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_fund_order_step_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "number", name=op.f("pk_fund_order_step")),
    )
    op.create_table(
        "deduction",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"amount_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_deduction_amount_range")),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_deduction_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", name=op.f("pk_deduction")),
    )
    op.create_index(op.f("ix_deduction_cluster"), "deduction", ["cluster"])
    op.create_table(
        "deduction_made",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("deduction", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_deduction_made_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["deduction"], ["deduction.fund_order"], name=op.f("fk_deduction_made_deduction_deduction")
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_deduction_made_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "deduction", name=op.f("pk_deduction_made")),
    )
    op.create_table(
        "quota_notice_code",
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("finance_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_quota_notice_code_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("fund_order", "division_code", name=op.f("pk_quota_notice_code")),
    )
    op.create_table(
        "finance_division",
        sa.Column("division_code", sa.Text(), nullable=False),
        sa.Column("finance_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fund_order", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_finance_division_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("division_code", name=op.f("pk_finance_division")),
        sa.UniqueConstraint(
            "finance_code",
            name=op.f("uq_finance_division_finance_code"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _payments() -> None:
    op.create_table(
        "budget_project",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("appropriation", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("consent_document_number", sa.Text(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("split_from", sa.Text(), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_budget_project_state")),
        sa.CheckConstraint(
            f"amount_fen BETWEEN 0 AND {MAX_FEN} AND (amount_fen > 0 OR state = 'closed')",
            name=op.f("ck_budget_project_amount_range"),
        ),
        sa.ForeignKeyConstraint(
            ["appropriation"],
            ["appropriation.code"],
            name=op.f("fk_budget_project_appropriation_appropriation"),
        ),
        sa.PrimaryKeyConstraint("county_code", "code", name=op.f("pk_budget_project")),
    )
    op.create_index("ix_budget_project_quota", "budget_project", ["appropriation", "county_code", "cluster"])
    op.create_table(
        "budget_project_step",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fund_order", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "action IN ('changed', 'split', 'closed', 'cut')", name=op.f("ck_budget_project_step_action")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "code"],
            ["budget_project.county_code", "budget_project.code"],
            name="fk_budget_project_step_project",
        ),
        sa.ForeignKeyConstraint(
            ["fund_order"], ["fund_order.number"], name=op.f("fk_budget_project_step_fund_order_fund_order")
        ),
        sa.PrimaryKeyConstraint("county_code", "code", "number", name=op.f("pk_budget_project_step")),
    )
    op.create_table(
        "payment_batch",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("file_number", sa.Text(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "file_number", name=op.f("pk_payment_batch")),
    )
    op.create_table(
        "treasury_payment",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("bank_serial", sa.Text(), nullable=False),
        sa.Column("file_number", sa.Text(), nullable=False),
        sa.Column("budget_project", sa.Text(), nullable=False),
        sa.Column("requested_fen", sa.BigInteger(), nullable=False),
        sa.Column("actual_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "actual_fen > 0 AND actual_fen <= requested_fen", name=op.f("ck_treasury_payment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "budget_project"],
            ["budget_project.county_code", "budget_project.code"],
            name="fk_treasury_payment_project",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "file_number"],
            ["payment_batch.county_code", "payment_batch.file_number"],
            name="fk_treasury_payment_batch",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_treasury_payment_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("county_code", "bank_serial", name=op.f("pk_treasury_payment")),
        sa.UniqueConstraint("number", name=op.f("uq_treasury_payment_number")),
    )
    op.create_index("ix_treasury_payment_project", "treasury_payment", ["county_code", "budget_project"])
    op.create_index("ix_treasury_payment_county_code_number", "treasury_payment", ["county_code", "number"])
    op.create_table(
        "treasury_return",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("return_serial", sa.Text(), nullable=False),
        sa.Column("bank_serial", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_treasury_return_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["county_code", "bank_serial"],
            ["treasury_payment.county_code", "treasury_payment.bank_serial"],
            name="fk_treasury_return_payment",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_treasury_return_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("county_code", "return_serial", name=op.f("pk_treasury_return")),
    )
    op.create_index("ix_treasury_return_payment", "treasury_return", ["county_code", "bank_serial"])
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("file_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("file_returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("difference_count", sa.Integer(), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint("number", name=op.f("uq_reconciliation_number")),
    )
    op.create_index("ix_reconciliation_county_code_number", "reconciliation", ["county_code", "number"])


def _projects() -> None:
    op.create_table(
        "project",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("division_path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("investment_fen", sa.BigInteger(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("consent_document_number", sa.Text(), nullable=True),
        sa.Column("revenue_cover", sa.Numeric(), nullable=True),
        sa.Column("approvals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("classification", sa.Text(), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            f"investment_fen BETWEEN 1 AND {MAX_FEN}", name=op.f("ck_project_investment_range")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_project")),
    )
    op.create_index(op.f("ix_project_county_code"), "project", ["county_code"])
    op.create_table(
        "priority_result",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("release_sha256", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("assessment_year", sa.SmallInteger(), nullable=False),
        sa.Column("designations_sha256", sa.Text(), nullable=False),
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("incentive_version", sa.Text(), nullable=False),
        sa.Column("negative_list", sa.Text(), nullable=True),
        sa.Column("cluster_rank", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("tested_by", sa.Text(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "listed = (valid_from IS NOT NULL AND valid_to IS NOT NULL AND cluster_rank IS NOT NULL)",
            name=op.f("ck_priority_result_listed_is_valid"),
        ),
        sa.ForeignKeyConstraint(
            ["designations_sha256"], ["evidence.sha256"], name="fk_priority_result_designations"
        ),
        sa.ForeignKeyConstraint(
            ["incentive", "incentive_version"],
            ["incentive_version.incentive", "incentive_version.version"],
            name="fk_priority_result_incentive_rules",
        ),
        sa.ForeignKeyConstraint(
            ["project"], ["project.code"], name=op.f("fk_priority_result_project_project")
        ),
        sa.ForeignKeyConstraint(
            ["release_sha256"], ["evidence.sha256"], name=op.f("fk_priority_result_release_sha256_evidence")
        ),
        sa.PrimaryKeyConstraint("project", "instrument", "release_sha256", name=op.f("pk_priority_result")),
    )
    op.create_index(
        "ix_priority_result_release_sha256_instrument", "priority_result", ["release_sha256", "instrument"]
    )
