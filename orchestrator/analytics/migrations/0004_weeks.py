"""Sums of nodes by weeks, beside those by days."""

from django.db import migrations, models

WEEKS = """
INSERT INTO analytics_nodesum (workflow_id, days, day, node_id, node_type, runs, failures, duration_ms,
    longest_ms, cost)
SELECT workflow_id, 7, date_trunc('week', day)::date AS monday, node_id, node_type, sum(runs), sum(failures),
    sum(duration_ms), max(longest_ms), sum(cost)
FROM analytics_nodesum GROUP BY workflow_id, monday, node_id, node_type
"""
NO_WEEKS = "DELETE FROM analytics_nodesum WHERE days = 7"


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0003_days"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="nodesum",
            name="nodesum_once",
        ),
        migrations.RemoveIndex(
            model_name="nodesum",
            name="nodesum_by_day",
        ),
        migrations.AddField(
            model_name="nodesum",
            name="days",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name="nodesum",
            index=models.Index(fields=["days", "day"], name="nodesum_by_day"),
        ),
        migrations.AddConstraint(
            model_name="nodesum",
            constraint=models.UniqueConstraint(
                fields=("workflow_id", "days", "day", "node_id", "node_type"), name="nodesum_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="nodesum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("days", 1), models.Q(("day__iso_week_day", 1), ("days", 7)), _connector="OR"
                ),
                name="nodesum_day_or_week",
            ),
        ),
        migrations.RunSQL(WEEKS, NO_WEEKS),
    ]
