"""Checks of the ledger that stay as fast as they began.

A plan is made once for a connection. The check of new entries joined them with the transfers, so a connection that
posted first on an empty ledger went on to read all transfers at every post. Now it looks each transfer up by its key.
And a post locks its accounts by their codes alone; that no balance leaves its limits is the account's own constraint.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHECK_ENTRIES = """
CREATE OR REPLACE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
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

# As before, but for the limits of an account (check_violation of ck_account_balance_within_limits, no longer FL002).
POST_TRANSFER = """
CREATE OR REPLACE FUNCTION post_transfer(
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


def upgrade() -> None:
    op.execute(CHECK_ENTRIES)
    op.execute(POST_TRANSFER)
