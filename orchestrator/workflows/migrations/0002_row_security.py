"""Row-level security of workflows and what hangs on them.

The functions run as their owner, beyond the policies: a policy of the permissions that read permissions
would call itself.
"""

from django.db import migrations

from orchestrator.core.policies import ME, CascadeInDatabase, Protect, of_workflow, own, shared

FUNCTIONS = """
CREATE FUNCTION app_owns(workflow uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN public.app_is_admin() OR EXISTS (
        SELECT 1 FROM public.workflows_workflow AS w WHERE w.id = workflow AND w.owner_id = public.app_user()
    ) OR EXISTS (
        SELECT 1 FROM public.workflows_workflowpermission AS p
        WHERE p.workflow_id = workflow AND p.user_id = public.app_user() AND p.access = 'owner'
    );
END $$;

CREATE FUNCTION app_edits(workflow uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN public.app_is_admin() OR EXISTS (
        SELECT 1 FROM public.workflows_workflowpermission AS p
        JOIN public.accounts_user AS u ON u.id = p.user_id
        WHERE p.workflow_id = workflow AND p.user_id = public.app_user()
            AND p.access IN ('owner', 'editor') AND u.role <> 'viewer'
    ) OR EXISTS (
        SELECT 1 FROM public.workflows_workflow AS w WHERE w.id = workflow AND w.owner_id = public.app_user()
    );
END $$;

CREATE FUNCTION app_sees(workflow uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN public.app_is_admin() OR EXISTS (
        SELECT 1 FROM public.workflows_workflow AS w
        WHERE w.id = workflow AND (w.owner_id = public.app_user() OR w.is_public)
            AND public.app_user() IS NOT NULL
    ) OR EXISTS (
        SELECT 1 FROM public.workflows_workflowpermission AS p
        WHERE p.workflow_id = workflow AND p.user_id = public.app_user()
    );
END $$;
"""
VIEWS = """
CREATE VIEW app_permission AS
SELECT workflow_id, access FROM workflows_workflowpermission WHERE user_id = (SELECT app_user());

CREATE VIEW app_open AS
SELECT id FROM workflows_workflow WHERE is_public AND (SELECT app_user()) IS NOT NULL;
"""
NO_VIEWS = "DROP VIEW app_open, app_permission"
NO_FUNCTIONS = "DROP FUNCTION app_owns(uuid), app_edits(uuid), app_sees(uuid)"


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(VIEWS, NO_VIEWS),
        Protect(
            "workflow",
            read=f"{shared('{t}.id')} OR {{t}}.owner_id = {ME} OR ({{t}}.is_public AND {ME} IS NOT NULL)",
            write=f"{{t}}.owner_id = {ME} OR app_edits({{t}}.id)",
            delete="app_owns({t}.id)",
        ),
        Protect(
            "workflowpermission",
            read=f"{own()} OR app_sees({{t}}.workflow_id)",
            write="app_owns({t}.workflow_id)",
        ),
        Protect("workflowfavorite", read=own(), write=own()),
        CascadeInDatabase("workflowfavorite", "workflow"),
        CascadeInDatabase("workflowpermission", "workflow"),
        CascadeInDatabase("workflowversion", "workflow"),
        Protect(
            "workflowversion",
            read=of_workflow("{t}.workflow_id"),
            write="app_edits({t}.workflow_id)",
        ),
    ]
