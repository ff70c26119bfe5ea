"""The double-entry ledger: accounts, transfers, entries, and the one function that posts.

A transfer is posted by one call of ``post_transfer``. Entries are added in their transfer's own transaction only; at
commit one deferred check for each transfer (not for each line, which would be quadratic) finds the promised number of
lines and the sum zero. Transfers and entries are never changed; an account changes only together with a new entry.
"""

import sqlalchemy as sa
from alembic import op

from shared.data.migrations import make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MAX_FEN = 2**53 - 1

# SQLSTATE: FL001 key reused, FL002 below the minimum, FL003 no such account, FL004 unbalanced or malformed,
# FL005 not the reverse of what it reverses, FL006 reversed already.
POST_TRANSFER = """
CREATE FUNCTION post_transfer(
    new_id uuid, new_kind text, new_key text, new_body_hash text, new_reverses uuid, new_effective_at date,
    new_description text, new_actor text, line_accounts bigint[], line_amounts bigint[],
    OUT posted_id uuid, OUT replayed boolean
) LANGUAGE plpgsql AS $$
DECLARE
    known record;
    line_count integer := coalesce(cardinality(line_accounts), 0);
    found_count integer;
    failing text;
BEGIN
    SELECT t.id, t.body_hash INTO known FROM transfer t WHERE t.idempotency_key = new_key;
    IF FOUND THEN
        IF known.body_hash <> new_body_hash THEN
            RAISE EXCEPTION 'the key % was used for another transfer', new_key USING ERRCODE = 'FL001';
        END IF;
        posted_id := known.id; replayed := true; RETURN;
    END IF;

    IF line_count < 2 OR line_count <> cardinality(line_amounts)
       OR (SELECT sum(a) FROM unnest(line_amounts) a) <> 0 OR 0 = ANY (line_amounts)
       OR (SELECT count(DISTINCT a) FROM unnest(line_accounts) a) <> line_count THEN
        RAISE EXCEPTION 'a transfer has at least two lines, one for each account, that add up to zero'
            USING ERRCODE = 'FL004';
    END IF;

    PERFORM 1 FROM account WHERE id = ANY (line_accounts) ORDER BY id FOR UPDATE;
    GET DIAGNOSTICS found_count = ROW_COUNT;
    IF found_count <> line_count THEN
        RAISE EXCEPTION 'a transfer names an account that does not exist' USING ERRCODE = 'FL003';
    END IF;

    IF new_reverses IS NOT NULL THEN
        PERFORM 1 FROM transfer t WHERE t.id = new_reverses AND t.reverses IS NULL;
        IF NOT FOUND OR EXISTS (
            SELECT 1
            FROM (SELECT e.account_id, -e.amount AS amount FROM entry e WHERE e.transfer_id = new_reverses) was
            FULL JOIN unnest(line_accounts, line_amounts) AS now (account_id, amount)
                ON now.account_id = was.account_id AND now.amount = was.amount
            WHERE was.account_id IS NULL OR now.account_id IS NULL
        ) THEN
            RAISE EXCEPTION 'this is not the reverse of the transfer that it names' USING ERRCODE = 'FL005';
        END IF;
        PERFORM 1 FROM transfer t WHERE t.reverses = new_reverses;
        IF FOUND THEN
            RAISE EXCEPTION 'this transfer is reversed already' USING ERRCODE = 'FL006';
        END IF;
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

    SELECT a.code INTO failing
    FROM unnest(line_accounts, line_amounts) AS line (account_id, amount)
    JOIN account a ON a.id = line.account_id
    WHERE a.balance + line.amount NOT BETWEEN a.minimum AND 9007199254740991
    ORDER BY a.id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the account % would leave its limits', failing USING ERRCODE = 'FL002', DETAIL = failing;
    END IF;

    WITH moved AS (
        UPDATE account a SET balance = a.balance + line.amount, version = a.version + 1
        FROM unnest(line_accounts, line_amounts) WITH ORDINALITY AS line (account_id, amount, number)
        WHERE a.id = line.account_id
        RETURNING a.id, a.version, a.balance, line.amount, line.number
    )
    INSERT INTO entry (transfer_id, line, account_id, account_version, amount, balance_after)
    SELECT new_id, moved.number, moved.id, moved.version, moved.amount, moved.balance FROM moved;
    posted_id := new_id; replayed := false;
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

# Once for each statement that adds entries: nothing joins a transfer of another transaction, and no line goes beyond
# the number that the transfer promised (so the check at commit cannot be run early and then outlived).
CHECK_ENTRIES = """
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added a JOIN transfer t ON t.id = a.transfer_id
        WHERE t.transaction_id <> pg_current_xact_id()::text::bigint OR a.line > t.line_count
    ) THEN
        RAISE EXCEPTION 'entries are added in the transaction of their transfer only'
            USING ERRCODE = 'restrict_violation';
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
        JOIN entry e ON e.account_id = now.id AND e.account_version = now.version
            AND e.balance_after = now.balance AND e.amount = now.balance - was.balance
    ) THEN
        RAISE EXCEPTION 'an account changes by entries only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("division_code", sa.Text, nullable=False),
        sa.Column("appropriation", sa.Text, nullable=False),
        sa.Column("cluster", sa.Text, nullable=True),
        sa.Column("minimum", sa.BigInteger, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
        sa.CheckConstraint(
            f"balance >= minimum AND balance <= {MAX_FEN}", name=op.f("ck_account_balance_within_limits")
        ),
        sa.CheckConstraint(f"minimum BETWEEN -{MAX_FEN} AND 0", name=op.f("ck_account_minimum_range")),
    )
    op.create_index(op.f("ix_account_appropriation"), "account", ["appropriation"])
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("reverses", sa.Uuid, nullable=True),
        sa.Column("effective_at", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("transaction_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transfer_idempotency_key")),
        sa.UniqueConstraint("reverses", name=op.f("uq_transfer_reverses")),
        sa.ForeignKeyConstraint(["reverses"], ["transfer.id"], name=op.f("fk_transfer_reverses_transfer")),
    )
    op.create_table(
        "entry",
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("account_version", sa.BigInteger, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("balance_after", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "account_version", name=op.f("pk_entry")),
        sa.UniqueConstraint("transfer_id", "line", name=op.f("uq_entry_transfer_id_line")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_entry_account_id_account")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_entry_transfer_id_transfer")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entry_amount_moves")),
        sa.CheckConstraint("line >= 1 AND account_version >= 1", name=op.f("ck_entry_numbers_from_one")),
    )
    for function in (POST_TRANSFER, CHECK_TRANSFER, CHECK_ENTRIES, CHECK_NEW_ACCOUNTS, CHECK_ACCOUNTS):
        op.execute(function)
    op.execute(
        "CREATE CONSTRAINT TRIGGER transfer_is_balanced AFTER INSERT ON transfer DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION check_transfer()"
    )
    op.execute(
        "CREATE TRIGGER entries_of_own_transfer AFTER INSERT ON entry REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION check_entries()"
    )
    op.execute(
        "CREATE TRIGGER new_accounts_are_empty AFTER INSERT ON account REFERENCING NEW TABLE AS now "
        "FOR EACH STATEMENT EXECUTE FUNCTION check_new_accounts()"
    )
    op.execute(
        "CREATE TRIGGER accounts_follow_entries AFTER UPDATE ON account "
        "REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION check_accounts()"
    )
    op.execute(
        "CREATE TRIGGER account_stays BEFORE DELETE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER account_stays_truncate BEFORE TRUNCATE ON account "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    make_append_only(op, "transfer")
    make_append_only(op, "entry")
