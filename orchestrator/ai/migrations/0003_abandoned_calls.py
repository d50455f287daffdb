"""Under which lease a call is made, and an index of those under way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ai", "0002_row_security")]

    operations = [
        migrations.AddField(model_name="aicall", name="fence", field=models.BigIntegerField(null=True)),
        migrations.AddIndex(
            model_name="aicall",
            index=models.Index(
                condition=models.Q(("status", "reserved")), fields=["started_at"], name="aicall_under_way"
            ),
        ),
    ]
