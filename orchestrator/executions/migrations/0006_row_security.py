"""Row-level security of runs and what hangs on them.

Somebody who is asked by a run of a workflow they have no part in sees that run's row and the workflow's: by
them the question is found, shown and answered. Steps, events and versions stay closed to them.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from orchestrator.core.policies import OF_RUN, CascadeInDatabase, Protect, of_workflow, own, seen_with

FUNCTIONS = """
CREATE FUNCTION app_asked_runs() RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public AS $$
    SELECT execution_id FROM public.executions_approval
    WHERE approvers::text[] && public.app_addresses()
        AND (status = 'pending' OR responded_at > now() - interval '30 days')
    UNION
    SELECT approval.execution_id FROM public.executions_approval AS approval
    JOIN public.executions_approvalvote AS vote ON vote.approval_id = approval.id
    WHERE vote.user_id = public.app_user()
$$;

CREATE FUNCTION app_asked_workflows() RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT workflow_id FROM public.executions_execution
    WHERE id IN (SELECT public.app_asked_runs())
$$;
"""
RUNS = f"""
CREATE VIEW app_run AS SELECT run.id FROM executions_execution AS run WHERE {of_workflow("run.workflow_id")}
"""  # noqa: S608 - of this project
NO_RUNS = "DROP VIEW app_run"
NO_FUNCTIONS = "DROP FUNCTION app_asked_workflows(), app_asked_runs()"

ASKED = "{t}.id IN (SELECT app_asked_runs())"
STAYS = "{t}.workflow_id IN (SELECT app_asked_workflows())"
EDITS_RUN = seen_with("executions_execution", "execution_id", "app_edits(parent.workflow_id)")
SEES_RUN = seen_with("executions_execution", "execution_id")
NAMED = "{t}.approvers::text[] && (SELECT app_addresses())"

GUESTS = """
CREATE POLICY reads_when_asked ON workflows_workflow FOR SELECT USING (id IN (SELECT app_asked_workflows()))
"""
NO_GUESTS = "DROP POLICY reads_when_asked ON workflows_workflow"


class Migration(migrations.Migration):
    dependencies = [("executions", "0005_event_errors"), ("workflows", "0002_row_security")]

    operations = [
        migrations.AddIndex("approval", GinIndex(fields=["approvers"], name="approval_by_approver")),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(RUNS, NO_RUNS),
        migrations.RunSQL(GUESTS, NO_GUESTS),
        Protect(
            "execution",
            read=f"{of_workflow('{t}.workflow_id')} OR {ASKED}",
            write=f"app_edits({{t}}.workflow_id) OR ({ASKED} AND {STAYS})",
            delete="app_edits({t}.workflow_id)",
        ),
        Protect("steprun", read=OF_RUN, write=EDITS_RUN),
        Protect("eventrow", read=of_workflow("{t}.workflow_id"), write="app_edits({t}.workflow_id)"),
        Protect("mail", read=SEES_RUN, write=f"{EDITS_RUN} OR ({{t}}.kind = 'answer' AND {SEES_RUN})"),
        Protect("approval", read=f"{NAMED} OR {OF_RUN}", write=f"{NAMED} OR {EDITS_RUN}"),
        Protect(
            "approvalvote",
            read=seen_with("executions_approval", "approval_id"),
            write=own(),
            delete=seen_with("executions_approval", "approval_id"),
        ),
        CascadeInDatabase("execution", "workflow"),
        CascadeInDatabase("execution", "parent"),
        CascadeInDatabase("steprun", "execution"),
        CascadeInDatabase("mail", "execution"),
        CascadeInDatabase("approval", "execution"),
        CascadeInDatabase("approvalvote", "approval"),
    ]
