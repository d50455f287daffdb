"""An index of the runs of each trigger, for its page and for what may not overlap."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0009_inbox_and_outbox"),
        ("workflows", "0008_library_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                models.F("trigger__id"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("trigger__has_key", "id")),
                name="execution_by_trigger_id",
            ),
        ),
    ]
