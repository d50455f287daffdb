from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("process", "0006_recordings")]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["process_version", "started_at"], name="process_session_started"),
        ),
    ]
