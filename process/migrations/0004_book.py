"""Tables of the book that a session becomes. A title moves there, encrypted, from the row that staff see."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import orchestrator.core.clock
import orchestrator.core.encryption
import orchestrator.core.fields
from orchestrator.core.policies import Protect

OWN = "EXISTS (SELECT FROM app_own_session AS mine WHERE mine.id = {t}.session_id)"
READS = f"{OWN} OR EXISTS (SELECT FROM app_lent_session AS lent WHERE lent.id = {{t}}.session_id)"
TABLES = ("process_session_book", "process_session_photo")
STAY = "".join(
    f"CREATE TRIGGER stays BEFORE UPDATE ON {table} FOR EACH ROW "
    "WHEN (OLD.session_id IS DISTINCT FROM NEW.session_id) EXECUTE FUNCTION process_refuse_to_move();\n"
    for table in TABLES
)
NO_STAY = "".join(f"DROP TRIGGER stays ON {table};\n" for table in TABLES)


def encrypt_titles(apps, schema_editor):
    """In batches, for a title is as old as its session and there may be a million."""
    sessions, books = apps.get_model("process", "Session"), apps.get_model("process", "SessionBook")
    titled = sessions.objects.exclude(title="").order_by("pk").values_list("pk", "title")
    batch = []
    for pk, title in titled.iterator(chunk_size=2_000):
        batch.append(books(session_id=pk, title=title))
        if len(batch) == 2_000:
            books.objects.bulk_create(batch)
            batch = []
    books.objects.bulk_create(batch)


def open_titles(apps, schema_editor):
    sessions, books = apps.get_model("process", "Session"), apps.get_model("process", "SessionBook")
    for book in books.objects.order_by("pk").iterator(chunk_size=2_000):
        sessions.objects.filter(pk=book.session_id).update(title=book.title.open())


class Migration(migrations.Migration):
    dependencies = [("process", "0003_places")]

    operations = [
        migrations.CreateModel(
            name="SessionBook",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("title", orchestrator.core.encryption.EncryptedField(blank=True, default="")),
                ("author", orchestrator.core.encryption.EncryptedField(blank=True, default="")),
                ("dedication", orchestrator.core.encryption.EncryptedField(blank=True, default="")),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "chapter_order",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "left_out",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("updated_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="book",
                        to="process.session",
                    ),
                ),
            ],
            options={"db_table": "process_session_book"},
        ),
        migrations.CreateModel(
            name="SessionPhoto",
            fields=[
                ("id", orchestrator.core.fields.IdField(serialize=False)),
                ("content", orchestrator.core.encryption.EncryptedField()),
                ("media_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=orchestrator.core.clock.utc_now)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo",
                        to="process.session",
                    ),
                ),
            ],
            options={
                "db_table": "process_session_photo",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("media_type", "image/jpeg")), name="process_photo_type"
                    )
                ],
            },
        ),
        Protect("sessionbook", read=READS, write=OWN, admins=False),
        Protect("sessionphoto", read=READS, write=OWN, admins=False),
        migrations.RunSQL(STAY, NO_STAY),
        migrations.RunPython(encrypt_titles, open_titles),
    ]
