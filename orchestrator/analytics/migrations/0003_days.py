"""Sums of whole days, and histograms as one number each (domain/durations.py): twelve digits to a bin."""

from django.db import migrations, models

from orchestrator.core.policies import Protect, of_workflow

TABLES = ("analytics_runsum", "analytics_answersum")
PACK = """
CREATE FUNCTION pg_temp.pack(counts integer[]) RETURNS numeric LANGUAGE sql AS $$
    SELECT coalesce(sum(count * ('1e' || 12 * (place - 1))::numeric), 0)
    FROM unnest(counts) WITH ORDINALITY AS bins(count, place)
$$
"""
UNPACK = """
CREATE FUNCTION pg_temp.unpack(packed numeric) RETURNS integer[] LANGUAGE sql AS $$
    SELECT array_agg(mod(div(packed, ('1e' || 12 * place)::numeric), 1e12)::integer ORDER BY place)
    FROM generate_series(0, 45) AS bins(place)
$$
"""
CHANGE = "ALTER TABLE {} ALTER COLUMN durations TYPE {} USING pg_temp.{}(durations)"
THERE = [
    PACK,
    *(CHANGE.format(table, "numeric(552, 0)", "pack") for table in TABLES),
    "DROP FUNCTION pg_temp.pack(integer[])",
]
BACK = [
    UNPACK,
    *(CHANGE.format(table, "integer[]", "unpack") for table in TABLES),
    "DROP FUNCTION pg_temp.unpack(numeric)",
]
SEEN = of_workflow("{t}.workflow_id")
SERVER_ONLY = "false"


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_row_security"), ("workflows", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="DayCut",
            fields=[
                ("cut", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("cut__lt", 96)), name="daycut_within_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workflow_id", models.UUIDField()),
                ("provider", models.CharField(max_length=40)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("tokens", models.PositiveBigIntegerField(default=0)),
                ("cost", models.DecimalField(decimal_places=6, default=0, max_digits=14)),
                ("cut", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
            ],
            options={
                "indexes": [models.Index(fields=["cut", "day"], name="providerday_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workflow_id", "cut", "day", "provider"), name="providerday_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workflow_id", models.UUIDField()),
                ("success", models.PositiveIntegerField(default=0)),
                ("failure", models.PositiveIntegerField(default=0)),
                ("timeout", models.PositiveIntegerField(default=0)),
                ("cancelled", models.PositiveIntegerField(default=0)),
                ("duration_ms", models.PositiveBigIntegerField(default=0)),
                ("durations", models.DecimalField(decimal_places=0, default=0, max_digits=552)),
                ("cost", models.DecimalField(decimal_places=6, default=0, max_digits=14)),
                ("tokens", models.PositiveBigIntegerField(default=0)),
                ("cut", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
            ],
            options={
                "indexes": [models.Index(fields=["cut", "day"], name="runday_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("workflow_id", "cut", "day"), name="runday_once")
                ],
            },
        ),
        migrations.RunSQL(
            THERE,
            BACK,
            state_operations=[
                migrations.AlterField(
                    model_name="answersum",
                    name="durations",
                    field=models.DecimalField(decimal_places=0, default=0, max_digits=552),
                ),
                migrations.AlterField(
                    model_name="runsum",
                    name="durations",
                    field=models.DecimalField(decimal_places=0, default=0, max_digits=552),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="executionhistory",
            index=models.Index(
                condition=models.Q(("is_generated", True)),
                fields=["workflow_id", "-finished_at"],
                name="history_generated",
            ),
        ),
        Protect("runday", read=SEEN, write=SERVER_ONLY),
        Protect("providerday", read=SEEN, write=SERVER_ONLY),
    ]
