"""Who reads and writes corporations and all that hangs on them. Administrators are strangers to them."""

from django.db import migrations

from orchestrator.core.policies import ME, Protect, own

VIEWS = f"""
CREATE VIEW app_corporation AS
    SELECT id, true AS edits FROM strategy_corporation WHERE owner_id = {ME}
    UNION ALL
    SELECT member.corporation_id, member.access = 'editor' AND person.role <> 'viewer'
    FROM strategy_corporationmember AS member
    JOIN accounts_user AS person ON person.id = member.user_id
    WHERE member.user_id = {ME};
CREATE VIEW app_strategic_session AS
    SELECT session.id, seen.edits FROM strategy_strategicsession AS session
    JOIN app_corporation AS seen ON seen.id = session.corporation_id;
CREATE VIEW app_strategic_step AS
    SELECT step.id, seen.edits FROM strategy_strategicstep AS step
    JOIN app_strategic_session AS seen ON seen.id = step.session_id;
CREATE VIEW app_strategic_matrix AS
    SELECT matrix.id, seen.edits FROM strategy_strategicmatrix AS matrix
    JOIN app_corporation AS seen ON seen.id = matrix.corporation_id;
CREATE VIEW app_matrix_option AS
    SELECT option.id, seen.edits FROM strategy_matrixoption AS option
    JOIN app_strategic_matrix AS seen ON seen.id = option.matrix_id;
"""  # noqa: S608 - of this project
NO_VIEWS = (
    "DROP VIEW app_matrix_option, app_strategic_matrix, app_strategic_step, app_strategic_session, "
    "app_corporation"
)
MINE = (
    "EXISTS (SELECT FROM strategy_corporation AS parent "
    f"WHERE parent.id = {{t}}.corporation_id AND parent.owner_id = {ME})"
)


def seen(view: str, column: str) -> str:
    return f"EXISTS (SELECT FROM {view} AS seen WHERE seen.id = {{t}}.{column})"


def edited(view: str, column: str) -> str:
    return f"EXISTS (SELECT FROM {view} AS seen WHERE seen.id = {{t}}.{column} AND seen.edits)"


BELOW = (
    ("snapshot", "app_corporation", "corporation_id"),
    ("strategicsession", "app_corporation", "corporation_id"),
    ("strategicstep", "app_strategic_session", "session_id"),
    ("workflowlog", "app_strategic_session", "session_id"),
    ("recommendation", "app_strategic_step", "step_id"),
    ("strategicmatrix", "app_corporation", "corporation_id"),
    ("matrixoption", "app_strategic_matrix", "matrix_id"),
    ("matrixcriterion", "app_strategic_matrix", "matrix_id"),
    ("matrixscore", "app_matrix_option", "option_id"),
)


class Migration(migrations.Migration):
    dependencies = [("strategy", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        migrations.RunSQL(VIEWS, NO_VIEWS),
        Protect(
            "corporation",
            read=f"{own('owner_id')} OR {seen('app_corporation', 'id')}",
            write=own("owner_id"),
            admins=False,
        ),
        Protect(
            "corporationmember",
            read=seen("app_corporation", "corporation_id"),
            write=MINE,
            delete=f"{own()} OR {MINE}",
            admins=False,
        ),
        Protect("character", read=MINE, write=MINE, admins=False),
        *(
            Protect(name, read=seen(view, column), write=edited(view, column), admins=False)
            for name, view, column in BELOW
        ),
    ]
