"""Row-level security of triggers, and of what came to webhooks: bodies are for those who may edit."""

from django.db import migrations

from orchestrator.core.policies import CascadeInDatabase, Protect, of_workflow, seen_with

EDITS_TRIGGER = seen_with("workflows_trigger", "trigger_id", "app_edits(parent.workflow_id)")


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_triggers")]

    operations = [
        Protect("trigger", read=of_workflow("{t}.workflow_id"), write="app_edits({t}.workflow_id)"),
        Protect("triggerdelivery", read=EDITS_TRIGGER, write=EDITS_TRIGGER),
        CascadeInDatabase("trigger", "workflow"),
        CascadeInDatabase("triggerdelivery", "trigger"),
    ]
