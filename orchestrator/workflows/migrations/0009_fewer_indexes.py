"""Indexes that others begin with go; and the planner hears how many workflows a person may have.

It takes everybody to have as many permissions as people have on average, a few, and then prefers reading all
of them, to look one up, to going to the one by index. For somebody with thousands that made every query of
one workflow cost milliseconds. Told of a thousand rows a person, it looks one up where one is asked for; for
somebody with few both cost the same.
"""

from typing import Any, Final

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PERSON: Final = settings.AUTH_USER_MODEL


def without_index(model: str, field: str, index: str, **options: Any) -> migrations.SeparateDatabaseAndState:
    """Django would make the foreign key anew, and forget that PostgreSQL deletes along it."""
    table = f"workflows_{model}"
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"DROP INDEX {table}_{field}_id_{index}",
                f"CREATE INDEX {table}_{field}_id_{index} ON {table} ({field}_id)",
            )
        ],
        [migrations.AlterField(model, field, models.ForeignKey(db_index=False, **options))],
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_library_row_security"), migrations.swappable_dependency(PERSON)]

    operations = [
        without_index(
            "workflow", "owner", "7e397794",
            on_delete=django.db.models.deletion.PROTECT, related_name="owned_workflows", to=PERSON,
        ),
        without_index(
            "workflowfavorite", "user", "612851b1",
            on_delete=django.db.models.deletion.CASCADE, related_name="favorite_workflows", to=PERSON,
        ),
        without_index(
            "workflowpermission", "user", "63811a9e",
            on_delete=django.db.models.deletion.CASCADE, related_name="workflow_permissions", to=PERSON,
        ),
        without_index(
            "workflowversion", "workflow", "bbe86d4b",
            on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="workflows.workflow",
        ),
        migrations.RunSQL(
            "ALTER TABLE workflows_workflowpermission ALTER COLUMN user_id SET (n_distinct = -0.001)",
            "ALTER TABLE workflows_workflowpermission ALTER COLUMN user_id RESET (n_distinct)",
        ),
    ]  # fmt: skip
