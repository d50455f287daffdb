"""Backtests of a part of a tape."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0009_read_alerts"),
        ("workflows", "0009_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="strategyrun",
            name="from_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="strategyrun",
            name="until_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="strategyrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_at__isnull", True),
                    ("until_at__isnull", True),
                    ("from_at__lt", models.F("until_at")),
                    _connector="OR",
                ),
                name="strategy_run_reads_forward",
            ),
        ),
    ]
