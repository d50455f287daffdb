"""Row-level security, beginning: who asks, and the tables of accounts.

``app.user_id`` is set at the head of each transaction; after a rollback it is '' and not NULL.
"""

from django.db import migrations

from orchestrator.core.policies import ME, Protect, own

FUNCTIONS = """
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;

CREATE FUNCTION app_is_admin() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF current_setting('app.server', true) = 'on' THEN
        RETURN true;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM accounts_user WHERE id = app_user() AND is_active AND (role = 'admin' OR is_superuser)
    );
END $$;

CREATE FUNCTION app_addresses() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT ARRAY['user:' || username, 'role:' || role] FROM accounts_user WHERE id = app_user() $$;
"""
NO_FUNCTIONS = "DROP FUNCTION app_user(), app_is_admin(), app_addresses()"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        Protect("apikey", read=own(), write=own()),
        Protect("tokenfamily", read=own(), write=own()),
        # What somebody does before they are known, such as a failed log-in, has no actor.
        Protect(
            "auditrecord", read=own("actor_id"), write=f"{{t}}.actor_id = {ME} OR {{t}}.actor_id IS NULL"
        ),
    ]
