"""Who is in a workspace sees who else is. Coding runs are begun once a key, and messages found by type."""

from django.db import migrations, models

from orchestrator.core.policies import ADMIN, ME, own

TABLE = "workspaces_workspacemember"
MINE = (
    f"EXISTS (SELECT FROM workspaces_patternworkspace AS parent "
    f"WHERE parent.id = {TABLE}.workspace_id AND parent.created_by_id = {ME})"
)
BEFORE = f"{own()} OR {MINE}".replace("{t}", TABLE)
SEEN = f"EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {TABLE}.workspace_id)"


def readable(condition: str) -> str:
    """What is read is also what can be reached to be changed; what may be written stays as it is."""
    return "; ".join(
        f"ALTER POLICY {policy} ON {TABLE} USING ({ADMIN} OR ({condition}))"
        for policy in ("reads", "changes")
    )


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_agents")]

    operations = [
        migrations.RunSQL(readable(SEEN), readable(BEFORE)),
        migrations.AddField(
            model_name="claudeexecution",
            name="idempotency_key",
            field=models.CharField(blank=True, max_length=100, null=True),
        ),
        migrations.AddIndex(
            model_name="workspacemessage",
            index=models.Index(fields=["type"], name="message_type"),
        ),
        migrations.AddConstraint(
            model_name="claudeexecution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key__isnull", False)),
                fields=("workspace", "idempotency_key"),
                name="claude_key_once",
            ),
        ),
    ]
