"""Runs tell people something by notifications, too."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0010_runs_of_one_trigger"),
        ("workflows", "0009_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notification",
            name="notification_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="occasion",
            name="occasion_kind_known",
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("failure", "A run failed"),
                    ("success", "A run completed"),
                    ("approval", "An approval waits"),
                    ("reminder", "An approval still waits"),
                    ("escalation", "An approval was escalated"),
                    ("update", "A workflow changed"),
                    ("alert", "A run has something to tell"),
                    ("test", "A test message"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="occasion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("failure", "A run failed"),
                    ("success", "A run completed"),
                    ("approval", "An approval waits"),
                    ("reminder", "An approval still waits"),
                    ("escalation", "An approval was escalated"),
                    ("update", "A workflow changed"),
                    ("alert", "A run has something to tell"),
                    ("test", "A test message"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "failure",
                            "success",
                            "approval",
                            "reminder",
                            "escalation",
                            "update",
                            "alert",
                            "test",
                        ],
                    )
                ),
                name="notification_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "failure",
                            "success",
                            "approval",
                            "reminder",
                            "escalation",
                            "update",
                            "alert",
                            "test",
                        ],
                    )
                ),
                name="occasion_kind_known",
            ),
        ),
    ]
