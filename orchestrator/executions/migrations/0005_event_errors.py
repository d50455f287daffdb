"""Indexes of the events that people look for most and that there are fewest of: AI calls and errors.

Those of errors are made here and not by the model, whose way of writing conditions is not that of the
event log's query; PostgreSQL uses such an index only for the condition it was made with.
"""

from django.db import migrations, models

IS_ERROR = """
type IN ('step_failed', 'step_stuck', 'join_starved', 'deadline_passed', 'execution_aborted')
OR (type = 'step_ended' AND data ->> 'succeeded' = 'false')
OR (type = 'execution_ended' AND data ->> 'status' IN ('failed', 'timed_out'))
"""
CREATE = f"""
CREATE INDEX event_error ON executions_event (occurred_at DESC) WHERE {IS_ERROR};
CREATE INDEX event_of_error ON executions_event (workflow_id, occurred_at DESC) WHERE {IS_ERROR};
"""
DROP = "DROP INDEX event_error; DROP INDEX event_of_error;"


class Migration(migrations.Migration):
    dependencies = [("executions", "0004_event_log")]

    operations = [
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(("data__has_key", "usage")), fields=["-occurred_at"], name="event_ai"
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
