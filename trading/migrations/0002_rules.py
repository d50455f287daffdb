"""Who reads and writes what trading keeps, and what PostgreSQL itself refuses."""

from django.db import migrations

from orchestrator.core.policies import ME, CascadeInDatabase, Protect, of_workflow, own

EVERYBODY = f"{ME} IS NOT NULL"
VIEWS = f"""
CREATE VIEW app_portfolio AS SELECT id FROM trading_portfolio WHERE owner_id = {ME};
CREATE VIEW app_strategy_run AS
    SELECT run.id, run.tape_id FROM trading_strategyrun AS run WHERE {of_workflow("run.workflow_id")};
CREATE VIEW app_tape AS
    SELECT id, owner_id IS NOT NULL AS edits FROM trading_tape
    WHERE owner_id = {ME} OR (owner_id IS NULL AND {EVERYBODY})
    UNION ALL
    SELECT tape_id, false FROM app_strategy_run;
"""  # noqa: S608 - of this project
NO_VIEWS = "DROP VIEW app_tape, app_strategy_run, app_portfolio"
IN_PORTFOLIO = "EXISTS (SELECT FROM app_portfolio AS mine WHERE mine.id = {t}.portfolio_id)"
OF_RUN = "EXISTS (SELECT FROM app_strategy_run AS run WHERE run.id = {t}.run_id)"
OF_TAPE = "EXISTS (SELECT FROM app_tape AS seen WHERE seen.id = {t}.tape_id%s)"
OF_ENTRY = (
    "EXISTS (SELECT FROM trading_ledgerentry AS parent JOIN app_portfolio AS mine "
    "ON mine.id = parent.portfolio_id WHERE parent.id = {t}.entry_id)"
)
OF_OWN_ORDER = (
    "EXISTS (SELECT FROM trading_order AS parent JOIN app_portfolio AS mine "
    "ON mine.id = parent.portfolio_id WHERE parent.id = {t}.order_id)"
)
OF_SEEN_ORDER = (
    "EXISTS (SELECT FROM trading_order AS parent JOIN app_strategy_run AS run "
    "ON run.id = parent.run_id WHERE parent.id = {t}.order_id)"
)

# A book that does not balance is refused when the transaction ends, whoever wrote it and however.
BALANCE = """
CREATE FUNCTION trading_check_balance() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE entry uuid; total numeric;
BEGIN
    entry := CASE WHEN TG_OP = 'DELETE' THEN OLD.entry_id ELSE NEW.entry_id END;
    IF NOT EXISTS (SELECT FROM public.trading_ledgerentry WHERE id = entry) THEN
        RETURN NULL;
    END IF;
    SELECT sum(amount) INTO total FROM public.trading_posting WHERE entry_id = entry;
    IF total IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'the postings of entry % add up to %', entry, total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER trading_balance AFTER INSERT OR DELETE ON trading_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trading_check_balance();

CREATE FUNCTION trading_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER trading_keep_entries BEFORE UPDATE ON trading_ledgerentry
FOR EACH ROW EXECUTE FUNCTION trading_keep();
CREATE TRIGGER trading_keep_postings BEFORE UPDATE ON trading_posting
FOR EACH ROW EXECUTE FUNCTION trading_keep();
CREATE TRIGGER trading_keep_chunks BEFORE UPDATE ON trading_tapechunk
FOR EACH ROW EXECUTE FUNCTION trading_keep();
"""
NO_BALANCE = """
DROP TRIGGER trading_keep_chunks ON trading_tapechunk;
DROP TRIGGER trading_keep_postings ON trading_posting;
DROP TRIGGER trading_keep_entries ON trading_ledgerentry;
DROP TRIGGER trading_balance ON trading_posting;
DROP FUNCTION trading_keep();
DROP FUNCTION trading_check_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0001_initial"), ("executions", "0006_row_security")]

    operations = [
        migrations.RunSQL(VIEWS, NO_VIEWS),
        migrations.RunSQL(BALANCE, NO_BALANCE),
        Protect("market", read=EVERYBODY, write="false"),
        Protect(
            "tape",
            read="EXISTS (SELECT FROM app_tape AS seen WHERE seen.id = {t}.id)",
            write=own("owner_id"),
        ),
        Protect("tapechunk", read=OF_TAPE % "", write=OF_TAPE % " AND seen.edits"),
        Protect("portfolio", read=own("owner_id"), write=own("owner_id")),
        Protect("position", read=IN_PORTFOLIO, write=IN_PORTFOLIO),
        Protect("ledgerentry", read=IN_PORTFOLIO, write=IN_PORTFOLIO),
        Protect("posting", read=OF_ENTRY, write=OF_ENTRY),
        Protect("strategyrun", read=of_workflow("{t}.workflow_id"), write="app_edits({t}.workflow_id)"),
        Protect("order", read=f"{IN_PORTFOLIO} OR {OF_RUN}", write=IN_PORTFOLIO),
        Protect("fill", read=f"{OF_OWN_ORDER} OR {OF_SEEN_ORDER}", write=OF_OWN_ORDER),
        Protect("alert", read=OF_RUN, write="false"),
        Protect("liveapproval", read=of_workflow("{t}.workflow_id"), write="false"),
        Protect("killswitch", read=EVERYBODY, write=own("pulled_by_id")),
        CascadeInDatabase("strategyrun", "workflow"),
        CascadeInDatabase("alert", "run"),
        CascadeInDatabase("liveapproval", "workflow"),
    ]
