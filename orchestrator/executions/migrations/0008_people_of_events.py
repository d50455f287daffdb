"""Events name who caused them in a column; steps may last longer than the 24 days that an integer holds.

Under row-level security PostgreSQL uses no index for a condition on what JSON holds.
"""

from django.db import migrations, models

NAME_PEOPLE = """
UPDATE executions_event SET user_id = (metadata ->> 'user_id')::uuid WHERE metadata ? 'user_id'
"""


class Migration(migrations.Migration):
    dependencies = [("executions", "0007_steprun_usage")]

    operations = [
        migrations.AlterField(
            model_name="steprun", name="duration_ms", field=models.PositiveBigIntegerField()
        ),
        migrations.AddField(model_name="eventrow", name="user_id", field=models.UUIDField(null=True)),
        migrations.RunSQL(NAME_PEOPLE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="eventrow", name="event_by_person"),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(("user_id__isnull", False)),
                fields=["user_id", "-occurred_at"],
                name="event_by_person",
            ),
        ),
    ]
