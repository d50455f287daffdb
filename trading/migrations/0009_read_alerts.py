"""Which alerts a person has read."""

import django.db.models.deletion
import orchestrator.core.clock
import orchestrator.core.fields
from orchestrator.core.policies import Protect, own
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0008_market_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertsRead",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("until", models.UUIDField()),
                ("updated_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertRead",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="trading.alert"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "alert"), name="alert_read_once")],
            },
        ),
        Protect("alertread", read=own(), write=own()),
        Protect("alertsread", read=own(), write=own()),
    ]
