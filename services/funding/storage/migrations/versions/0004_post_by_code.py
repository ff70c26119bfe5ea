"""Posting by account codes in one call: accounts that are new are opened inside, and may have a holder."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLSTATE as before: FL001 key reused, FL002 below the minimum, FL004 unbalanced or malformed, FL005 not the reverse of
# what it reverses, FL006 reversed already. Accounts are opened in the order of their codes and locked in the order of
# their ids, so two transfers at once never wait for each other in a circle.
POST_TRANSFER = """
CREATE FUNCTION post_transfer(
    new_id uuid, new_kind text, new_key text, new_body_hash text, new_reverses uuid, new_effective_at date,
    new_description text, new_actor text, line_codes text[], line_amounts bigint[], line_purposes text[],
    line_divisions text[], line_appropriations text[], line_clusters text[], line_holders text[],
    OUT posted_id uuid, OUT replayed boolean
) LANGUAGE plpgsql AS $$
DECLARE
    known record;
    line_count integer := coalesce(cardinality(line_codes), 0);
    line_accounts bigint[];
    lines record;
    failing text;
BEGIN
    SELECT t.id, t.body_hash INTO known FROM transfer t WHERE t.idempotency_key = new_key;
    IF FOUND THEN
        IF known.body_hash <> new_body_hash THEN
            RAISE EXCEPTION 'the key % was used for another transfer', new_key USING ERRCODE = 'FL001';
        END IF;
        posted_id := known.id; replayed := true; RETURN;
    END IF;

    SELECT count(DISTINCT code) AS codes, coalesce(sum(amount), 1) AS total, bool_or(amount = 0) AS idle INTO lines
    FROM unnest(line_codes, line_amounts) AS line (code, amount);
    IF line_count < 2 OR line_count <> cardinality(line_amounts) OR lines.codes <> line_count
       OR lines.total <> 0 OR lines.idle THEN
        RAISE EXCEPTION 'a transfer has at least two lines, one for each account, that add up to zero'
            USING ERRCODE = 'FL004';
    END IF;

    PERFORM open_accounts(line_codes, line_purposes, line_divisions, line_appropriations, line_clusters, line_holders);
    SELECT array_agg(locked.id ORDER BY line.number) INTO line_accounts
    FROM (SELECT a.id, a.code FROM account a WHERE a.code = ANY (line_codes) ORDER BY a.id FOR UPDATE) locked
    JOIN unnest(line_codes) WITH ORDINALITY AS line (code, number) ON line.code = locked.code;

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

CHECK_ACCOUNTS = """
CREATE OR REPLACE FUNCTION check_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
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


def upgrade() -> None:
    op.add_column("account", sa.Column("holder", sa.Text, nullable=True))
    op.create_index(
        "ix_account_holder", "account", ["holder"], postgresql_where=sa.text("holder IS NOT NULL")
    )
    op.execute(
        "DROP FUNCTION post_transfer(uuid, text, text, text, uuid, date, text, text, bigint[], bigint[])"
    )
    op.execute(OPEN_ACCOUNTS)
    op.execute(POST_TRANSFER)
    op.execute(CHECK_ACCOUNTS)
