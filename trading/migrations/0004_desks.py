"""Desks for trading by hand, keys of tapes that were asked for, and markets by their end."""

import django.db.models.deletion
from django.db import migrations, models

import orchestrator.core.clock
import orchestrator.core.fields
from orchestrator.core.policies import Protect

IN_PORTFOLIO = "EXISTS (SELECT FROM app_portfolio AS mine WHERE mine.id = {t}.portfolio_id)"


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_revisions")]

    operations = [
        migrations.CreateModel(
            name="Desk",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("position", models.PositiveBigIntegerField(default=0)),
                ("broker", orchestrator.core.fields.JsonField(default=dict)),
                ("books", orchestrator.core.fields.JsonField(default=list)),
                ("updated_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "portfolio",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk",
                        to="trading.portfolio",
                    ),
                ),
                (
                    "tape",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="desks", to="trading.tape"
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        Protect("desk", read=IN_PORTFOLIO, write=IN_PORTFOLIO),
        migrations.AddField(
            model_name="tape",
            name="idempotency_key",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddConstraint(
            model_name="tape",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("owner", "idempotency_key"),
                name="tape_asked_once",
            ),
        ),
        migrations.AddIndex(
            model_name="market", index=models.Index(fields=["ends_at", "-id"], name="market_by_end")
        ),
    ]
