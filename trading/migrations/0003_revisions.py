"""Revisions of runs and portfolios, tokens of postings, and why an order ended, in a word."""

import orchestrator.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0002_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="reason_code",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name="portfolio",
            name="revision",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="posting",
            name="size",
            field=models.DecimalField(decimal_places=6, default=0, max_digits=24),
        ),
        migrations.AddField(
            model_name="strategyrun",
            name="revision",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="strategyrun",
            name="served",
            field=orchestrator.core.fields.JsonField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="strategyrun",
            name="served_key",
            field=models.CharField(blank=True, max_length=700),
        ),
    ]
