"""When markets were last read, and those that are generated, are found without looking at all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0007_replays"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="market",
            index=models.Index(
                condition=models.Q(("is_generated", False)),
                fields=["-fetched_at"],
                name="market_last_fetched",
            ),
        ),
        migrations.AddIndex(
            model_name="market",
            index=models.Index(
                condition=models.Q(("is_generated", True)), fields=["-volume", "-id"], name="market_generated"
            ),
        ),
    ]
