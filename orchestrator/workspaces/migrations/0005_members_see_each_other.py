"""Who is in a workspace sees who else is. Only its owner lets people in."""

from django.db import migrations

from orchestrator.core.policies import ME, Protect, own

MINE = (
    f"EXISTS (SELECT FROM workspaces_patternworkspace AS parent "
    f"WHERE parent.id = {{t}}.workspace_id AND parent.created_by_id = {ME})"
)
SEEN = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.workspace_id)"


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_older_data")]

    operations = [
        Protect("workspacemember", read=f"{own()} OR {MINE}", write=MINE, delete=f"{own()} OR {MINE}"),
        Protect("workspacemember", read=SEEN, write=MINE, delete=f"{own()} OR {MINE}"),
    ]
