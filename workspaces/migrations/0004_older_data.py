"""By which identity records of an older product were taken over; who sees that."""

import django.db.models.deletion
from django.db import migrations, models

import orchestrator.core.clock
import orchestrator.core.fields
from orchestrator.core.policies import Protect

SEEN = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.workspace_id)"
EDITED = "EXISTS (SELECT FROM app_workspace AS seen WHERE seen.id = {t}.workspace_id AND seen.edits)"


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0003_reopened_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedRecord",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("source", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=30)),
                ("legacy_id", models.CharField(max_length=200)),
                ("object_id", models.UUIDField()),
                ("checksum", models.CharField(max_length=64)),
                ("imported_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind", "legacy_id"), name="imported_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("candles", "sessions", "feedback", "implementation_sessions"))
                        ),
                        name="imported_kind_known",
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="implementationsession",
            options={
                "verbose_name": "implementation session (deprecated)",
                "verbose_name_plural": "implementation sessions (deprecated)",
            },
        ),
        migrations.AddField(
            model_name="implementationsession",
            name="source",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="implementationsession",
            name="legacy_id",
            field=models.CharField(max_length=200),
        ),
        migrations.AddConstraint(
            model_name="implementationsession",
            constraint=models.UniqueConstraint(
                fields=("source", "legacy_id"), name="implementation_session_once"
            ),
        ),
        migrations.AddField(
            model_name="importedrecord",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imported",
                to="workspaces.patternworkspace",
            ),
        ),
        Protect("importedrecord", read=SEEN, write=EDITED),
    ]
