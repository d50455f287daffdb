"""Row-level security of keys, budgets and the ledger. Budgets and calls are written by the server alone."""

from django.db import migrations

from orchestrator.core.policies import CascadeInDatabase, Protect, of_workflow, own

MINE_OR_SHARED = f"{own()} OR {of_workflow('{t}.workflow_id')}"


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0001_initial"),
        ("accounts", "0002_row_security"),
        ("workflows", "0002_row_security"),
    ]

    operations = [
        Protect("credential", read=own(), write=own()),
        Protect("budget", read=MINE_OR_SHARED, write="false"),
        Protect("aicall", read=MINE_OR_SHARED, write="false"),
        CascadeInDatabase("budget", "workflow"),
    ]
