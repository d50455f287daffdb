"""The event table, partitioned by month: old months are dropped whole instead of deleted row by row."""

import orchestrator.core.fields
from django.db import migrations, models

CREATE = """
CREATE TABLE executions_event (
    execution_id uuid NOT NULL,
    seq bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    type varchar(32) NOT NULL,
    node_id varchar(100) NOT NULL,
    data jsonb NOT NULL,
    metadata jsonb NOT NULL,
    PRIMARY KEY (execution_id, seq, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX event_by_time ON executions_event (occurred_at DESC);
CREATE TABLE executions_event_default PARTITION OF executions_event DEFAULT;
"""

# A run's row is updated with every commit: with room on its page the new version needs no index entries.
ROOM = "ALTER TABLE executions_execution SET (fillfactor = 70)"
NO_ROOM = "ALTER TABLE executions_execution RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("executions", "0001_initial")]

    operations = [
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "DROP TABLE executions_event")],
            state_operations=[
                migrations.CreateModel(
                    name="EventRow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "execution_id",
                                "seq",
                                "occurred_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("execution_id", models.UUIDField()),
                        ("seq", models.BigIntegerField()),
                        ("occurred_at", models.DateTimeField()),
                        ("type", models.CharField(max_length=32)),
                        ("node_id", models.CharField(blank=True, max_length=100)),
                        ("data", orchestrator.core.fields.JsonField(default=dict)),
                        ("metadata", orchestrator.core.fields.JsonField(default=dict)),
                    ],
                    options={
                        "db_table": "executions_event",
                        "indexes": [models.Index(fields=["-occurred_at"], name="event_by_time")],
                    },
                ),
            ],
        ),
    ]
