"""Row-level security of the history: read with its workflow, written by the server only.

Rows of deleted workflows, and those that sum up all workflows, only admins see.
"""

from django.db import migrations

from orchestrator.core.policies import Protect, of_workflow

SEEN = of_workflow("{t}.workflow_id")
SERVER_ONLY = "false"
OF_WORKFLOWS = ("executionhistory", "runsum", "providersum", "answersum", "nodesum", "workflowtotal")


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("workflows", "0002_row_security")]

    operations = [Protect(model, read=SEEN, write=SERVER_ONLY) for model in OF_WORKFLOWS]
