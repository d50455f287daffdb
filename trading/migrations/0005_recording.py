"""How recordings do, and what a market charges as its exchange says it."""

import orchestrator.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0004_desks"),
    ]

    operations = [
        migrations.AddField(
            model_name="market",
            name="fee_schedule",
            field=orchestrator.core.fields.JsonField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tape",
            name="lag_ms",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tape",
            name="message_rate",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tape",
            name="trouble",
            field=models.TextField(blank=True),
        ),
    ]
