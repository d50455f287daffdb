"""Recordings as bytes, and what becomes of writing them down; answers that were taken back."""

import orchestrator.core.encryption
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("process", "0005_readers"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="recording",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="size_bytes",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="recording",
            name="transcript",
            field=orchestrator.core.encryption.EncryptedField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="recording",
            name="transcription",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="recording",
            name="transcription_fault",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="session",
            name="withdrawn_revision",
            field=models.PositiveIntegerField(default=0),
        ),
        # Nothing was recorded before: the column was text, which a third more than bytes takes.
        migrations.RemoveField(model_name="recording", name="audio"),
        migrations.AddField(
            model_name="recording",
            name="audio",
            field=orchestrator.core.encryption.EncryptedBytesField(default=b""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("transcription", "wanted")),
                fields=["due_at"],
                name="process_recording_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(("transcription__in", ["", "wanted", "ready", "failed"])),
                name="process_recording_transcription",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("transcription", "wanted")),
                    models.Q(models.Q(("transcription", "wanted"), _negated=True), ("due_at__isnull", True)),
                    _connector="OR",
                ),
                name="process_recording_due_while_wanted",
            ),
        ),
    ]
