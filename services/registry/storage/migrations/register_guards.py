"""What the database itself refuses about registers, in plain SQL; part of the first migration."""

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
