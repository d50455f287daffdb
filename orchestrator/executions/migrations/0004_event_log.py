"""Events name their workflow, and the event log gets the indexes that its filters need.

Without the workflow on the row, the newest events of a few workflows among many could only be found by
walking back through everybody's. Events of workflows that were deleted get the nil UUID.
"""

import django.db.models.fields.json
import uuid
from django.db import migrations, models

FIND_WORKFLOWS = """
UPDATE executions_event AS event SET workflow_id = run.workflow_id
FROM executions_execution AS run WHERE run.id = event.execution_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0003_runs_by_trigger"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventrow",
            name="workflow_id",
            field=models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
            preserve_default=False,
        ),
        migrations.RunSQL(FIND_WORKFLOWS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(fields=["workflow_id", "-occurred_at"], name="event_by_workflow"),
        ),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(
                    ("type__in", ("step_started", "step_succeeded", "item_started", "item_finished")),
                    _negated=True,
                ),
                fields=["type", "-occurred_at"],
                name="event_by_type",
            ),
        ),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(
                    ("type__in", ("step_started", "step_succeeded", "item_started", "item_finished")),
                    _negated=True,
                ),
                fields=["workflow_id", "type", "-occurred_at"],
                name="event_by_flow_type",
            ),
        ),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("user_id", "metadata"),
                models.OrderBy(models.F("occurred_at"), descending=True),
                condition=models.Q(("metadata__has_key", "user_id")),
                name="event_by_person",
            ),
        ),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(("data__has_key", "usage")),
                fields=["workflow_id", "-occurred_at"],
                name="event_of_ai",
            ),
        ),
    ]
