"""What books, windows and broker of a run know stands apart from what its stream asked for."""

from django.db import migrations

from orchestrator.core.fields import JsonField


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0006_live"),
    ]

    operations = [
        migrations.AddField(
            model_name="strategyrun",
            name="replay",
            field=JsonField(blank=True, null=True),
        ),
        migrations.RunSQL(
            "UPDATE trading_strategyrun SET replay = reader -> 'replay', reader = reader - 'replay' "
            "WHERE reader ? 'replay'",
            "UPDATE trading_strategyrun SET reader = reader || jsonb_build_object('replay', replay) "
            "WHERE replay IS NOT NULL",
        ),
    ]
