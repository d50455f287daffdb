"""Runs that go round for long keep the newest part of their record: the row says from where on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("executions", "0011_alerts_of_runs")]

    operations = [
        migrations.AddField(
            model_name="execution",
            name="trimmed_to",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="execution",
            constraint=models.CheckConstraint(
                condition=models.Q(("trimmed_to__gte", 0), ("trimmed_to__lte", models.F("state_seq"))),
                name="execution_trimmed_to_snapshot",
            ),
        ),
    ]
