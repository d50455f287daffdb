"""Who reads and writes workspaces and all that hangs on them."""

from django.db import migrations

from orchestrator.core.policies import ME, Protect, own

VIEWS = """
CREATE VIEW app_workspace AS
    SELECT id, true AS edits FROM workspaces_patternworkspace WHERE created_by_id = (SELECT app_user())
    UNION ALL
    SELECT member.workspace_id, member.access = 'editor' AND person.role <> 'viewer'
    FROM workspaces_workspacemember AS member
    JOIN accounts_user AS person ON person.id = member.user_id
    WHERE member.user_id = (SELECT app_user());
CREATE VIEW app_pattern_session AS
    SELECT session.id, session.candles_id, workspace.edits
    FROM workspaces_patternsession AS session
    JOIN app_workspace AS workspace ON workspace.id = session.workspace_id;
"""
NO_VIEWS = "DROP VIEW app_pattern_session, app_workspace"
SEEN = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.%s)"
EDITED = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.%s AND seen.edits)"
MINE = (
    f"EXISTS (SELECT FROM workspaces_patternworkspace AS parent "
    f"WHERE parent.id = {{t}}.workspace_id AND parent.created_by_id = {ME})"
)
OF_SESSION = "EXISTS (SELECT FROM app_pattern_session AS seen WHERE seen.id = {t}.session_id)"
CHILDREN = (
    "patternsession", "feedbackitem", "regressioncase", "claudeexecution", "algorithmversion",
    "workspacemessage", "attachment", "implementationsession",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        migrations.RunSQL(VIEWS, NO_VIEWS),
        Protect(
            "patternworkspace",
            read=f"{{t}}.created_by_id = {ME} OR {SEEN % 'id'}",
            write=f"{{t}}.created_by_id = {ME} OR {EDITED % 'id'}",
            delete=f"{{t}}.created_by_id = {ME}",
        ),
        Protect("workspacemember", read=f"{own()} OR {MINE}", write=MINE, delete=f"{own()} OR {MINE}"),
        *(Protect(name, read=SEEN % "workspace_id", write=EDITED % "workspace_id") for name in CHILDREN),
        Protect(
            "sessiondetection",
            read=OF_SESSION,
            write=OF_SESSION.replace("{t}.session_id)", "{t}.session_id AND seen.edits)"),
        ),
        Protect(
            "candleset",
            read=(
                f"{own('owner_id')} OR ({{t}}.owner_id IS NULL AND {ME} IS NOT NULL) "
                "OR EXISTS (SELECT FROM app_pattern_session AS seen WHERE seen.candles_id = {t}.id)"
            ),
            write=own("owner_id"),
        ),
    ]
