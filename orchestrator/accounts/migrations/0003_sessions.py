"""Where people are logged in, and whether they were asked for their time zone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import orchestrator.core.clock
import orchestrator.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="time_zone_settled",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("user_agent", models.CharField(blank=True, max_length=400)),
                ("ip_address", models.GenericIPAddressField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                ("last_used_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sessions.session",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browser_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-last_used_at"], name="browsersession_by_user")],
            },
        ),
    ]
